"""The shop window: home with its shelves, search, one item, the basket, and why something is there."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ronghe.core import limits
from ronghe.core.errors import NotFound
from ronghe.engine.facets import written
from ronghe.engine.request import SORTS, Answer, Request
from ronghe.service.fields import ID, Choice, Fields, Integer, Number, Text, TextLists, Texts, read_query
from ronghe.service.guard import as_json, may, needs, service_of
from ronghe.service.pages.browse import departments, known
from ronghe.service.pages.render import page
from ronghe.service.pages.telling import merged
from ronghe.service.pages.visitor import Visitor, visitor_of
from ronghe.service.problems import Problem
from ronghe.service.state import Service

SHELVES = ("home", "again", "discover", "popular", "new")
ON_SHELF = 14
FEW = 6  # items on all shelves of a shop in which little has happened yet: then what there is stands below
ON_PAGE = 24
MOST_PAGES = 50
MOST_REASONS = 6
SAME = 0.8  # share of a shelf, and of what is in sight of it, that may also stand on another one
IN_SIGHT = 6  # items of a shelf that a wide window shows at once


@dataclass(frozen=True)
class Shelf:
    """A named row of cards."""

    name: str
    answer: Answer


class Blankable:
    """A field of a form that may be left empty; then it is not there."""

    def __init__(self, inner: Number) -> None:
        self.inner = inner

    def read(self, value: Any, name: str) -> Any:
        """The value."""
        return self.inner.read(value, name)

    def parse(self, said: Any, name: str) -> Any:
        """The value, or None."""
        return None if list(said) == [""] else self.inner.parse(said, name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return self.inner.schema()


LANG: Fields = {"lang": Text(10)}
SEARCH: Fields = {
    "q": Text(limits.QUERY), "f": TextLists(20, Texts(50, limits.CHOICE)), "min": Blankable(Number(0, limits.PRICE)),
    "max": Blankable(Number(0, limits.PRICE)), "sort": Choice(SORTS), "page": Integer(1, MOST_PAGES), "literal": Choice(("1",)),
    **LANG,
}  # fmt: skip
FROM: Fields = {"s": ID, "p": Integer(1, limits.PLACE), **LANG}


@needs("read")
async def home(request: HttpRequest) -> Response:
    """The shelves of this visitor."""
    read_query(request.scope["query_string"], LANG)
    service, visitor = service_of(request), visitor_of(request)
    names = [name for name in SHELVES if name in service.engine.surfaces()]
    shelves = await shelves_of(service, [asked(name, visitor, k=ON_SHELF) for name in names])
    if sum(len(shelf.answer.items) for shelf in shelves) < FEW and "browse" in service.engine.surfaces():
        shelves += await shelves_of(service, [asked("browse", visitor, k=ON_SHELF)])
    chips = await service.aside(departments, service)
    return page(
        request, "home.html", visitor=visitor, shelves=shelves, departments=chips, people=await people(service), text="",
        known=visitor.personal and await service.aside(known, service, visitor.user, visitor.session),
    )  # fmt: skip


@needs("read")
async def search(request: HttpRequest) -> Response:
    """What was searched for, with facets, sorting and paging."""
    service, visitor = service_of(request), visitor_of(request)
    said = read_query(request.scope["query_string"], SEARCH)
    number = said.get("page", 1)
    answer = await service.asks(asked(
        "search", visitor, text=said.get("q", ""), filters=said.get("f", {}), price_min=said.get("min"), price_max=said.get("max"),
        sort=said.get("sort", "relevance"), k=ON_PAGE, offset=(number - 1) * ON_PAGE, literal="literal" in said,
    ))  # fmt: skip
    fallback = []
    if not answer.total and "popular" in service.engine.surfaces():
        fallback = await shelves_of(service, [asked("popular", visitor, k=ON_SHELF)])
    return page(
        request, "search.html", visitor=visitor, answer=answer, text=said.get("q", ""), said=said, number=number,
        pages=pages_of(answer.total),
        sorts=SORTS, fallback=fallback, people=await people(service), link=_links(said),
    )  # fmt: skip


@needs("read")
async def item(request: HttpRequest) -> Response:
    """One item, what is like it and what goes with it; that it was looked at is kept."""
    service, visitor = service_of(request), visitor_of(request)
    name = ID.read(request.path_params["item"], "item")
    came = read_query(request.scope["query_string"], FROM)
    row = await service.aside(service.engine.offered, name)
    await seen(request, service, visitor, str(name), came)
    names = [n for n in ("basket", "item") if n in service.engine.surfaces()]
    shelves = await shelves_of(service, [asked(n, visitor, item=name, k=12) for n in names], own=False)
    return page(
        request, "item.html", visitor=visitor, item=row, attributes=_attributes(row), shelves=shelves, came=came, text="",
        levels=_levels(str(row["category"])), people=await people(service), available=_available(row),
        variants=await service.aside(service.engine.variants, str(name)),
    )  # fmt: skip


@needs("read")
async def basket(request: HttpRequest) -> Response:
    """What this visitor wants to buy, and what goes well with it."""
    read_query(request.scope["query_string"], {**LANG, "done": Choice(("1",))})
    service, visitor = service_of(request), visitor_of(request)
    rows = [row for row in await asyncio.gather(*(_known(service, name) for name in visitor.basket)) if row is not None]
    visitor = replace(visitor, basket=tuple(str(row["id"]) for row in rows))
    shelves = []
    if rows and "basket" in service.engine.surfaces():
        shelves = await shelves_of(service, [asked("basket", visitor, k=12)])
    total = sum(float(str(row["price"])) for row in rows if row["price"] is not None)
    return page(
        request, "basket.html", visitor=visitor, rows=rows, total=total, shelves=shelves, text="", people=await people(service),
        done="done" in request.query_params,
    )  # fmt: skip


@needs("read")
async def why(request: HttpRequest) -> Response:
    """Why one item stood where it stood, as a page or as the piece of one that a dialog shows."""
    service, visitor = service_of(request), visitor_of(request)
    slate = str(ID.read(request.path_params["slate"], "slate"))
    held = await service.aside(service.engine.slate, slate, visitor.language)
    place = request.path_params["place"]
    shown: Any = held["items"]
    found = next((one for one in shown if str(one["place"]) == place), None)
    if found is None:
        raise NotFound(f"slate {slate!r} shows nothing at place {place[:20]!r}")
    row = await _known(service, found["id"])
    said = merged(found["reasons"])
    most = max((weight for _, weight in said), default=1.0)
    given = {"one": found, "item": row, "said": said[:MOST_REASONS], "most": most, "surface": held["surface"]}
    name = "why_piece.html" if request.headers.get("x-piece") else "why.html"
    return page(request, name, visitor=visitor, text="", people=await people(service), **given)


@needs("read")
async def suggest(request: HttpRequest) -> Response:
    """Completions for the search box."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], {"q": Text(limits.QUERY)})
    visitor = visitor_of(request)
    who = (visitor.user, visitor.session) if visitor.personal else ()
    found = await service.aside(service.engine.suggest, said.get("q", ""), 8, *who)
    return as_json([{"text": one.text, "kind": one.kind, "id": one.id} for one in found])


async def shelves_of(service: Service, requests: Sequence[Request], own: bool = True) -> list[Shelf]:
    """The shelves that answer these requests and are worth showing; only they are logged: nothing may learn from what nobody saw.

    own: leave out what others show already, not only what is empty.
    """
    moment = time.time()  # not of the requests: what is asked as of a moment is always worked out anew
    answers = await service.asks.together([replace(request, log=False) for request in requests])
    shelves = [Shelf(answer.surface, answer) for answer in answers]
    shown = worth_showing(shelves) if own else [shelf for shelf in shelves if shelf.answer.items]
    asked_for = {request.surface: request for request in requests}
    for shelf in shown:
        service.engine.keep(asked_for[shelf.name], shelf.answer, moment)
    return shown


def worth_showing(shelves: list[Shelf]) -> list[Shelf]:
    """The shelves that say something of their own: not empty, and not mostly what is popular, or what a shelf above shows."""
    popular = [shelf for shelf in shelves if shelf.name == "popular"]
    shown: list[Shelf] = []
    for shelf in shelves:
        others = shown + (popular if shelf.name != "popular" else [])
        if shelf.answer.items and not any(alike(shelf, other) for other in others):
            shown.append(shelf)
    return shown


def alike(shelf: Shelf, other: Shelf) -> bool:
    """Whether a shelf shows mostly what another one shows, as a whole or at first sight."""
    mine, theirs = ([one.id for one in s.answer.items] for s in (shelf, other))
    pairs = ((mine, theirs), (mine[:IN_SIGHT], theirs[:IN_SIGHT]))
    return any(len(set(a) & set(b)) > SAME * len(a) for a, b in pairs)


def asked(surface: str, visitor: Visitor, **more: Any) -> Request:
    """A question of this visitor to a surface."""
    given = {"user": visitor.user, "session": visitor.session, "basket": visitor.basket, "language": visitor.language, **more}
    given |= {} if visitor.personal else {"personal": False}
    return Request(surface=surface, **given)


def pages_of(total: int) -> int:
    """How many pages so many results are."""
    return min(MOST_PAGES, -(-total // ON_PAGE))


async def people(service: Service) -> list[str]:
    """Shoppers one can act as."""
    return await service.aside(service.engine.shoppers, 12)


async def seen(request: HttpRequest, service: Service, visitor: Visitor, name: str, came: dict[str, Any]) -> None:
    """Keeps that an item was looked at, unless another site or a prefetch asked. A page is worth more than its footprint."""
    headers = request.headers
    if (
        not may(request, "write")
        or headers.get("sec-fetch-site") in ("cross-site", "same-site")
        or headers.get("sec-purpose")
        or headers.get("x-live")
    ):
        return
    event: dict[str, object] = {
        "time": time.time(),
        "kind": "click" if "s" in came else "view",
        "item": name,
        "platform": "web",
        **who(visitor),
    }
    if "s" in came:
        event |= {"slate": came["s"], "place": came.get("p")}
    try:
        await service.record([event])
    except Problem as problem:
        service.log.warning("view not kept", code=problem.code)


def who(visitor: Visitor) -> dict[str, object]:
    """The shopper of an event."""
    return {"user": visitor.user} if visitor.user else {"session": visitor.session}


async def _known(service: Service, name: str) -> dict[str, Any] | None:
    try:
        return await service.aside(service.engine.offered, name)
    except NotFound:
        return None


def _attributes(row: dict[str, Any]) -> dict[str, str]:
    held = json.loads(row.get("attributes") or "{}")
    return {str(k): ", ".join(map(written, v)) if isinstance(v, list) else written(v) for k, v in held.items()}


def _levels(category: str) -> list[tuple[str, str]]:
    """Each level of a category path with the path down to it."""
    levels = category.split(" > ") if category else []
    return [(level, " > ".join(levels[: at + 1])) for at, level in enumerate(levels)]


def _links(said: dict[str, Any]) -> Any:
    """link(change…): the query string of this search with something changed."""

    def link(**change: Any) -> list[tuple[str, Any]]:
        now = {k: v for k, v in {**said, **change}.items() if v not in (None, "", {}) and k != "lang"}
        if "page" not in change:
            now.pop("page", None)
        filters = now.pop("f", {})
        drop = now.pop("without", None)
        pairs = [("f", f"{name}:{v}") for name, values in filters.items() for v in values if (name, v) != drop]
        return [*((k, v) for k, v in now.items()), *pairs]

    return link


def _available(row: dict[str, Any]) -> bool:
    return row["stock"] is None or row["stock"] > 0
