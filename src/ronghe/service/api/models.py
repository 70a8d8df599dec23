"""/v1/models and /v1/rules: which version answers, going back, and the merchandiser's rules."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from ronghe.service.fields import Fields, Text, read_object
from ronghe.service.guard import as_json, json_of, needs, service_of

VERSION = Text(100, 1, identifier=True)
SWITCH: Fields = {"version": VERSION}
RULES: Fields = {"text": Text(200_000)}


@needs("read")
async def models(request: Request) -> Response:
    """All model versions, newest first."""
    service = service_of(request)
    return as_json({"models": [asdict(info) for info in await service.aside(service.engine.models)]})


@needs("admin")
async def switch(request: Request) -> Response:
    """Makes a version answer; one that is not whole is refused and the old one answers on."""
    service = service_of(request)
    said = read_object(await json_of(request, 10_000), SWITCH)
    version = VERSION.read(said.get("version"), "version")
    await service.aside(service.engine.switch, version)
    service.metrics.switched()
    return as_json({"current": version})


@needs("admin")
async def rollback(request: Request) -> Response:
    """Makes the version answer that did before."""
    service = service_of(request)
    read_object(await json_of(request, 10_000), {})
    version = await service.aside(service.engine.rollback)
    service.metrics.switched()
    return as_json({"current": version})


@needs("read")
async def rules(request: Request) -> Response:
    """Pins, boosts and buries, as text (TOML)."""
    service = service_of(request)
    return as_json({"text": await service.aside(service.engine.rules)})


@needs("admin")
async def put_rules(request: Request) -> Response:
    """Checks, keeps and serves new rules; wrong ones are refused with the line, and the old ones stay."""
    service = service_of(request)
    said = read_object(await json_of(request, 1_000_000), RULES)
    await service.aside(service.engine.set_rules, Text(200_000).read(said.get("text"), "text"))
    return as_json({"text": await service.aside(service.engine.rules)})
