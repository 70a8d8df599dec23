"""Signed tokens: forms that are ours, and who has shown a key."""

import hashlib
import hmac
import time

DAY = 86_400
STAY = DAY / 2  # seconds a log-in lasts


def form_token(secret: bytes, visit: str) -> str:
    """What a form of this visit must carry."""
    return _sign(secret, f"form|{visit}")


def is_ours(secret: bytes, visit: str, token: str) -> bool:
    """True when a form of this visit carried its token."""
    return hmac.compare_digest(form_token(secret, visit).encode(), token.encode())


def login_token(secret: bytes, key: str, now: float | None = None) -> str:
    """What the browser keeps of a log-in with the key of this name."""
    until = int((time.time() if now is None else now) + STAY)
    return f"{until}.{key.encode().hex()}.{_sign(secret, f'login|{until}|{key}')}"


def logged_in(secret: bytes, token: str, now: float | None = None) -> str | None:
    """The name of the key that was shown; None when the token is not ours or too old."""
    until, _, rest = token.partition(".")
    name, _, signed = rest.partition(".")
    try:
        key = bytes.fromhex(name).decode()
        late = int(until) < (time.time() if now is None else now)
    except ValueError:
        return None
    ours = hmac.compare_digest(_sign(secret, f"login|{until}|{key}").encode(), signed.encode())
    return key if ours and not late else None


def _sign(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:40]
