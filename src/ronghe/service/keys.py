"""API keys: only their SHA-256 is kept, they are compared in constant time, and each has scopes."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from ronghe.core.errors import BadRecipe

SCOPES = ("read", "write", "admin")
SHORTEST = 16


@dataclass(frozen=True)
class Key:
    """name: what logs call it · digest: SHA-256 of the secret, hex · scopes: some of SCOPES; admin stands for all."""

    name: str
    digest: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """True when this key opens `scope`."""
        return scope in self.scopes or "admin" in self.scopes


def digest_of(secret: str) -> str:
    """What is kept of a secret. Keys are long random strings, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_keys(text: str) -> tuple[Key, ...]:
    """Keys out of "NAME:SCOPES:SECRET, …"; SCOPES joined by "+"; SECRET may be "sha256=HEX". BadRecipe when one is wrong."""
    return tuple(_key(part.strip(), place) for place, part in enumerate(text.split(","), 1) if part.strip())


def find_key(secret: str, keys: Sequence[Key]) -> Key | None:
    """The key of this secret, or None. Looks at every key however early one fits, so that time tells nothing."""
    digest, found = digest_of(secret), None
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            found = key
    return found


def _key(part: str, place: int) -> Key:
    fields = part.split(":", 2)
    if len(fields) != 3 or not fields[0]:
        raise BadRecipe(f"key {place} of RONGHE_KEYS is not NAME:SCOPES:SECRET")
    name, scopes, secret = fields
    asked = frozenset(scopes.split("+"))
    if not asked <= set(SCOPES):
        raise BadRecipe(f"key {name!r} has scopes {scopes!r}; right would be some of {'+'.join(SCOPES)}")
    return Key(name, _digest(name, secret), asked)


def _digest(name: str, secret: str) -> str:
    if secret.startswith("sha256="):
        digest = secret.removeprefix("sha256=").lower()
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise BadRecipe(f"key {name!r} has a sha256 that is not 64 hexadecimal digits")
        return digest
    if len(secret) < SHORTEST:
        raise BadRecipe(f"key {name!r} has a secret of {len(secret)} characters; right would be {SHORTEST} or more, at random")
    return digest_of(secret)
