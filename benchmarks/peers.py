"""Our ALS and EASE beside ALS and BPR of the package implicit on Complete Journey: equal grids, equal processor time, one thread.

The answers are what each shopper buys in the 14 days after a moment, bought before or not; every system ranks the same items.
Settings are chosen on the 14 days before the last 14; the last 14 are asked once, of models fitted on all before them.
"""

import platform
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks import complete_journey
from benchmarks.complete_journey import Part
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.kernels.segments import splits_of
from ronghe.methods.collaborative.again import Again
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.taste import Taste, learnt

FACTORS, SWEEPS, ITEMS, LEAST, DEPTH = 64, 12, 20_000, 2, 100
METRICS = ("ndcg@10", "recall@20")
FUSED = "fused: ease + als + again"
Settings = dict[str, Any]
FOREVER = float("inf")


def run(options: Options) -> dict[str, Any]:
    """NDCG@10 and Recall@20 of each system, and processor time a sweep of both ALS. `--only NAME` runs one system."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # implicit warns of BLAS threads, which are limited here
        return _run(options)


def _run(options: Options) -> dict[str, Any]:
    year = complete_journey.load(options.data)
    valid, test = complete_journey.parts(year)
    names = [options.only] if options.only else list(SYSTEMS)
    share = 60 * options.budget / len(names)
    chosen = {name: _tuned(SYSTEMS[name], valid, share, options.seed) for name in names}
    found: dict[str, Candidates] = {}
    table = []
    for name, best in chosen.items():
        start = time.process_time()
        answer = SYSTEMS[name].fit(test, best.settings, options.seed)
        took = time.process_time() - start
        found[name] = answer(test.queries, DEPTH)
        table.append(_row(name, found[name], test) | {"fit processor seconds": round(took, 2), "tried": best.tried})
    if not options.only:
        found[FUSED] = _fused(found, test, options)
        table.append(_row(FUSED, found[FUSED], test))
    if options.out:
        _write(options.out, found[options.only or FUSED], test, options.data)
    return {
        **_about(year, test),
        "processor seconds a sweep": sweep_seconds(valid),
        "systems": table,
        "settings": {name: best.settings for name, best in chosen.items()},
        "against implicit-als": _against(found, "implicit-als", test, options.seed),
        "against implicit-bpr": _against(found, "implicit-bpr", test, options.seed),
    }


def _about(year: Any, test: Part) -> dict[str, Any]:
    return {
        "machine": f"{platform.machine()}, 1 thread",
        "versions": f"python {platform.python_version()}, numpy {np.__version__}, implicit {version('implicit')}",
        "items": len(year.catalog),
        "shoppers": year.users,
        "asked": len(test.queries),
        "factors": FACTORS,
        "sweeps": SWEEPS,
    }


# A fitted system: queries of known shoppers, k -> candidates.
Answer = Callable[[Queries, int], Candidates]


@dataclass(frozen=True)
class System:
    """fit(part, settings, seed) on what the part knows · grid of settings, tried in a shuffled order while time lasts."""

    fit: Callable[[Part, Settings, int], Answer]
    grid: Mapping[str, tuple[Any, ...]]

    def settings(self, seed: int) -> list[Settings]:
        """Every setting of the grid, shuffled."""
        every = [dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values())]
        return [every[at] for at in np.random.default_rng(seed).permutation(len(every))]


@dataclass(frozen=True)
class Chosen:
    """The best setting on the validation part, and how many were tried."""

    settings: Settings
    score: float
    tried: int


def _tuned(system: System, valid: Part, seconds: float, seed: int) -> Chosen:
    """The setting of highest NDCG@10 among those that the time allowed; at least one."""
    until, best, tried = time.process_time() + seconds, Chosen({}, -1.0, 0), 0
    for settings in system.settings(seed):
        if tried and time.process_time() >= until:
            break
        score = float(np.nanmean(_measured(system.fit(valid, settings, seed)(valid.queries, DEPTH), valid)["ndcg@10"]))
        tried += 1
        best = max(best, Chosen(settings, score, tried), key=lambda chosen: chosen.score)
    return Chosen(best.settings, best.score, tried)


def _ours(learner: Any, settings: Settings, part: Part, seed: int) -> Answer:
    model: Retriever = learner(**settings).fit(part.train, Local(seed))
    return lambda queries, k: _batched(model, queries, k)


def _batched(model: Retriever, queries: Queries, k: int, size: int = 64) -> Candidates:
    found = [model.retrieve(queries.take(np.arange(at, min(at + size, len(queries)))), k) for at in range(0, len(queries), size)]
    splits = splits_of(np.concatenate([f.counts for f in found]))
    return Candidates.of(splits, np.concatenate([f.item for f in found]), np.concatenate([f.score for f in found]))


def _als(part: Part, settings: Settings, seed: int) -> Answer:
    return _ours(ALS, {"factors": FACTORS, "sweeps": SWEEPS, "items": ITEMS, "least": LEAST, **settings}, part, seed)


def _ease(part: Part, settings: Settings, seed: int) -> Answer:
    return _ours(EASE, settings, part, seed)


def _table(part: Part, half_life: float) -> tuple[Taste, sp.csr_matrix]:
    return learnt(part.train, ITEMS, LEAST, half_life, 1.0)


@dataclass(frozen=True)
class _Peer:
    """Shoppers' rows by a fitted model of implicit, as candidates."""

    model: Any
    taste: Taste
    liking: sp.csr_matrix = field(repr=False)

    def __call__(self, queries: Queries, k: int) -> Candidates:
        items, scores = self.model.recommend(queries.user, self.liking[queries.user], N=k, filter_already_liked_items=False)
        counts = np.full(len(queries), items.shape[1])
        return Candidates.of(splits_of(counts), self.taste.items[items.ravel()], scores.ravel())


def _implicit_als(part: Part, settings: Settings, seed: int) -> Answer:
    from implicit.als import AlternatingLeastSquares

    given = {name: value for name, value in settings.items() if name != "half_life"}
    taste, liking = _table(part, settings["half_life"])
    model = AlternatingLeastSquares(factors=FACTORS, iterations=SWEEPS, num_threads=1, random_state=seed, **given)
    model.fit(liking, show_progress=False)
    return _Peer(model, taste, liking)


def _implicit_bpr(part: Part, settings: Settings, seed: int) -> Answer:
    from implicit.bpr import BayesianPersonalizedRanking

    taste, liking = _table(part, FOREVER)
    model = BayesianPersonalizedRanking(factors=FACTORS, num_threads=1, random_state=seed, **settings)
    model.fit(liking, show_progress=False)
    return _Peer(model, taste, liking)


LIVES = (FOREVER, 90.0)
SYSTEMS: dict[str, System] = {  # twelve settings each
    "implicit-als": System(_implicit_als, {"half_life": LIVES, "alpha": (1.0, 4.0), "regularization": (3.0, 30.0, 100.0)}),
    "implicit-bpr": System(
        _implicit_bpr, {"learning_rate": (0.01, 0.03, 0.1), "regularization": (0.001, 0.01), "iterations": (20, 60)}
    ),
    "als": System(_als, {"half_life": LIVES, "unobserved": (0.1, 0.3), "l2": (0.001, 0.003, 0.01)}),
    "ease": System(_ease, {"half_life": LIVES, "power": (0.5, 1.0), "l2": (30.0, 100.0, 300.0)}),
}


def sweep_seconds(part: Part, rounds: int = 3) -> dict[str, float]:
    """Processor seconds of one sweep over both sides, by turns: (time of 6 sweeps - time of 2) / 4, the best of the rounds.

    The same matrix, factors and thread; both take three conjugate-gradient steps a row.
    """
    from implicit.als import AlternatingLeastSquares

    _, liking = _table(part, FOREVER)

    def theirs(sweeps: int) -> None:
        model = AlternatingLeastSquares(factors=FACTORS, iterations=sweeps, num_threads=1, random_state=0)
        model.fit(liking, show_progress=False)

    def ours(sweeps: int) -> None:
        ALS(factors=FACTORS, sweeps=sweeps, items=ITEMS, least=LEAST, half_life=FOREVER, power=1.0).fit(part.train, Local(0))

    best = {"als": float("inf"), "implicit-als": float("inf")}
    for _ in range(rounds):
        for name, fit in (("als", ours), ("implicit-als", theirs)):
            best[name] = min(best[name], (_seconds(fit, 6) - _seconds(fit, 2)) / 4)
    return {**{name: round(seconds, 4) for name, seconds in best.items()}, "ratio": round(best["als"] / best["implicit-als"], 3)}


def _seconds(fit: Callable[[int], None], sweeps: int) -> float:
    start = time.process_time()
    fit(sweeps)
    return time.process_time() - start


def _fused(found: Mapping[str, Candidates], part: Part, options: Options) -> Candidates:
    """Reciprocal-rank fusion of ours with what each shopper buys regularly; nothing tuned."""
    again = _ours(Again, {}, part, options.seed)(part.queries, DEPTH)
    return ReciprocalRank().fuse({"ease": found["ease"], "als": found["als"], "again": again}).top(DEPTH)


def _wanted(truth: sp.csr_matrix) -> Wanted:
    truth.sort_indices()
    return Wanted(truth.indptr.astype(np.int64), truth.indices.astype(np.int64), truth.data.astype(np.float64))


def _measured(found: Candidates, part: Part) -> Mapping[str, np.ndarray]:
    return measure(found, _wanted(part.truth), METRICS)


def _new(part: Part) -> sp.csr_matrix:
    new = sp.csr_matrix(part.truth - part.truth.multiply(part.bought))
    new.eliminate_zeros()
    return new


def _row(name: str, found: Candidates, part: Part) -> dict[str, Any]:
    """Metrics over all purchases; and over new discoveries, where what was bought before is passed over."""
    row: dict[str, Any] = {"system": name}
    row |= {metric: round(float(np.nanmean(values)), 4) for metric, values in _measured(found, part).items()}
    known = np.asarray(part.bought[found.query, found.item]).ravel() > 0
    fresh = measure(found.where(~known), _wanted(_new(part)), METRICS)
    return row | {f"new {metric}": round(float(np.nanmean(values)), 4) for metric, values in fresh.items()}


def _against(found: Mapping[str, Candidates], peer: str, part: Part, seed: int) -> list[dict[str, Any]]:
    """Paired bootstrap over shoppers of NDCG@10 against a peer."""
    if peer not in found:
        return []
    theirs = _measured(found[peer], part)["ndcg@10"]
    rows = []
    for name in (n for n in found if not n.startswith("implicit")):
        said = paired(_measured(found[name], part)["ndcg@10"], theirs, seed)
        figures = {"ndcg@10 more": said.mean, "from": said.low, "to": said.high, "p": said.p}
        rows.append({"system": name} | {key: round(value, 4) for key, value in figures.items()})
    return rows


def _write(path: Path, found: Candidates, part: Part, data: Path | None) -> None:
    """user, item, rank, score by tabs, ids as in the input."""
    items, homes = part.train.catalog.vocabulary.ids, complete_journey.households(data)
    rows = zip(
        part.queries.user[found.query].tolist(), found.item.tolist(), found.place.tolist(), found.score.tolist(), strict=True
    )
    path.write_text("".join(f"{homes[u]}\t{items[i]}\t{p + 1}\t{s:.6g}\n" for u, i, p, s in rows), encoding="utf-8")
