"""What the funnel itself costs a query: fuse, filter, hydrate, rank, choose, with retrievers that answer at once.

Run: OMP_NUM_THREADS=1 python -m benchmarks.funnel_speed [--items 50000] [--json]
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.judgements import Judgements
from ronghe.core.queries import History, Queries
from ronghe.funnel.funnel import Funnel, Stage
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.kernels.segments import splits_of
from ronghe.methods import method
from ronghe.methods.policy.mmr import MMR
from ronghe.methods.ranking.boosted import Boosted

COLUMNS = ("item-facts", "demand", "habit", "taste", "words")
NOW = 400 * DAY


@dataclass(frozen=True, eq=False)
class Ready:
    """A retriever whose answers lie ready: items and scores (answers, depth); the shopper's number picks one."""

    item: NDArray[np.int64]
    value: NDArray[np.float32]

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The first k of the answer that lies ready."""
        at = queries.user % len(self.item)
        return Candidates.of(splits_of(np.full(len(at), k)), self.item[at, :k].ravel(), self.value[at, :k].ravel())

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """A number out of the item's."""
        return ((candidates.item * 7919) % 1000 / 1000).astype(np.float32)


def shop(items: int, users: int, events: int, rng: np.random.Generator) -> Dataset:
    """A made-up shop with a long tail and shoppers who come back to what they know."""
    rows = {
        "id": [f"i{n}" for n in range(items)],
        "title": [f"word{n % 997} thing{n % 313} size{n % 7}" for n in range(items)],
        "description": [""] * items, "brand": [f"B{n}" for n in rng.integers(0, 2000, items)],
        "category": [f"D{n % 20} > C{n}" for n in rng.integers(0, 300, items)], "attributes": ["{}"] * items,
        "price": rng.lognormal(1, 1, items), "stock": [None] * items, "group": [""] * items, "image": [""] * items,
        "language": ["en"] * items, "created": rng.random(items) * NOW, "deleted": [False] * items,
    }  # fmt: skip
    user = rng.integers(0, users, events)
    liked = (user * 131 + rng.zipf(1.5, events) * 17) % items
    item = np.where(rng.random(events) < 0.6, liked, rng.integers(0, items, events))
    kind = rng.choice([KIND["view"], KIND["purchase"]], events)
    log = Events.of(time=np.sort(rng.random(events)) * NOW, user=user, item=item, kind=kind)
    return Dataset(Catalog(pl.DataFrame(rows, schema=SCHEMA)), log, NOW, users)


def ready(data: Dataset, retrievers: int, depth: int, rng: np.random.Generator) -> dict[str, Ready]:
    """Retrievers that half agree: each draws from a common pool of each answer."""
    pool = rng.integers(0, len(data.catalog), (500, 4 * depth))
    made = {}
    for at in range(retrievers):
        item = np.stack([rng.permutation(np.unique(row))[:depth] for row in pool])
        made[f"part{at}"] = Ready(item, -np.sort(-rng.random(item.shape), axis=1).astype(np.float32))
    return made


def asked(data: Dataset, batch: int, rng: np.random.Generator) -> Queries:
    """A batch of home pages."""
    user = rng.integers(0, data.users, batch)
    return Queries.of(batch, time=np.full(batch, NOW), user=user, history=History.of_users(data.events, user))


def assembled(data: Dataset, rng: np.random.Generator, ranker: Boosted) -> Funnel:
    """The whole funnel with a ranker trained on made-up judgements."""
    compute = Local()
    funnel = Funnel(
        understand={}, retrievers=ready(data, 6, 200, rng), fuse=ReciprocalRank(),
        columns={name: method(name)().fit(data, compute) for name in COLUMNS},
        filters={name: method(name)() for name in ("in-stock", "not-in-basket", "not-seen")}, cascade=(), policy=MMR(),
    )  # fmt: skip
    queries = asked(data, 200, rng)  # too few to stop growing early: all trees are grown
    found, _ = funnel.retrieve(queries, keep=200)
    numeric = [values for _, values in sorted(found.columns.items()) if values.dtype.kind == "f"]
    mixed = sum(np.nan_to_num(values) * rng.normal() for values in numeric)
    wanted = mixed + sum(np.nan_to_num(v) for v in found.evidence.values()) + 5 * rng.random(len(mixed))
    gain = (wanted > np.quantile(wanted, 0.97)).astype(np.float32)
    model = ranker.fit(Judgements(queries, found, gain), compute)
    return replace(funnel, cascade=(Stage("boosted", model, ranker.keep),))


def timed(funnel: Funnel, data: Dataset, batch: int, seconds: float, rng: np.random.Generator) -> dict[str, float]:
    """Milliseconds of processor a query, median of many batches: all but the retrievers, and the ranker's trees alone."""
    batches = [asked(data, batch, rng) for _ in range(20)]
    stage, alone = funnel.cascade[0], replace(funnel, complete=False)
    ready = [funnel.retrieve(queries, keep=stage.keep)[0] for queries in batches]
    whole: list[float] = []
    parts: list[float] = []
    trees: list[float] = []
    start = time.perf_counter()
    while time.perf_counter() - start < seconds or len(whole) < 40:
        at = len(whole) % len(batches)
        whole.append(spent(lambda: alone(batches[at], 20, rng)))  # noqa: B023 - called at once
        parts.append(spent(lambda: [r.retrieve(batches[at], funnel.depth) for r in funnel.retrievers.values()]))  # noqa: B023
        trees.append(spent(lambda: stage.ranker.score(batches[at], ready[at])))  # noqa: B023
    middle = [float(np.median(times)) / batch for times in (whole, parts, trees)]
    return {"funnel": round(middle[0] - middle[1], 3), "trees": round(middle[2], 3)}


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of processor that `work` takes, whatever else the machine does."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1e3


def main() -> None:
    """Prints one table, or one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    data = shop(given.items, 2000, 400_000, rng)
    funnel = assembled(data, rng, Boosted())
    result = {str(batch): timed(funnel, data, batch, given.seconds, rng) for batch in (1, 8, 32)}
    model = funnel.cascade[0].ranker
    about = {
        "items": given.items,
        "trees": sum(booster.num_trees() for booster in model.boosters),
        "columns": len(model.needs),
        "ms_a_query": result,
    }
    print(json.dumps(about) if given.json else json.dumps(about, indent=2))


if __name__ == "__main__":
    main()
