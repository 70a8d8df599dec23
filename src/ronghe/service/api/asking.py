"""/v1/search, /v1/recommend, /v1/similar, /v1/suggest and /v1/explain: questions, by GET or by POST."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ronghe.core import limits
from ronghe.engine.request import MAX_K, MAX_OFFSET, SORTS, Answer, Request
from ronghe.service.fields import (
    ID,
    MAYBE_ID,
    Choice,
    Fields,
    Flag,
    Integer,
    Number,
    Text,
    TextLists,
    Texts,
    read_object,
    read_query,
)
from ronghe.service.guard import as_json, json_of, needs, service_of

LANGUAGES = ("en", "zh")
PRICE = Number(0, limits.PRICE, null=True)
WHO: Fields = {"user": MAYBE_ID, "session": MAYBE_ID}
HOW: Fields = {
    "k": Integer(1, MAX_K), "offset": Integer(0, MAX_OFFSET), "language": Choice(LANGUAGES),
    "explain": Flag(), "trace": Flag(), "log": Flag(), "personal": Flag(),
}  # fmt: skip
NARROW: Fields = {
    "filters": TextLists(20, Texts(50, limits.CHOICE)), "price_min": PRICE, "price_max": PRICE,
}  # fmt: skip
BASKET: Fields = {"basket": Texts(200, limits.ID)}
SEARCH: Fields = {"text": Text(limits.QUERY), **WHO, **NARROW, "sort": Choice(SORTS), "literal": Flag(), **BASKET, **HOW}
RECOMMEND: Fields = {"surface": Text(50, 1, identifier=True), **WHO, "item": MAYBE_ID, **BASKET, **NARROW, **HOW}
SIMILAR: Fields = {"item": ID, **WHO, **BASKET, **NARROW, **HOW}
SUGGEST: Fields = {"text": Text(limits.QUERY), "n": Integer(1, 50), **WHO}


@needs("read")
async def search(request: HttpRequest) -> Response:
    """Finds items by words, with facets, filters, sorting and paging; without words it browses."""
    return await _asked(request, SEARCH, "search")


@needs("read")
async def recommend(request: HttpRequest) -> Response:
    """Recommends on a surface of the recipe (home, by default) for a user, a session, a basket."""
    return await _asked(request, RECOMMEND, "home")


@needs("read")
async def similar(request: HttpRequest) -> Response:
    """Finds what goes with or is like one item."""
    return await _asked(request, SIMILAR, "item", required="item")


@needs("read")
async def similar_to(request: HttpRequest) -> Response:
    """The same, the item named in the path."""
    said = {"item": ID.read(request.path_params["item"], "item")}
    return await _asked(request, {k: v for k, v in SIMILAR.items() if k != "item"}, "item", said)


@needs("read")
async def suggest(request: HttpRequest) -> Response:
    """Completes a text while it is typed; what this user or session searched for lately comes first."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], SUGGEST)
    who = (said.get("user"), said.get("session"))
    found = await service.aside(service.engine.suggest, said.get("text", ""), said.get("n", 8), *who)
    return as_json({"suggestions": [asdict(one) for one in found]})


@needs("read")
async def explain(request: HttpRequest) -> Response:
    """Says why each item of an answer stood where it stood."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], {"language": Choice(LANGUAGES)})
    slate = ID.read(request.path_params["slate"], "slate")
    return as_json(await service.aside(service.engine.slate, slate, said.get("language", "en")))


async def _asked(
    http: HttpRequest, fields: Fields, surface: str, given: dict[str, Any] | None = None, required: str = ""
) -> Response:
    service = service_of(http)
    if http.method == "POST":
        said = read_object(await json_of(http, service.settings.body), fields)
    else:
        said = read_query(http.scope["query_string"], fields)
    if required and required not in said:
        ID.read(None, required)
    question = Request(**{"surface": surface, **said, **(given or {})})
    return as_json(body_of_answer(service.engine.given(question) or await service.asks(question)))


def body_of_answer(answer: Answer) -> dict[str, Any]:
    """An answer as JSON-like values."""
    facets = [
        {"name": f.name, "values": [{"value": v, "count": n} for v, n in f.values], "chosen": list(f.chosen)} for f in answer.facets
    ]
    understood = [{"facet": facet, "value": value} for facet, value in answer.understood]
    reading = {
        "understood": understood, "did_you_mean": answer.maybe,
        "also": [{"typed": typed, "searched": other} for typed, other, _ in answer.also],
        "relaxed": [{"step": step, "said": said} for step, said in answer.relaxed],
        "categories": [{"category": path, "chance": round(chance, 4)} for path, chance in answer.kinds],
    }  # fmt: skip
    body: dict[str, Any] = {
        "slate": answer.slate, "surface": answer.surface, "model": answer.model, "items": answer.items, "total": answer.total,
        "facets": facets, "meant": answer.meant, **reading, "took_ms": round(answer.took_ms, 2),
    }  # fmt: skip
    return body if answer.trace is None else {**body, "trace": answer.trace}
