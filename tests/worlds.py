"""Shops by construction: small, made without outside data, and with answers that are known because the shop was made so.

Each returns a Dataset as of day END (epoch day 0 is day 0). Items are "i0", "i1" …; item number n is "in".
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries

END = 100.0
BLANK = {"title": "", "description": "", "brand": "", "category": "", "attributes": "{}", "group": "", "image": "",
         "language": "", "deleted": False}  # fmt: skip

SIDE = 6  # two_tastes: items of each taste; items below SIDE are blue, the others red


def two_tastes(shoppers: int = 24) -> Dataset:
    """The checkerboard: even shoppers bought every blue item but one, odd ones every red item but one; see missing()."""
    rows = [
        (user, item, 1.0 + 2 * place) for user in range(shoppers) for place, item in enumerate(_side(user)) if item != missing(user)
    ]
    colours = ["blue"] * SIDE + ["red"] * SIDE
    looks = [{"title": f"{colour} thing {i}", "category": colour.title()} for i, colour in enumerate(colours)]
    return shop(looks, [_purchase(*row) for row in rows])


def missing(user: int) -> int:
    """The one item of their taste that a shopper of two_tastes lacks: what they should be offered."""
    return _side(user)[(user // 2) % SIDE]


def _side(user: int) -> list[int]:
    return list(range(SIDE)) if user % 2 == 0 else list(range(SIDE, 2 * SIDE))


def bestseller(items: int = 8, shoppers: int = 40) -> Dataset:
    """Item n is bought by shoppers 0 … shoppers // (n + 1): item 0 by all of them; the right order for a stranger is 0, 1, 2 …"""
    rows = [(user, item) for item in range(items) for user in range(shoppers // (item + 1))]
    return shop([{"title": f"thing {i}"} for i in range(items)], [_purchase(user, item, 50.0) for user, item in rows])


BRANDS, KINDS_OF_THINGS = 3, 5


def brand_loyal(each: int = 10) -> Dataset:
    """Shopper u buys only brand u % BRANDS, one item of every kind of thing but the one they lack; see loyal_next().

    Item number = kind * BRANDS + brand; brand and category stand in the catalogue.
    """
    looks = [
        {"title": f"brand{brand} kind{kind}", "brand": f"brand{brand}", "category": f"All > kind{kind}"}
        for kind in range(KINDS_OF_THINGS)
        for brand in range(BRANDS)
    ]
    rows = [
        _purchase(user, kind * BRANDS + user % BRANDS, 1.0 + 3 * kind)
        for user in range(each * BRANDS)
        for kind in range(KINDS_OF_THINGS)
        if kind * BRANDS + user % BRANDS != loyal_next(user)
    ]
    return shop(looks, rows)


def loyal_next(user: int) -> int:
    """What a shopper of brand_loyal lacks: their own brand in the kind of thing they have not bought."""
    return (user // BRANDS) % KINDS_OF_THINGS * BRANDS + user % BRANDS


def last_click_wins(clicks: int = 5, shoppers: int = 40, seed: int = 0) -> Dataset:
    """Items 0 … clicks-1 are clicked in any order; the last click decides: who clicked c last buys clicks + c in that visit."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for user in range(shoppers):
        for visit in range(3):
            order, day = rng.permutation(clicks)[:3], 2.0 + 30 * visit + user / 100
            seen = [_event("click", user, int(item), day + at / 1000, user * 3 + visit) for at, item in enumerate(order)]
            rows += [*seen, _event("purchase", user, clicks + int(order[-1]), day + 0.01, user * 3 + visit)]
    return shop([{"title": f"{'look' if i < clicks else 'buy'} {i}"} for i in range(2 * clicks)], rows)


ATTRACTION = (0.2, 0.25, 0.3, 0.4, 0.5)  # place_bias: odds that an item is clicked once it is looked at
SEEN = (0.9, 0.35, 0.2, 0.1, 0.05)  # odds that a place is looked at


def place_bias(slates: int = 2000, seed: int = 0) -> Dataset:
    """Slates of five items, the least attractive mostly on top; clicked with odds SEEN[place] * ATTRACTION[item].

    Raw clicks and click rates rank item 0 first; the true order is 4, 3, 2, 1, 0. Impressions carry place and propensity
    (item n stands at place n with odds .8 + .2 / 5, elsewhere with .2 / 5), so the truth can be found.
    """
    rng = np.random.default_rng(seed)
    items = len(ATTRACTION)
    rows: list[dict[str, Any]] = []
    for slate in range(slates):
        turn = 0 if rng.random() < 0.8 else int(rng.integers(items))
        for place in range(items):
            item = (place + turn) % items
            odds = 0.8 + 0.2 / items if turn == 0 else 0.2 / items
            seen = {"place": place + 1, "propensity": odds}
            day = 1.0 + 90.0 * slate / slates
            rows.append(_event("impression", slate % 50, item, day, slate) | seen)
            if rng.random() < SEEN[place] * ATTRACTION[item]:
                rows.append(_event("click", slate % 50, item, day + 0.001, slate) | seen)
    return shop([{"title": f"poster {i}"} for i in range(items)], rows)


BUNDLES = ((0, 1, 2), (3, 4), (5, 6, 7, 8))  # bundle_graph: what is bought in one visit
BAG = 9  # and this goes into every basket


def bundle_graph(times: int = 20) -> Dataset:
    """Each visit buys one whole bundle of BUNDLES and item BAG; partners of an item are the others of its bundle."""
    rows = [
        _event("purchase", visit % 10, item, 1.0 + 90.0 * visit / (times * len(BUNDLES)), visit)
        for visit in range(times * len(BUNDLES))
        for item in (*BUNDLES[visit % len(BUNDLES)], BAG)
    ]
    return shop([{"title": f"part {i}"} for i in range(BAG + 1)], rows)


def corner_shop(shoppers: int = 30, seed: int = 7) -> Dataset:
    """A bit of everything, for promises that hold in any shop: 48 items with words, brands, prices, variants, some without
    price, out of stock, deleted or new; weekly visits that buy again, look around, rate, hide and search.
    """
    rng = np.random.default_rng(seed)
    looks = [_corner_item(number) for number in range(48)]
    rows: list[dict[str, Any]] = []
    for user in range(shoppers):
        usual = rng.choice(40, 10, replace=False, p=_falling(40)) // 2 + (20 if user % 2 else 0)
        for week in range(13):
            if rng.random() < 0.75:
                visit, day = user * 13 + week, 3.0 + 7 * week + user / 50
                bought = [int(item) for item in np.unique(rng.choice(usual, 5))]
                rows += [_event("purchase", user, item, day, visit) | {"price": 1.0 + item} for item in bought]
                look = int(rng.integers(40))
                kind = ("impression", "view", "click", "cart", "favourite", "hide", "rating", "search")[int(rng.integers(8))]
                rows.append(_event(kind, user, -1 if kind == "search" else look, day + 0.01, visit) | {"amount": 4.0})
    rows += [_event("purchase", user, 40 + user % 6, END - 9.0 + user / 10, 10_000 + user) for user in range(shoppers)]
    rows += [_event("view", user, user + 2, END - 0.005, 20_000 + user) for user in range(6)]
    return shop(looks, rows)


FRUIT = ("apple", "pear", "plum", "cherry", "quince", "fig", "grape", "melon")
COLOUR = ("red", "green", "yellow", "blue", "white", "brown")


CHINESE = ', "name": "哈密瓜"'  # what one melon says too


def _corner_item(number: int) -> dict[str, Any]:
    fruit, colour = FRUIT[number % 8], COLOUR[number // 8]
    return {
        "title": f"{colour} {fruit}", "description": f"A {colour} {fruit} from farm {number % 5}.", "brand": f"Farm {number % 5}",
        "category": f"{'Food' if number < 40 else 'Garden'} > {'Stone fruit' if number % 3 else 'Other fruit'} > {fruit}",
        "attributes": f'{{"colour": "{colour}", "weight": {100 + number}{CHINESE if number == 47 else ""}}}',
        "price": None if number % 11 == 10 else 1.0 + number, "stock": None if number % 7 == 6 else (0 if number == 5 else 9),
        "group": f"g{number // 2}" if number % 8 < 2 else "", "language": "en", "deleted": number == 9,
        "created": (END - 10.0 - number % 4) * DAY if number >= 40 else None,
    }  # fmt: skip


def _falling(size: int) -> np.ndarray:
    weight = 1.0 / (1 + np.arange(size))
    return weight / weight.sum()


def shop(items: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]], end: float = END) -> Dataset:
    """A Dataset of items (fields of SCHEMA; ids are i0, i1 …) and events (fields of Events, time in days)."""
    rows = sorted(events, key=lambda event: event["time"])
    names = dict.fromkeys(name for event in rows for name in event)
    unknown = {"place": -1, "propensity": np.nan, "price": np.nan, "amount": 1.0}
    columns: dict[str, Any] = {name: [event.get(name, unknown.get(name)) for event in rows] for name in names}
    columns["time"] = np.array(columns.get("time", []), dtype=np.float64) * DAY
    log = Events.of(**columns) if rows else Events.empty()
    return Dataset(catalog(items), log, end * DAY, 1 + max((event["user"] for event in rows), default=-1))


def catalog(items: Sequence[Mapping[str, Any]]) -> Catalog:
    """Items "i0", "i1" … with these fields, the rest blank."""
    rows = [{**dict.fromkeys(SCHEMA), **BLANK, "id": f"i{at}", **item} for at, item in enumerate(items)]
    return Catalog(pl.DataFrame(rows, schema=SCHEMA))


def _purchase(user: int, item: int, day: float) -> dict[str, Any]:
    return _event("purchase", user, item, day, user * 1000 + int(day))


def _event(kind: str, user: int, item: int, day: float, visit: int) -> dict[str, Any]:
    return {"kind": KIND[kind], "user": user, "item": item, "time": day, "session": visit}


def asked_by(data: Dataset, users: Sequence[int], **given: Any) -> Queries:
    """One query of each of these shoppers at the moment the data ends, with all their history."""
    who = np.array(users, dtype=np.int64)
    time = np.full(len(who), data.as_of)
    return Queries.of(len(who), **{"user": who, "time": time, "history": History.of_users(data.events, who), **given})


def asked_about(data: Dataset, items: Sequence[int], **given: Any) -> Queries:
    """One query of a stranger looking at each of these items."""
    return Queries.of(len(items), **{"anchor": np.array(items), "time": np.full(len(items), data.as_of), **given})


def asked_with(data: Dataset, *baskets: Sequence[int], **given: Any) -> Queries:
    """One query of a stranger with each of these baskets."""
    splits = np.cumsum([0, *map(len, baskets)])
    item = np.array([i for basket in baskets for i in basket], dtype=np.int64)
    time = np.full(len(baskets), data.as_of)
    return Queries.of(len(baskets), **{"basket_splits": splits, "basket_item": item, "time": time, **given})


def joined(parts: Sequence[Queries]) -> Queries:
    """Batches of queries as one."""

    def flat(values: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate(values) if values else np.zeros(0)

    def cut(splits: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(flat([np.diff(s) for s in splits]))]).astype(np.int64)

    past = [part.history for part in parts]
    history = History(
        cut([h.splits for h in past]), flat([h.item for h in past]), flat([h.time for h in past]),
        flat([h.kind for h in past]), flat([h.amount for h in past]),
    )  # fmt: skip
    told = ("text", "surface", "allowed", "understood", "light", "also", "maybe", "kinds", "media")
    return Queries(
        time=flat([p.time for p in parts]), user=flat([p.user for p in parts]), history=history,
        basket_splits=cut([p.basket_splits for p in parts]), basket_item=flat([p.basket_item for p in parts]),
        anchor=flat([p.anchor for p in parts]), **{name: tuple(v for p in parts for v in getattr(p, name)) for name in told},
    )  # fmt: skip
