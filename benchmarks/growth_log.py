"""A generated log of any size: a few bestsellers, a long tail, shoppers with a taste of their own, few busy ones."""

import numpy as np
import polars as pl

from benchmarks.held_out import BLANK
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, Events

DAYS, TASTES, LOYAL = 100.0, 1000, 0.7  # LOYAL: share of events inside a shopper's taste


def generated(users: int, items: int, events: int, seed: int) -> Dataset:
    """`events` purchases over DAYS days; item popularity falls as 1 / rank, shoppers' activity is log-normal."""
    rng = np.random.default_rng(seed)
    odds = rng.lognormal(0, 1, users)
    user = np.searchsorted(np.cumsum(odds) / odds.sum(), rng.random(events)).astype(np.int64)
    tastes = min(TASTES, items)
    inside = rng.random(events) < LOYAL
    rank = np.floor((items // tastes) ** rng.random(events)).astype(np.int64) - 1  # the inverse of ln rank / ln n
    own = rank * tastes + user % tastes
    anywhere = np.floor(items ** rng.random(events)).astype(np.int64) - 1
    item = np.where(inside, own, anywhere)
    time = np.sort(rng.random(events)) * DAYS * DAY
    return Dataset(blank_catalog(items), Events.of(time=time, user=np.minimum(user, users - 1), item=item), DAYS * DAY + 1, users)


def blank_catalog(items: int) -> Catalog:
    """`items` items that are nothing but numbers."""
    table = pl.select(id=pl.int_range(items).cast(pl.String)).with_columns(
        **{name: pl.lit(value, dtype=SCHEMA[name]) for name, value in BLANK.items()}
    )
    return Catalog(table.select(list(SCHEMA)))
