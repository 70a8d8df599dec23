"""create_app: one engine behind HTTP, with its API, its pages, its middleware and its background work."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

import ronghe
from ronghe.engine.engine import Engine
from ronghe.service.api.table import ROUTES, Route
from ronghe.service.guard import Guarded, address, as_json
from ronghe.service.logs import Log, json_log
from ronghe.service.problems import Problem
from ronghe.service.settings import Settings
from ronghe.service.state import Service
from ronghe.service.watch import Watch

CODES = {404: "no_route", 405: "wrong_method"}


def create_app(engine: Engine, settings: Settings | None = None, log: Log | None = None, secret: bytes | None = None) -> FastAPI:
    """The ASGI app of one open engine. Whoever opened the engine closes it, after the app's lifespan ended."""
    settings = settings or Settings()
    service = Service(engine, settings, log or json_log(), secret)
    app = FastAPI(
        title="Ronghe", version=ronghe.__version__, summary="Search and recommendations of one shop.", lifespan=_lifespan,
        docs_url=None, redoc_url=None, openapi_url="/openapi.json",
    )  # fmt: skip
    app.state.service = service
    app.router.redirect_slashes = False
    for route in ROUTES:
        _add(app, route)
    if settings.pages:
        from ronghe.service.pages.table import add_pages

        add_pages(app)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_middleware(Watch, metrics=service.metrics, log=service.log, hosts=settings.hosts, full=service.full)
    return app


def _add(app: FastAPI, route: Route) -> None:
    name = f"{route.method.lower()} {route.path}"
    app.router.add_api_route(
        address(route.path), route.endpoint, methods=[route.method], route_class_override=Guarded, tags=[route.tag], name=name,
        operation_id=name.replace("/", "_").replace(" ", "").replace("{", "").replace("}", ""), response_model=None,
        responses=_answers(route), openapi_extra=route.extra,
        summary=(route.endpoint.__doc__ or "").partition(".")[0],
    )  # fmt: skip


def _answers(route: Route) -> dict[int | str, dict[str, Any]]:
    from ronghe.service.openapi import responses

    return responses(route.good, route.kind, *route.others)


async def _unrouted(request: Request, error: Exception) -> Response:
    """Answers of the router itself, in the one shape of errors."""
    status = getattr(error, "status_code", 500)
    headers = dict(getattr(error, "headers", None) or {})
    message = {404: "no such route", 405: f"this route does not take {request.method[:20]}"}.get(status, "refused")
    problem = Problem(status, CODES.get(status, "refused"), message, headers=headers)
    service: Service = request.app.state.service
    if service.settings.pages and "text/html" in request.headers.get("accept", ""):
        from ronghe.service.pages.route import error_page

        return error_page(request, problem)
    return as_json(problem.body(request.scope.get("request_id", "")), status, headers)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    refreshing = asyncio.create_task(service.refresh_for_ever())
    try:
        yield
    finally:
        refreshing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await refreshing
        await service.close()
