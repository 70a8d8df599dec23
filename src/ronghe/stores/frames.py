"""What every adapter demands of the frames it is handed, and what they agree on: which rows of a batch count."""

from collections.abc import Mapping, Set

import polars as pl

from ronghe.core.catalog import SCHEMA
from ronghe.core.errors import BadData
from ronghe.core.events import KIND
from ronghe.core.ports import EVENT_SCHEMA

# Under which names counts() speaks.
COUNTED = ("items", "events", "shoppers", "rejects", "slates")


def demand(rows: pl.DataFrame, schema: Mapping[str, pl.DataType], what: str) -> pl.DataFrame:
    """`rows` with exactly the columns of `schema`, in its order. BadData when one is missing or of another type."""
    found = dict(rows.schema)
    wrong = {name: found.get(name, "missing") for name, dtype in schema.items() if found.get(name) != dtype}
    if wrong:
        raise BadData(f"{what} columns are {wrong}; right would be { ({name: schema[name] for name in wrong}) }")
    return rows.select(list(schema))


def demand_events(rows: pl.DataFrame) -> pl.DataFrame:
    """Event rows ready to be appended; BadData when columns, ids, times or kinds are not right."""
    rows = demand(rows, EVENT_SCHEMA, "event")
    for name in ("id", "time", "kind"):
        if rows[name].null_count():
            raise BadData(f"{rows[name].null_count()} events have no {name}; every event needs one")
    unknown = set(rows["kind"].unique().to_list()) - KIND.keys()
    if unknown:
        raise BadData(f"event kinds {sorted(unknown)} are unknown; right would be {list(KIND)}")
    return rows


def demand_items(rows: pl.DataFrame) -> pl.DataFrame:
    """Item rows ready to be put: each id once, the last one wins. BadData when columns or ids are not right."""
    rows = demand(rows, SCHEMA, "catalogue")
    if rows["id"].null_count():
        raise BadData(f"{rows['id'].null_count()} items have no id; every item needs one")
    return rows.unique("id", keep="last", maintain_order=True)


def fresh_rows(rows: pl.DataFrame, known: Set[str]) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """The rows whose id is not in `known`, of rows with one id the first; and the places of the others, from 0."""
    if known.isdisjoint(rows["id"].to_list()) and rows["id"].n_unique() == rows.height:
        return rows, ()
    seen: set[str] = set()
    keep = [not (i in seen or i in known or seen.add(i)) for i in rows["id"].to_list()]  # type: ignore[func-returns-value]
    return rows.filter(pl.Series(keep, dtype=pl.Boolean)), tuple(place for place, fresh in enumerate(keep) if not fresh)
