"""Requests become queries, slates become answers."""

import math
import secrets
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadRequest
from ronghe.core.ports import SlateRow, shopper_of
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons, Slates
from ronghe.engine.hiding import visible
from ronghe.engine.live import Live
from ronghe.engine.request import MAX_K, MAX_OFFSET, MAX_TEXT, SORTS, Answer, Facet, Request, Shown
from ronghe.engine.sent import read_again, written
from ronghe.engine.shoppers import Shoppers
from ronghe.funnel.sentences import headline, sentence
from ronghe.kernels.segments import splits_of


@dataclass(frozen=True)
class Asked:
    """A request that was checked: the surface that answers it, the items that hiding rules leave (visible) and those that the
    request's filters and price bounds leave of them (allowed), None = all.
    """

    request: Request
    surface: str
    now: float
    visible: NDArray[np.bool_] | None
    allowed: NDArray[np.bool_] | None
    anchor: int
    personal: bool = True  # what is known of who asks may be read

    @property
    def narrowed(self) -> bool:
        """True when its own filters or price bounds have a say."""
        return self.allowed is not self.visible

    @property
    def depth(self) -> int:
        """How many places must be filled, this page and those before."""
        return self.request.offset + self.request.k


def checked(request: Request, live: Live, now: float) -> Asked:
    """The request, ready to ask. BadRequest names the field that is wrong."""
    surface = surface_of(request, live)
    if surface not in live.recipe.surfaces:
        raise BadRequest(f"no surface {surface!r}; the recipe has {', '.join(live.recipe.surfaces)}", "surface")
    _between("k", request.k, 1, MAX_K)
    _between("offset", request.offset, 0, MAX_OFFSET)
    if len(request.text) > MAX_TEXT:
        raise BadRequest(f"text has {len(request.text)} characters; at most {MAX_TEXT} are read", "text")
    if request.sort not in SORTS:
        raise BadRequest(f"sort {request.sort!r}; right would be one of {', '.join(SORTS)}", "sort")
    if request.media is not None and request.sort != "relevance":
        raise BadRequest(
            f"sort {request.sort!r} with a {request.media.kind}; right would be relevance: what is most alike first", "sort"
        )
    for name in ("price_min", "price_max", "time"):
        value = getattr(request, name)
        if value is not None and not math.isfinite(value):
            raise BadRequest(f"{name} is {value}; right would be a finite number", name)
    anchor = live.catalog.vocabulary.number(request.item)
    if request.item is not None and anchor < 0:
        raise BadRequest(f"no item {request.item!r} in the catalogue", "item")
    moment = request.time if request.time is not None else now
    may = both(visible(live, surface, moment, request.text, anchor), _others(live, surface, anchor))
    return Asked(request, surface, moment, may, both(live.facets.mask(request), may), anchor, is_personal(request, live, surface))


def surface_of(request: Request, live: Live) -> str:
    """The surface that answers a request: a search by a picture or a sound may have its own, `media`; one without words browses."""
    if request.surface != "search":
        return request.surface
    other = "media" if request.media is not None else "browse" if not request.text.strip() else "search"
    return other if other in live.recipe.surfaces else "search"


def is_personal(request: Request, live: Live, surface: str) -> bool:
    """Whether what is known of who asks has a say: the request and the surface must both want it."""
    return request.personal and live.recipe.surfaces[surface].personal


def _others(live: Live, surface: str, anchor: int) -> NDArray[np.bool_] | None:
    """All items but the variants of the one looked at, which stand on its own page; None = all."""
    grouped = live.grouped(surface)
    if grouped is None or anchor < 0 or (group := live.catalog.group[anchor]) < 0:
        return None
    return np.asarray(live.catalog.group != group)


def both(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """Where both hold; None holds everywhere."""
    return b if a is None else a if b is None else a & b


def _between(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadRequest(f"{name} is {value}; right would be {low} to {high}", name)


def queries_of(asked: Sequence[Asked], live: Live, shoppers: Shoppers) -> Queries:
    """The questions as the funnel reads them, each with what its shopper did before.

    What is typed finds the same items whatever facets are chosen, so that a facet's count is the length of the list behind it;
    a question without words is narrowed before it is asked, so that a narrow shelf is full.
    """
    requests = [a.request for a in asked]
    who = [numbers_of(a.request, shoppers) if a.personal else () for a in asked]
    now = np.array([a.now for a in asked], dtype=np.float64)
    baskets = [live.catalog.numbers(r.basket) for r in requests]
    baskets = [items[items >= 0] for items in baskets]
    return Queries.of(
        len(asked),
        time=now,
        user=np.array([numbers[0] if numbers else -1 for numbers in who], dtype=np.int64),
        text=tuple(r.text.strip() for r in requests),
        surface=tuple(a.surface for a in asked),
        history=shoppers.history(who, now),
        basket_splits=splits_of(np.array([len(items) for items in baskets])),
        basket_item=np.concatenate(baskets),
        anchor=np.array([a.anchor for a in asked], dtype=np.int64),
        allowed=tuple(a.visible if a.request.text.strip() else a.allowed for a in asked),
        media=tuple(r.media for r in requests),
    )


def numbers_of(request: Request, shoppers: Shoppers) -> tuple[int, ...]:
    """Numbers of who asks: the person, and their visit; () for a stranger."""
    ids = dict.fromkeys((shopper_of(request.user, request.session), shopper_of(None, request.session)))
    return tuple(n for n in map(shoppers.number, ids) if n >= 0)


def question(asked: Asked, live: Live, shoppers: Shoppers) -> Hashable | None:
    """Names the question together with all that is known of who asks it; None: to be answered anew whatever was said before."""
    r = asked.request
    if r.time is not None or r.trace or r.explain:
        return None
    narrow = tuple((name, tuple(values)) for name, values in r.filters.items())
    page = (r.k, r.offset, r.language, r.literal, r.media and (r.media.kind, r.media.digest), live.rules.in_force(asked.now))
    who = shoppers.stamp(numbers_of(r, shoppers)) if asked.personal else None
    return who, asked.surface, r.surface, r.text, r.item, tuple(r.basket), narrow, r.price_min, r.price_max, page


def rows_of(asked: Asked, live: Live, slates: Slates, at: int) -> NDArray[np.int64]:
    """The rows of query `at` that its filters leave, one a result, in display order."""
    rows = np.arange(*slates.shown.splits[at : at + 2])
    rows = rows if asked.allowed is None else rows[asked.allowed[slates.shown.item[rows]]]
    grouped = live.grouped(asked.surface)
    return rows if grouped is None else rows[grouped.firsts(slates.shown.item[rows])]


def shown(
    asked: Asked, live: Live, slates: Slates, at: int, reasons: Sequence[Reasons] | None, before: int = 0
) -> tuple[Shown, ...]:
    """The rows of one query on the asked page. before: how many rows stand on the list ahead of these."""
    first = max(0, asked.request.offset - before)
    page = rows_of(asked, live, slates, at)[first : max(0, asked.depth - before)].tolist()
    places = range(before + first + 1, before + first + 1 + len(page))
    return tuple(
        _shown(live, slates, r, place, asked, reasons[r] if reasons else ()) for r, place in zip(page, places, strict=True)
    )


def evidence(asked: Asked, live: Live, slates: Slates, at: int, stage: str = "") -> list[dict[str, float]]:
    """What each part, or each of one stage ("rule:"), said of the rows of one query on the asked page: the name after `stage`
    -> score; a part without a say is left out.
    """
    page = rows_of(asked, live, slates, at)[asked.request.offset : asked.depth].tolist()
    held = {name[len(stage) :]: said for name, said in slates.shown.evidence.items() if name.startswith(stage)}
    return [{name: float(said[row]) for name, said in held.items() if not math.isnan(said[row])} for row in page]


def touched(asked: Asked, live: Live, slates: Slates, at: int, size: int) -> tuple[dict[str, float], ...]:
    """What rules did to each of the `size` items of a page, by name; () where no rule touched any."""
    if not live.rules.rules:
        return ()
    found = evidence(asked, live, slates, at, "rule:")
    return (*found, *({} for _ in range(size - len(found)))) if any(found) else ()


def _shown(live: Live, slates: Slates, row: int, place: int, asked: Asked, reasons: Reasons) -> Shown:
    item = int(slates.shown.item[row])
    table, language = live.columns, asked.request.language
    price, grouped = float(live.catalog.price[item]), live.grouped(asked.surface)
    return Shown(
        id=table["id"][item],
        title=table["title"][item],
        place=place,
        score=float(slates.shown.score[row]),
        propensity=float(slates.propensity[row]),
        price=None if math.isnan(price) else price,
        brand=table["brand"][item],
        category=table["category"][item],
        image=table["image"][item],
        available=bool(live.catalog.available[item]),
        why=headline(reasons, table["title"], language),
        reasons=said(reasons, live, language),
        variants=() if grouped is None else grouped.named(item, asked.visible, asked.allowed),
    )


def said(reasons: Reasons, live: Live, language: str) -> tuple[dict[str, Any], ...]:
    """Reasons as a client reads them."""
    ids, titles = live.columns["id"], live.columns["title"]
    return tuple(
        {"sentence": sentence(r, titles, language), "weight": r.weight, "part": r.part, "code": r.code,
         "items": [ids[i] for i in r.items]}
        for r in reasons
    )  # fmt: skip


def corrected(meant: Queries, queries: Queries, at: int) -> str:
    """The text of query `at` as it was understood, when that is not what was typed."""
    return meant.text[at] if meant.text[at] != queries.text[at] else ""


def understanding(meant: Queries, at: int, live: Live) -> dict[str, Any]:
    """What an answer says of how query `at` was understood."""
    names = live.catalog.categories.ids
    kinds = tuple((names[number], chance) for number, chance in meant.kinds[at] if number < len(names))
    return {"understood": meant.understood[at], "also": meant.also[at], "maybe": meant.maybe[at], "kinds": kinds}


def answer(asked: Asked, live: Live, items: tuple[Shown, ...], total: int, facets: tuple[Facet, ...], meant: str) -> Answer:
    """An answer as it is worked out; it gets its slate id when it is given."""
    return Answer("", asked.request.surface, live.version, items, total, facets, meant)


def handed_over(worked_out: Answer, seconds: float) -> Answer:
    """The answer as it is given, maybe once more: under a fresh slate id, after so many seconds."""
    return replace(worked_out, slate=secrets.token_hex(12), took_ms=seconds * 1e3)


def logged(request: Request, given: Answer, moment: float) -> SlateRow:
    """An answer as it is kept: enough to learn from it, and to ask again as of its moment."""
    body = {
        "items": [s.id for s in given.items],
        "places": [s.place for s in given.items],
        "scores": [s.score for s in given.items],
        "propensities": [s.propensity for s in given.items],
        "meant": given.meant,
        **({"also": given.also} if given.also else {}),
        **({"rules": list(given.rules)} if given.rules else {}),
        "request": {name: v for name, v in vars(request).items() if name != "media" and v not in (None, "", (), {}, [])},
        **({"media": written(request.media)} if request.media is not None else {}),
    }
    return SlateRow(given.slate, moment, shopper_of(request.user, request.session), request.surface, given.model, body)


def request_of(slate: SlateRow) -> Request:
    """The request that a logged answer answered, as of its moment."""
    held = {**slate.body["request"], "time": slate.time, "log": False}
    held["basket"] = tuple(held.get("basket", ()))
    return Request(**held, media=read_again(slate.body["media"]) if "media" in slate.body else None)
