"""Collaborative filtering on train.txt and test.txt (LightGCN format): Recall@20 and NDCG@20, train items left out.

Settings are chosen on a part that is cut out of train: a fifth of each user's line, at random, as the files' own test part was
cut (Wang et al. 2019, arXiv:1905.08108). Test is read by the scorer only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import blend_rank
from benchmarks.blend_parts import Parts
from benchmarks.graph_blend_tuning import matrix, tuned_blend
from benchmarks.held_out import Clock, Lines, catalog, dataset, ranked, read, write
from benchmarks.machine import about
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData, NotFound
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.significance import intervals
from ronghe.evaluate.wanted import Wanted
from ronghe.kernels.segments import place_of
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.bpr import BPR
from ronghe.methods.collaborative.bspm import BSPM
from ronghe.methods.collaborative.gf_cf import GFCF
from ronghe.methods.collaborative.graph_blend import GraphBlend
from ronghe.methods.collaborative.item_knn import ItemKNN
from ronghe.methods.collaborative.lightgcn import LightGCN
from ronghe.methods.collaborative.rp3beta import RP3beta
from ronghe.methods.collaborative.slim import SLIM
from ronghe.methods.collaborative.sparse_ease import SparseEASE
from ronghe.methods.collaborative.turbo_cf import TurboCF
from ronghe.methods.collaborative.user_knn import UserKNN

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "gowalla"
K, HELD, ASKED = 20, 0.2, 3000
METRICS = (f"recall@{K}", f"ndcg@{K}")
PLAIN = {"least": 1, "half_life": float("inf"), "power": 0.0, "items": 1_000_000}  # no times, no counts: an item is there or not
MAIN, BLEND = "ranked-blend", "graph-blend"


@dataclass(frozen=True)
class System:
    """A learner and the settings among which one is chosen, in the order in which they are tried."""

    learner: Any
    grid: Mapping[str, tuple[Any, ...]]

    def settings(self) -> Iterator[Any]:
        """The learner with every setting of the grid."""
        for values in product(*self.grid.values()):
            yield replace(self.learner, **PLAIN, **dict(zip(self.grid, values, strict=True)))


SYSTEMS = {
    "item-knn": System(ItemKNN(), {"shrink": (1.0, 10.0, 50.0), "neighbours": (100, 300)}),
    "user-knn": System(UserKNN(shoppers=1_000_000), {"neighbours": (50, 100, 200), "shrink": (1.0, 10.0)}),
    "rp3beta": System(RP3beta(keep=400), {"alpha": (0.8, 0.6, 1.0), "beta": (0.4, 0.3, 0.5)}),
    "slim": System(SLIM(), {"l1": (0.2, 0.5), "l2": (10.0, 3.0)}),
    "als": System(ALS(factors=128), {"unobserved": (0.03, 0.1), "l2": (0.003, 0.01)}),
    "bpr": System(BPR(), {"l2": (0.02, 0.005, 0.05)}),
    "lightgcn": System(LightGCN(), {"epochs": (20, 40)}),
    "turbo-cf": System(TurboCF(keep=500), {"alpha": (0.5, 0.4, 0.6), "power_graph": (1.0, 0.7), "order": (1, 2)}),
    "gf-cf": System(GFCF(keep=1000), {"low": (0.3, 0.1, 0.5)}),
    "bspm": System(BSPM(keep=1000), {"low": (0.3, 0.2, 0.45), "time": (1.0, 0.0, 2.0)}),
    "sparse-ease": System(SparseEASE(), {"l2": (8.0, 16.0, 4.0), "item_damp": (0.3, 0.4, 0.2)}),
}


def run(options: Options) -> dict[str, Any]:
    """Figures of ranked-blend, or of the method that `--only` names; `--out` gets the lists; `--blind` scores nothing."""
    clock, folder = Clock.started(), options.data or DEFAULT
    name = options.only or MAIN
    if name not in (MAIN, BLEND, *SYSTEMS):
        raise NotFound(f"no method {name!r} here; there are {', '.join((MAIN, BLEND, *SYSTEMS))}")
    train = read(folder / "train.txt")
    shop = catalog(train.items)
    kept, held = cut(train, options.seed)
    if not len(held.item):
        raise BadData(f"{folder / 'train.txt'}: nobody has {int(1 / HELD)} items, so none can be held out to choose settings by")
    compute, limit = Local(options.seed), 60 * options.budget
    if name in (MAIN, BLEND):
        best, tried, parts = tuned_blend(kept, held, replace(GraphBlend(), **PLAIN), clock, limit, options.seed)
    else:
        best, tried = _tuned(SYSTEMS[name], dataset(kept, shop), kept, held, clock, limit, compute)
    figures: dict[str, Any] = {"method": name, "users": len(train), "items": len(train.items)}
    figures |= {"settings": repr(best), "tried": tried}
    if name == MAIN:
        trees = blend_rank.taught(parts, best, matrix(held), compute)
        figures |= {"validation ndcg@20": round(trees.plain, 4), "validation ndcg@20 by trees": round(trees.ranked, 4)}
        found = blend_rank.ranked(Parts.of(matrix(train), best, compute), best, trees, K)
    else:
        fitted = clock.processor_seconds
        model = best.fit(dataset(train, shop), compute)
        figures["fit processor seconds"] = round(clock.processor_seconds - fitted, 1)
        found = ranked(model, train, K)
    if options.out:
        write(options.out, found, train)
    figures |= clock.figures() | about(options)
    return figures if options.blind else figures | scored(found, folder / "test.txt", train, options.seed)


def cut(lines: Lines, seed: int) -> tuple[Lines, Lines]:
    """What is kept and what is held out: a fifth of each user's items (rounded down), drawn at random."""
    order = np.lexsort((np.random.default_rng(seed).random(len(lines.item)), lines.user))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = place_of(lines.splits)
    held = place < np.floor(lines.counts[lines.user] * HELD)
    return lines.where(~held), lines.where(held)


def asked(held: Lines, seed: int) -> np.ndarray:
    """Up to ASKED users who have something held out."""
    users = np.flatnonzero(held.counts)
    return np.sort(np.random.default_rng(seed + 1).permutation(users)[:ASKED])


def wanted(lines: Lines) -> Wanted:
    """What was held out, each item once."""
    return Wanted.of_lists([np.unique(lines.item[a:b]).tolist() for a, b in zip(lines.splits, lines.splits[1:], strict=False)])


def _tuned(system: System, data: Dataset, kept: Lines, held: Lines, clock: Clock, limit: float, compute: Local) -> tuple[Any, int]:
    """The best settings by NDCG on what was held out; stops when another fit and the last one would not fit into the time."""
    users = asked(held, compute.seed)
    some, truth = kept.take(users), wanted(held.take(users))
    best, top, tried, longest = None, -1.0, 0, 0.0
    for learner in system.settings():
        start = clock.seconds
        if tried and start + 4 * longest > limit:
            break
        score = float(np.nanmean(measure(ranked(learner.fit(data, compute), some, K), truth, METRICS)[METRICS[1]]))
        tried, longest = tried + 1, max(longest, clock.seconds - start)
        if score > top:
            best, top = learner, score
    return best, tried


def scored(found: Candidates, path: Path, train: Lines, seed: int) -> dict[str, Any]:
    """Means over the users with test items, and their 95 % intervals; an item that train never saw counts as missed."""
    test = read(path, train.items)
    number = {user: at for at, user in enumerate(test.users)}
    rows = [number.get(user, -1) for user in train.users]
    lists = [np.unique(test.item[test.splits[at] : test.splits[at + 1]]).tolist() if at >= 0 else [] for at in rows]
    values = measure(found, Wanted.of_lists(lists), METRICS)
    said = intervals(np.stack([values[name] for name in METRICS], axis=1), seed)
    means = {name: round(one.mean, 4) for name, one in zip(METRICS, said, strict=True)}
    return means | {f"{name} 95 %": [round(one.low, 4), round(one.high, 4)] for name, one in zip(METRICS, said, strict=True)}
