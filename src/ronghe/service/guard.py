"""The route class of the service: who may come in is settled first, then the endpoint runs, then every error gets its one shape."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import orjson
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ronghe.core.errors import BadRequest
from ronghe.service.json_text import read_json
from ronghe.service.keys import find_key
from ronghe.service.problems import Problem, problem_of
from ronghe.service.state import Service

Handler = Callable[[Request], Awaitable[Response]]
H = TypeVar("H", bound=Handler)
PASSED, PATIENCE = 64 * 2**20, 2.0
OPEN = "open"  # a scope that needs no key


def address(path: str) -> str:
    """A route's path as the router reads it: an item's id may hold slashes."""
    return path.replace("{item}", "{item:path}")


def needs(scope: str) -> Callable[[H], H]:
    """Says which scope of a key an endpoint needs. Every endpoint must say so; OPEN is for everybody."""

    def mark(handler: H) -> H:
        handler.__dict__["needs"] = scope
        return handler

    return mark


class Guarded(APIRoute):
    """A route whose endpoint takes the request and reads it itself, strictly. An endpoint without @needs does not start."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint behind its guard."""
        endpoint = cast(Handler, self.endpoint)
        scope = cast(str, self.endpoint.__dict__["needs"])

        async def handle(request: Request) -> Response:
            service = service_of(request)
            try:
                check_origin(request)
                if scope != OPEN and service.settings.keys:
                    self.admit(request, scope, service)
                return await endpoint(request)
            except ClientDisconnect:
                return Response(status_code=499)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                return self.refused(request, problem)

        return handle

    def admit(self, request: Request, scope: str, service: Service) -> None:
        """Problem 401 or 403 unless the request has a key that opens `scope`."""
        secret = _secret_of(request)
        if not secret:
            raise Problem(401, "no_key", "a key is needed: Authorization: Bearer KEY", headers={"WWW-Authenticate": "Bearer"})
        key = find_key(secret, service.settings.keys)
        if key is None:
            raise Problem(401, "wrong_key", "this key is not known", headers={"WWW-Authenticate": "Bearer"})
        request.scope["key"] = key.name
        if not key.may(scope):
            raise Problem(403, "not_allowed", f"key {key.name!r} may not do this: it lacks the scope {scope!r}")

    def refused(self, request: Request, problem: Problem) -> Response:
        """The answer that says what is wrong."""
        return as_json(problem.body(request.scope.get("request_id", "")), problem.status, problem.headers)


def may(request: Request, scope: str) -> bool:
    """True when whoever was let in may do this too."""
    keys = service_of(request).settings.keys
    return not keys or any(key.may(scope) for key in keys if key.name == request.scope.get("key"))


def service_of(request: Request) -> Service:
    """The service behind a request."""
    return cast(Service, request.scope["app"].state.service)


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    body = orjson.dumps(value, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return Response(body, status, headers, "application/json")


def check_origin(request: Request) -> None:
    """Problem 403 when another site's page makes a browser send something that changes the shop."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site") or (
        origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    ):
        raise Problem(403, "cross_site", "another site's page may not do this", "origin")


async def json_of(request: Request, longest: int) -> Any:
    """The strictly read JSON body. Problem 413, 415 or 408; BadRequest when it is not JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "not_json", f"content-type is {kind[:60]!r}; right would be application/json", "content-type")
    body = await body_of(request, longest)
    if not body:
        raise BadRequest("the body is empty; right would be JSON")
    return read_json(body)


async def body_of(request: Request, longest: int) -> bytes:
    """The body, never more than `longest` bytes of it in memory. Problem 413 or 408."""
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said[:18]) > longest:
        await _passed_over(request)
        raise _too_large(longest)
    try:
        async with asyncio.timeout(service_of(request).settings.body_seconds):
            return await _gathered(request, longest)
    except TimeoutError:
        raise Problem(408, "too_slow", "the body did not arrive in time", headers={"Connection": "close"}) from None


async def _gathered(request: Request, longest: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > longest:
            await _passed_over(request)
            raise _too_large(longest)
        parts.append(part)
    return b"".join(parts)


async def _passed_over(request: Request) -> None:
    """Reads on in a body that is too large, and keeps nothing: who sends without listening would be cut off and never hear why.

    Not where the sender waits to be asked for the body, and never more than PASSED bytes or PATIENCE seconds.
    """
    if "expect" in request.headers:
        return
    left = PASSED
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                left -= len(part)
                if left < 0:
                    return


def _too_large(longest: int) -> Problem:
    return Problem(413, "too_large", f"the body is larger than {longest} bytes", headers={"Connection": "close"})


def _secret_of(request: Request) -> str:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else request.headers.get("x-api-key", "")


def _plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return dict(value)
    return list(value) if isinstance(value, set | frozenset) else str(value)
