"""Candidates, queries and catalogues small enough to know every number of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.core.slates import Reason

BLANK = {"title": "", "description": "", "brand": "", "category": "", "attributes": "{}", "group": "", "image": "",
         "language": "", "deleted": False}  # fmt: skip


def catalog(*items: Mapping[str, Any]) -> Catalog:
    """Items "i0", "i1" … with these fields."""
    rows = [{**dict.fromkeys(SCHEMA), **BLANK, "id": f"i{at}", **item} for at, item in enumerate(items)]
    return Catalog(pl.DataFrame(rows, schema=SCHEMA))


def rows(*lists: Mapping[int, float], **columns: Sequence[Any]) -> Candidates:
    """One mapping of item to score a query, in that order; columns as keywords, "__" for ":"."""
    items = [np.array(list(found), dtype=np.int64) for found in lists]
    made = Candidates.of_lists(items, [np.array(list(found.values())) for found in lists])
    return made.with_columns({name.replace("__", ":"): np.asarray(values) for name, values in columns.items()})


def history(*lists: Sequence[tuple[int, float, str]]) -> History:
    """One list of (item, days after 0, kind) a query, oldest first."""
    flat = [event for events in lists for event in events]
    splits = np.cumsum([0, *map(len, lists)])
    return History(
        splits, np.array([e[0] for e in flat], dtype=np.int64), np.array([e[1] * DAY for e in flat], dtype=np.float64),
        np.array([KIND[e[2]] for e in flat], dtype=np.uint8), np.ones(len(flat), dtype=np.float32),
    )  # fmt: skip


def asking(*lists: Sequence[tuple[int, float, str]], day: float = 100.0, **given: Any) -> Queries:
    """One query a history, all asked on `day`."""
    return Queries.of(len(lists), time=np.full(len(lists), day * DAY), history=history(*lists), **given)


def purchases(*events: tuple[int, int, float], items: int | Catalog, day: float = 100.0) -> Dataset:
    """Purchases (user, item, day) as of `day`."""
    events = tuple(sorted(events, key=lambda e: e[2]))
    log = Events.of(
        time=np.array([e[2] * DAY for e in events]), user=np.array([e[0] for e in events], dtype=np.int64),
        item=np.array([e[1] for e in events], dtype=np.int64),
    )  # fmt: skip
    shop = items if isinstance(items, Catalog) else catalog(*({} for _ in range(items)))
    return Dataset(shop, log, day * DAY, 1 + max((e[0] for e in events), default=-1))


@dataclass(frozen=True, eq=False)
class Given:
    """A retriever, scorer and explainer with one known score of each item for every query; 0 = silent."""

    score_of: NDArray[np.float64]
    complete: bool = True

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        lists = []
        for allowed in queries.allowed:
            good = np.flatnonzero((self.score_of > 0) & (True if allowed is None else allowed))
            lists.append(good[np.argsort(-self.score_of[good], kind="stable")][:k])
        return Candidates.of_lists(lists, [self.score_of[found] for found in lists])

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        score = self.score_of[candidates.item] if self.complete else np.full(len(candidates.item), np.nan)
        return np.where(score > 0, score, np.nan).astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> list[tuple[Reason, ...]]:
        """Two thirds for item 0, one third for item 1."""
        score = self.score(queries, shown).tolist()
        return [
            (Reason("bought", (0,), (), s * 2 / 3, "retrieve:given"), Reason("bought", (1,), (), s / 3, "retrieve:given"))
            if s == s else () for s in score
        ]  # fmt: skip


@dataclass(frozen=True)
class Broken:
    """Fails in every role."""

    needs: tuple[str, ...] = ()
    provides: tuple[str, ...] = ("item:broken",)
    optional: bool = False

    def _fail(self, *given: Any, **named: Any) -> Any:
        raise RuntimeError("out of order")

    retrieve = score = keep = columns = choose = rewrite = fuse = because = _fail
