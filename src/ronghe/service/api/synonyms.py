"""/v1/synonyms: what else things are called, as text, and the proposals that somebody has to look through."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from ronghe.core import limits
from ronghe.service.fields import Fields, Flag, Text, read_object
from ronghe.service.guard import as_json, json_of, needs, service_of
from ronghe.service.state import Service

LONGEST = 1_000_000
SYNONYMS: Fields = {"text": Text(LONGEST)}
PHRASE = Text(limits.QUERY, 1)
VERDICT: Fields = {"one": PHRASE, "other": PHRASE, "accept": Flag(), "both_ways": Flag()}


@needs("read")
async def synonyms(request: Request) -> Response:
    """The synonyms in force, as text, and the proposals that nobody has looked through."""
    return as_json(await service_of(request).aside(_body, service_of(request)))


@needs("admin")
async def put_synonyms(request: Request) -> Response:
    """Checks, keeps and serves new synonyms; wrong ones are refused with the line, and the old ones stay."""
    service = service_of(request)
    said = read_object(await json_of(request, 2 * LONGEST), SYNONYMS)
    await service.aside(service.engine.synonyms.set, Text(LONGEST).read(said.get("text"), "text"))
    return as_json(await service.aside(_body, service))


@needs("admin")
async def mine(request: Request) -> Response:
    """Looks for proposals in what was typed and clicked, and in what titles say."""
    service = service_of(request)
    read_object(await json_of(request, 10_000), {})
    return as_json({"proposals": await service.aside(service.engine.synonyms.mine)})


@needs("admin")
async def judge(request: Request) -> Response:
    """Accepts a proposal, which puts it into the synonyms, or rejects it for good."""
    service = service_of(request)
    said = read_object(await json_of(request, 10_000), VERDICT)
    one, other = (str(PHRASE.read(said.get(name), name)) for name in ("one", "other"))
    desk = service.engine.synonyms
    if Flag().read(said.get("accept"), "accept"):
        await service.aside(desk.accept, one, other, said.get("both_ways"))
    else:
        await service.aside(desk.reject, one, other)
    return as_json(await service.aside(_body, service))


def _body(service: Service) -> dict[str, object]:
    mined, left = service.engine.synonyms.proposals()
    return {"text": service.engine.synonyms.text(), "mined": mined, "proposals": [asdict(one) for one in left]}
