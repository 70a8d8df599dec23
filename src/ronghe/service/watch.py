"""Pure ASGI middleware around everything: request id, security headers, meters, one log line, and a last net for faults."""

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

import orjson

from ronghe.service.logs import Log
from ronghe.service.metrics import Metrics
from ronghe.service.problems import Problem, busy

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Watch:
    """Wraps an ASGI app. full: says of a path that too many wait there already, so that a refusal costs next to nothing."""

    def __init__(self, app: App, metrics: Metrics, log: Log, hosts: tuple[str, ...], full: Callable[[str], bool]) -> None:
        self.app, self.metrics, self.log, self.hosts, self.full = app, metrics, log, frozenset(hosts), full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.full(scope["path"]):
            await _Visit(self, scope, send).turn_away()
            return
        await _Visit(self, scope, send).run(receive)


class _Visit:
    """What is known of one request while it runs."""

    def __init__(self, watch: Watch, scope: Scope, send: Send) -> None:
        self.watch, self.scope, self.send = watch, scope, send
        self.started, self.status = perf_counter(), 0
        headers = dict(scope["headers"])
        asked = headers.get(b"x-request-id", b"")
        self.id = asked if _SANE.match(asked) else secrets.token_hex(8).encode()
        self.host = headers.get(b"host", b"").decode("latin-1").lower()
        scope["request_id"] = self.id.decode()

    async def run(self, receive: Receive) -> None:
        try:
            if self.watch.hosts and _name_of(self.host) not in self.watch.hosts:
                await self.refuse(Problem(421, "wrong_host", "this server does not answer under that name", "host"))
            else:
                await self.watch.app(self.scope, receive, self.answer)
        except Exception as error:
            self.watch.log.error("fault", request_id=self.id.decode(), exc_info=error)
            if self.status:
                raise
            await self.refuse(Problem(500, "fault", "something is wrong on our side; it was logged under the request id"))
        finally:
            self.note()

    async def turn_away(self) -> None:
        """Too many wait: said at once, counted, not logged. A body that was announced is not read, so the connection ends."""
        method = "GET" if self.scope["method"] == "GET" else "POST"
        self.watch.metrics.request(method, self.scope["path"], 503, 0.0)
        problem = busy("requests")
        if method == "POST":
            problem.headers["Connection"] = "close"
        await self.refuse(problem)

    async def answer(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.id), *HEADERS]
        await self.send(message)

    async def refuse(self, problem: Problem) -> None:
        body = orjson.dumps(problem.body(self.id.decode()))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        await self.answer({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def note(self) -> None:
        route = getattr(self.scope.get("route"), "path", "unrouted")
        method = self.scope["method"] if self.scope["method"] in METHODS else "OTHER"
        status, seconds = self.status or 499, perf_counter() - self.started
        self.watch.metrics.request(method, route, status, seconds)
        who = self.scope.get("key")
        more = {} if who is None else {"key": who}
        self.watch.log.info(
            "request", method=method, route=route, status=status, ms=round(seconds * 1000, 2), request_id=self.id.decode(), **more
        )


def _name_of(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    name, _, port = host.partition(":")
    return name if not port or port.isdecimal() else host
