"""The schema checks, row by row: for files, for events and items sent over HTTP. Bad rows become rejects, good ones go on.

One table of rules a noun. A frame goes through the fast lane (stores/fast_lane.py), which takes the rows that are plainly good;
every other row, and every row that is a dictionary, is judged here, value by value.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from hashlib import blake2b
from typing import Any

import orjson
import polars as pl

from ronghe.core import limits
from ronghe.core.catalog import SCHEMA
from ronghe.core.ports import EVENT_SCHEMA, VISIT, Reject
from ronghe.stores import values
from ronghe.stores.fast_lane import Lane, plainly_good
from ronghe.stores.values import Fault

STARS = 5.0  # ratings are 0 to 5
CONTENT_LIMIT = 500  # characters of a bad row that are kept

Rows = pl.DataFrame | Sequence[Mapping[str, object]]
Judge = Callable[[Any], Any]


@dataclass(frozen=True)
class Rule:
    """What one field may hold: its judge, how the fast lane sees it, whether it must be there, what stands for nothing."""

    judge: Judge
    lane: Lane
    required: bool = False
    default: object = None


def check_events(
    rows: Rows,
    *,
    source: str = "",
    first: int = 0,
    now: float | None = None,
    time_format: str = "",
    default: Mapping[str, object] | None = None,
) -> tuple[pl.DataFrame, list[Reject]]:
    """The good rows as EVENT_SCHEMA, in their order, and a Reject for each bad one; together as many as `rows`.

    rows: dictionaries, or a frame, with EVENT_SCHEMA's fields, which may be missing · source: where they came from ·
    first: number of the first row · now: epoch seconds, None = the clock · time_format: strptime format of times that are
    text · default: values for fields that are missing or empty. An event without an id gets one made of its content,
    so that the same event sent again counts once.
    """
    latest = (time.time() if now is None else now) + values.AHEAD
    good, bad = _check(rows, _event_rules(latest, time_format, default or {}), EVENT_SCHEMA, _whole_event, source, first)
    return _with_ids(good), bad


def check_items(
    rows: Rows, *, source: str = "", first: int = 0, now: float | None = None, default: Mapping[str, object] | None = None
) -> tuple[pl.DataFrame, list[Reject]]:
    """The good rows as core.catalog.SCHEMA, in their order, and a Reject for each bad one; as check_events does."""
    latest = (time.time() if now is None else now) + values.AHEAD
    return _check(rows, _item_rules(latest, default or {}), SCHEMA, _whole_item, source, first)


def _event_rules(latest: float, form: str, default: Mapping[str, object]) -> dict[str, Rule]:
    who = Rule(partial(values.name, limit=limits.ID), Lane("name", limit=limits.ID))
    rules = {
        "id": who,
        "time": Rule(
            partial(values.moment, latest=latest, form=form), Lane("moment", low=limits.FIRST_MOMENT, high=latest, form=form), True
        ),
        "user": Rule(_user, Lane("name", limit=limits.ID, never=VISIT)),
        "session": who,
        "item": who,
        "kind": Rule(values.kind, Lane("kind"), True),
        "query": Rule(partial(values.text, limit=limits.QUERY), Lane("text", limit=limits.QUERY)),
        "amount": _number(0.0, limits.PIECES),
        "price": _number(0.0, limits.PRICE),
        "slate": who,
        "place": Rule(partial(values.whole, low=1, high=limits.PLACE), Lane("whole", low=1, high=limits.PLACE)),
        "propensity": _number(limits.ODDS, 1.0),
        "platform": Rule(partial(values.text, limit=limits.ID), Lane("text", limit=limits.ID)),
    }
    return _with_defaults(rules, default)


def _item_rules(latest: float, default: Mapping[str, object]) -> dict[str, Rule]:
    def text(limit: int) -> Rule:
        return Rule(partial(values.text, limit=limit), Lane("text", limit=limit), default="")

    rules = {
        "id": Rule(partial(values.name, limit=limits.ID), Lane("name", limit=limits.ID), True),
        "title": text(limits.TITLE),
        "description": text(limits.DESCRIPTION),
        "brand": text(limits.ID),
        "category": Rule(partial(values.path, limit=limits.CATEGORY), Lane("path", limit=limits.CATEGORY), default=""),
        "attributes": Rule(partial(values.attributes, limit=limits.ATTRIBUTES), Lane("attributes"), default="{}"),
        "price": _number(0.0, limits.PRICE),
        "stock": Rule(partial(values.stock, high=limits.STOCK), Lane("whole", low=0, high=limits.STOCK)),
        "group": Rule(partial(values.name, limit=limits.ID), Lane("name", limit=limits.ID), default=""),
        "image": Rule(partial(values.link, limit=limits.LINK), Lane("link", limit=limits.LINK), default=""),
        "language": text(limits.LANGUAGE),
        "created": Rule(partial(values.moment, latest=latest), Lane("moment", low=limits.FIRST_MOMENT, high=latest)),
        "deleted": Rule(values.flag, Lane("flag"), default=False),
    }
    return _with_defaults(rules, default)


def _number(low: float, high: float) -> Rule:
    return Rule(partial(values.number, low=low, high=high), Lane("number", low=low, high=high))


def _with_defaults(rules: dict[str, Rule], default: Mapping[str, object]) -> dict[str, Rule]:
    for field, value in default.items():
        kept = rules[field].judge(value)
        rules[field] = Rule(rules[field].judge, rules[field].lane, rules[field].required, kept)
    return rules


def _user(value: object) -> str | None:
    found = values.name(value, limits.ID)
    if found is not None and found.startswith(VISIT):
        raise Fault(f"is {values.shown(value)}; send a visit of somebody not known in `session`, without `user`")
    return found


def _whole_event(row: dict[str, Any]) -> tuple[str, str] | None:
    """(field, reason) of what is wrong with the event as a whole."""
    if row["user"] is None and row["session"] is None:
        return "user", "is missing, and so is session; right would be at least one of them"
    if row["item"] is None and row["kind"] != "search":
        return "item", "is missing; only a search goes without"
    if row["kind"] == "search" and row["query"] is None:
        return "query", "is missing; a search says what was typed"
    if row["kind"] == "rating" and not (row["amount"] is not None and row["amount"] <= STARS):
        return "amount", f"is {row['amount']}; a rating has 0 to {STARS:g} stars"
    if row["kind"] != "rating" and row["amount"] == 0:
        return "amount", "is 0; right would be at least a piece, or nothing said"
    return None


def _whole_item(row: dict[str, Any]) -> tuple[str, str] | None:
    return None


def _check(
    rows: Rows,
    rules: dict[str, Rule],
    schema: Mapping[str, pl.DataType],
    whole: Callable[[dict[str, Any]], tuple[str, str] | None],
    source: str,
    first: int,
) -> tuple[pl.DataFrame, list[Reject]]:
    if not isinstance(rows, pl.DataFrame):
        _, judged, bad = _judge(enumerate(rows, first), rules, whole, source)
        return _frame(judged, schema), bad
    lanes = {field: (rule.lane, rule.required, rule.default) for field, rule in rules.items()}
    plain, at, rest = plainly_good(rows, lanes, schema)
    if not rest.height:
        return plain, []
    places = rest["·row"].to_list()
    named = rest.drop("·row").iter_rows(named=True)
    kept, judged, bad = _judge(zip((p + first for p in places), named, strict=True), rules, whole, source)
    if not kept:
        return plain, bad
    both = pl.concat([plain, _frame(judged, schema)])
    order = pl.concat([at, pl.Series([place - first for place in kept], dtype=at.dtype)]).arg_sort()
    return both[order], bad


def _judge(
    rows: Any, rules: dict[str, Rule], whole: Callable[[dict[str, Any]], tuple[str, str] | None], source: str
) -> tuple[list[int], list[dict[str, Any]], list[Reject]]:
    kept, good, bad = [], [], []
    for place, row in rows:
        try:
            judged = _judge_row(row, rules)
            wrong = whole(judged)
        except _Wrong as error:
            wrong = error.args
        if wrong is None:
            kept.append(place)
            good.append(judged)
        else:
            bad.append(Reject(source, place, wrong[0], f"{wrong[0]} {wrong[1]}".strip(), content_of(row)))
    return kept, good, bad


class _Wrong(Exception):
    """(field, reason)"""


def _judge_row(row: Mapping[str, object], rules: dict[str, Rule]) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise _Wrong("", f"row is {values.shown(row)}; right would be an object of fields")
    judged: dict[str, Any] = {}
    there = 0
    for field, rule in rules.items():
        value = row.get(field)
        there += field in row
        try:
            found = None if value is None else rule.judge(value)
        except Fault as fault:
            raise _Wrong(field, str(fault)) from fault
        if found is None:
            found = rule.default
            if found is None and rule.required:
                raise _Wrong(field, "is missing")
        judged[field] = found
    if there < len(row):
        field = next(str(name) for name in row if name not in rules)
        near = get_close_matches(field, rules, 1)
        raise _Wrong(field, f"is not a field; right would be {near[0] if near else ', '.join(rules)}")
    return judged


def _frame(rows: list[dict[str, Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([pl.Series(name, [row[name] for row in rows], dtype=dtype) for name, dtype in schema.items()])


def _with_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Events without an id get one that is a hash of all else they say (96 bits)."""
    if not rows["id"].null_count():
        return rows
    ids = [
        name if name is not None else urlsafe_b64encode(blake2b(repr(said).encode(), digest_size=12).digest()).decode()
        for name, *said in rows.rows()
    ]
    return rows.with_columns(pl.Series("id", ids, dtype=pl.String))


def content_of(row: object) -> str:
    """A bad row as text, at most CONTENT_LIMIT characters."""
    try:
        said = orjson.dumps(row, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        said = ascii(row)
    return said if len(said) <= CONTENT_LIMIT else said[: CONTENT_LIMIT - 1] + "…"
