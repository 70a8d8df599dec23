"""Every setting of the service, with its unit, its default and the environment variable that sets it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ronghe.core.errors import BadRecipe
from ronghe.service.keys import Key, read_keys

MIB = 1_048_576
LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Settings:
    """Limits and doors of one running service.

    keys: who may do what; none = everybody, and only this machine can reach it · hosts: Host headers that are answered, () = any ·
    body, items_body: largest request in bytes · batch: asks that go through the funnel together · waiting: asks that may wait
    before further ones get 503 · posts: event posts that may wait · ask_seconds: patience for an answer ·
    body_seconds: patience for a slow sender · refresh_seconds: how often a new model is looked for · pages: serve the shop window
    and the console · images: where pictures may come from besides this server (CSP sources) · secure: cookies for HTTPS only.
    """

    keys: tuple[Key, ...] = ()
    hosts: tuple[str, ...] = ()
    body: int = MIB
    items_body: int = 8 * MIB
    batch: int = 32
    waiting: int = 128
    posts: int = 512
    ask_seconds: float = 5.0
    body_seconds: float = 10.0
    refresh_seconds: float = 1.0
    pages: bool = True
    images: str = ""
    secure: bool = False

    def __post_init__(self) -> None:
        for name in ("body", "items_body", "batch", "waiting", "posts", "ask_seconds", "body_seconds", "refresh_seconds"):
            if getattr(self, name) <= 0:
                raise BadRecipe(f"service setting {name} is {getattr(self, name)}; right would be more than 0")

    @staticmethod
    def from_env(env: Mapping[str, str]) -> "Settings":
        """Settings out of RONGHE_KEYS, RONGHE_HOSTS, RONGHE_PAGES, RONGHE_IMAGES and RONGHE_SECURE. BadRecipe when one is wrong."""
        hosts = tuple(h.strip().lower() for h in env.get("RONGHE_HOSTS", "").split(",") if h.strip())
        return Settings(
            keys=read_keys(env.get("RONGHE_KEYS", "")),
            hosts=hosts,
            pages=_switch(env, "RONGHE_PAGES", True),
            images=env.get("RONGHE_IMAGES", ""),
            secure=_switch(env, "RONGHE_SECURE", False),
        )

    def for_address(self, host: str) -> "Settings":
        """These settings when bound to `host`. BadRecipe when strangers could come in and there are no keys."""
        if host in LOCAL:
            return self if self.hosts or self.keys else replace(self, hosts=(*LOCAL, "[::1]"))
        if not self.keys:
            raise BadRecipe(f"will not listen on {host} without keys: set RONGHE_KEYS, or listen on 127.0.0.1")
        return self


def _switch(env: Mapping[str, str], name: str, default: bool) -> bool:
    said = env.get(name, "1" if default else "0")
    if said not in ("0", "1"):
        raise BadRecipe(f"{name} is {said!r}; right would be 0 or 1")
    return said == "1"
