"""Ours beside peers on Complete Journey: ALS, BPR and item neighbours of implicit, two each of LensKit and RecBole.

Equal grids, equal processor time, one thread. The answers are what each shopper buys in the 14 days after a moment, bought before
or not; every system ranks the same items. Settings are chosen on the 14 days before the last 14; the last 14 are asked once, of
models fitted on all before them. LensKit and RecBole run in environments of their own (out/…-venv), which the command makes.
"""

import platform
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks import complete_journey, peers_implicit
from benchmarks.complete_journey import Part
from benchmarks.options import Options
from benchmarks.peers_beside import beside
from benchmarks.peers_implicit import EPOCHS, FACTORS, ITEMS, LEAST, LIVES, SWEEPS, round_seconds
from benchmarks.peers_lenskit import LENSKIT
from benchmarks.peers_recbole import RECBOLE
from benchmarks.peers_tuning import DEPTH, Answer, Fitted, Settings, System, timed, tuned
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.errors import NotFound, NotReady
from ronghe.core.queries import Queries
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.kernels.segments import splits_of
from ronghe.methods.collaborative.again import Again
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.bpr import BPR
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.item_knn import ItemKNN

METRICS = ("ndcg@10", "recall@20")
PACKAGES = (LENSKIT, RECBOLE)
FUSES, FUSED = ("ease", "als"), "fused: ease + als + again"


def run(options: Options) -> dict[str, Any]:
    """NDCG@10, Recall@20, fit time of each system, ratios of pairs, time a round; `--only`: one system, or packages and ours."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings(), ExitStack() as open_:
        warnings.simplefilter("ignore")  # implicit warns of BLAS threads, which are limited here
        names = wanted(options.only)
        needed = [package for package in PACKAGES if any(name.startswith(f"{package.name}-") for name in names)]
        found = {package.name: open_.enter_context(beside(package)) for package in needed}
        others = {name: system for systems, _ in found.values() for name, system in systems.items()}
        systems = {name: one for name, one in {**peers_implicit.SYSTEMS, **others, **OURS}.items() if name in names}
        says = {name: words for name, (_, words) in found.items()}
        if not systems:
            raise NotReady(f"{options.only} cannot be asked: {says}")
        return _run(systems, options) | says


def wanted(only: str | None) -> tuple[str, ...]:
    """Names of systems: all; the one that `only` names; or, where it names packages (by commas), all of theirs and ours."""
    theirs = {"implicit": tuple(peers_implicit.SYSTEMS)}
    theirs |= {package.name: tuple(f"{package.name}-{kind}" for kind in package.grids) for package in PACKAGES}
    every = (*(name for names in theirs.values() for name in names), *OURS)
    if not only or only in every:
        return (only,) if only else every
    packages = only.split(",")
    if unknown := [name for name in packages if name not in theirs]:
        raise NotFound(f"no system or package {unknown[0]!r} here; there are {', '.join((*theirs, *every))}")
    return (*(name for package in packages for name in theirs[package]), *OURS)


def _run(systems: Mapping[str, System], options: Options) -> dict[str, Any]:
    year = complete_journey.load(options.data)
    valid, test = complete_journey.parts(year)
    names = list(systems)
    share = 60 * options.budget / len(names)
    chosen = {name: tuned(systems[name], valid, share, options.seed, score) for name in names}
    found: dict[str, Candidates] = {}
    table = []
    for name, best in chosen.items():
        fitted = systems[name].fit(test, best.settings, options.seed)
        found[name] = fitted.answer(test.queries, DEPTH)
        table.append(_row(name, found[name], test) | {"fit processor seconds": round(fitted.seconds, 2), "tried": best.tried})
    if all(name in found for name in FUSES):
        found[FUSED] = _fused(found, test, options)
        table.append(_row(FUSED, found[FUSED], test))
    if options.out:
        _write(options.out, found[FUSED if FUSED in found else names[0]], test, options.data)
    return {
        **_about(year, test),
        "processor seconds a round": round_seconds(valid),
        "systems": table,
        "ratios, ours / theirs": _ratios({row["system"]: row for row in table}),
        "settings": {name: best.settings for name, best in chosen.items()},
        **{f"against {peer}": _against(found, peer, test, options.seed) for peer in names if peer not in OURS},
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


def ours(learner: Any, settings: Settings, part: Part, seed: int) -> Fitted:
    """A learner of ours with these settings, fitted on what the part knows."""

    def fit() -> Answer:
        model: Retriever = learner(**settings).fit(part.train, Local(seed))
        return lambda queries, k: _batched(model, queries, k)

    return timed(fit)


def _batched(model: Retriever, queries: Queries, k: int, size: int = 64) -> Candidates:
    found = [model.retrieve(queries.take(np.arange(at, min(at + size, len(queries)))), k) for at in range(0, len(queries), size)]
    splits = splits_of(np.concatenate([f.counts for f in found]))
    return Candidates.of(splits, np.concatenate([f.item for f in found]), np.concatenate([f.score for f in found]))


def _als(part: Part, settings: Settings, seed: int) -> Fitted:
    return ours(ALS, {"factors": FACTORS, "sweeps": SWEEPS, "items": ITEMS, "least": LEAST, **settings}, part, seed)


def _ease(part: Part, settings: Settings, seed: int) -> Fitted:
    return ours(EASE, settings, part, seed)


def _bpr(part: Part, settings: Settings, seed: int) -> Fitted:
    return ours(BPR, {"factors": FACTORS, "items": ITEMS, "least": LEAST, "half_life": LIVES[0], **settings}, part, seed)


def _item_knn(part: Part, settings: Settings, seed: int) -> Fitted:
    return ours(ItemKNN, {"items": ITEMS, "least": LEAST, **settings}, part, seed)


OURS: dict[str, System] = {  # twelve settings each
    "als": System(_als, {"half_life": LIVES, "unobserved": (0.1, 0.3), "l2": (0.001, 0.003, 0.01)}),
    "ease": System(_ease, {"half_life": LIVES, "power": (0.5, 1.0), "l2": (30.0, 100.0, 300.0)}),
    "item-knn": System(_item_knn, {"half_life": LIVES, "shrink": (1.0, 10.0, 50.0), "neighbours": (50, 200)}),
    "bpr": System(_bpr, {"power": (0.0, 1.0), "l2": (0.01, 0.02, 0.05), "epochs": EPOCHS}),
}


def _ratios(rows: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Quality and fit time of the same algorithm, ours over theirs."""
    return [
        {"pair": f"{ours} / {theirs}"}
        | {column: round(rows[ours][column] / rows[theirs][column], 3) for column in (*METRICS, "fit processor seconds")}
        for theirs in rows
        for ours in OURS
        if theirs.endswith(f"-{ours}") and theirs not in OURS and ours in rows
    ]


def _fused(found: Mapping[str, Candidates], part: Part, options: Options) -> Candidates:
    """Reciprocal-rank fusion of ours with what each shopper buys regularly; nothing tuned."""
    again = ours(Again, {}, part, options.seed).answer(part.queries, DEPTH)
    return ReciprocalRank().fuse({"ease": found["ease"], "als": found["als"], "again": again}).top(DEPTH)


def _wanted(truth: sp.csr_matrix) -> Wanted:
    truth.sort_indices()
    return Wanted(truth.indptr.astype(np.int64), truth.indices.astype(np.int64), truth.data.astype(np.float64))


def score(found: Candidates, part: Part) -> float:
    """NDCG@10 over all that is bought."""
    return float(np.nanmean(measured(found, part)["ndcg@10"]))


def measured(found: Candidates, part: Part) -> Mapping[str, np.ndarray]:
    """Each metric of each shopper; NaN where nothing is bought."""
    return measure(found, _wanted(part.truth), METRICS)


def new(part: Part) -> sp.csr_matrix:
    """What is bought that had not been bought before."""
    new = sp.csr_matrix(part.truth - part.truth.multiply(part.bought))
    new.eliminate_zeros()
    return new


def _row(name: str, found: Candidates, part: Part) -> dict[str, Any]:
    """Metrics over all purchases; and over new discoveries, where what was bought before is passed over."""
    row: dict[str, Any] = {"system": name}
    row |= {metric: round(float(np.nanmean(values)), 4) for metric, values in measured(found, part).items()}
    known = np.asarray(part.bought[found.query, found.item]).ravel() > 0
    fresh = measure(found.where(~known), _wanted(new(part)), METRICS)
    return row | {f"new {metric}": round(float(np.nanmean(values)), 4) for metric, values in fresh.items()}


def _against(found: Mapping[str, Candidates], peer: str, part: Part, seed: int) -> list[dict[str, Any]]:
    """Paired bootstrap over shoppers of NDCG@10 against a peer."""
    if peer not in found:
        return []
    theirs = measured(found[peer], part)["ndcg@10"]
    rows = []
    for name in (n for n in found if n in OURS or n == FUSED):
        said = paired(measured(found[name], part)["ndcg@10"], theirs, seed)
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
