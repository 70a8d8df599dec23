"""Explicit ratings, five folds: RMSE and MAE of stars foretold for rows that nobody learnt from.

Settings are chosen inside each training part, on a tenth of it; test rows are read by the scorer only. Shoppers are not looked
up in the model: each is folded in from what they rated in the training part, exactly as in serving.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.held_out import Clock
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.ratings_table import Ratings, Rows, folds, read, source
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotFound
from ronghe.methods.ratings.biased_mf import BiasedMF
from ronghe.methods.ratings.svd import SVD
from ronghe.methods.ratings.svd_mf import SVDMF
from ronghe.methods.ratings.svd_plus_plus import SVDPlusPlus

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "ml-100k"
FOLDS, HELD, SHOWN = 5, 0.1, 20
MAIN = "svd++"
PAIRS = "pairs.inter"  # people and items to foretell in a blind run; without it the best items a person has not rated
LINES = {"biased-mf": 0.934, "svd++": 0.920}  # RMSE of SVD and SVD++ that PROTOCOLS names as the lines to beat


@dataclass(frozen=True)
class System:
    """A learner and, setting by setting, the values that are tried one after the other, the best so far kept."""

    learner: Any
    tries: Mapping[str, tuple[Any, ...]]


SYSTEMS = {
    "biases": System(SVD(l2=1e9), {"item_damp": (2.0, 10.0), "user_damp": (2.0, 10.0)}),
    "svd": System(SVD(), {"factors": (5, 20, 40), "l2": (0.1, 0.2, 0.5), "item_damp": (2.0, 10.0), "user_damp": (2.0, 10.0)}),
    "biased-mf": System(
        BiasedMF(), {"l2": (1.0, 1.5, 3.0), "nu": (0.3, 0.5, 0.6), "l2_bias": (0.5, 2.0), "factors": (10, 40), "sweeps": (6, 20)}
    ),
    "biased-mf-sgd": System(
        BiasedMF(solver="sgd", sweeps=20),
        {"pace": (0.03, 0.08), "l2": (1.0, 1.5, 3.0), "nu": (0.3, 0.5, 0.6), "factors": (10, 40), "sweeps": (40,)},
    ),
    "svd++": System(
        SVDPlusPlus(),
        {"l2_implicit": (4.0, 10.0, 15.0), "l2": (1.0, 2.0, 3.0), "nu": (0.4, 0.6), "factors": (10, 40, 60), "l2_bias": (0.5, 2.0)},
    ),
    "svd-mf": System(SVDMF(), {"l2": (1.5, 3.0), "nu": (0.3, 0.5), "factors": (10, 40), "pace": (0.02,)}),
}


def run(options: Options) -> dict[str, Any]:
    """A table of all methods, or of the one that `--only` names; `--out` gets what was foretold."""
    clock, folder = Clock.started(), options.data or DEFAULT
    if options.only and options.only not in SYSTEMS:
        raise NotFound(f"no method {options.only!r} here; there are {', '.join(SYSTEMS)}")
    names = [options.only] if options.only else list(SYSTEMS)
    if options.out:
        options.out.write_text("", encoding="utf-8")
    rows = _blind(folder, names, options, clock) if options.blind else _crossed(read(source(folder)), names, options, clock)
    return {"folds": 0 if options.blind else FOLDS, "methods": rows} | clock.figures() | about(options)


def _crossed(table: Ratings, names: list[str], options: Options, clock: Clock) -> list[dict[str, Any]]:
    """Each method on every fold."""
    jobs, found = FOLDS * len(names), []
    for name in names:
        marks = []
        for train, test in folds(len(table), FOLDS, options.seed):
            learner, tried = tuned(name, table, train, share(clock, options, jobs), options.seed)
            begun, jobs = clock.processor_seconds, jobs - 1
            model = learner.fit(table.dataset(train), Local(options.seed))
            seconds = clock.processor_seconds - begun
            said, rows = foretold(model, table, table.dataset(train), test)
            marks.append((*errors(said.score, table, rows), seconds, tried, learner))
            if options.out and name == written(names):
                write(options.out, said, table, np.unique(table.user[rows]))
        found.append(_row(name, marks))
    return found


def _row(name: str, marks: list[tuple[Any, ...]]) -> dict[str, Any]:
    values = np.array([mark[:4] for mark in marks], dtype=float)
    (rmse, mae, seconds, tried), spread = values.mean(axis=0), values.std(axis=0, ddof=1)
    row = {"method": name, "rmse": round(rmse, 4), "± folds": round(spread[0], 4), "mae": round(mae, 4)}
    row |= {"line": LINES.get(name), "fit seconds": round(seconds, 1), "tried": round(tried, 1)}
    return row | {"settings of the first fold": repr(marks[0][4])}


def _blind(folder: Path, names: list[str], options: Options, clock: Clock) -> list[dict[str, Any]]:
    """Each method tuned on a part of the ratings, then fitted on all; what `--out` gets has no stars to be held against."""
    table = read(source(folder))
    every, found = np.arange(len(table)), []
    for at, name in enumerate(names):
        learner, tried = tuned(name, table, every, share(clock, options, len(names) - at), options.seed)
        model = learner.fit(table.dataset(every), Local(options.seed))
        found.append({"method": name, "tried": tried, "settings": repr(learner)})
        if options.out and name == written(names):
            if (folder / PAIRS).is_file():
                pairs = table.renumbered(read(folder / PAIRS, stars=False))
                said, rows = foretold(model, pairs, table.dataset(every), np.arange(len(pairs)))
                write(options.out, said, pairs, np.unique(pairs.user[rows]))
            else:
                write(options.out, _unrated(model, table), table, np.unique(table.user))
    return found


def written(names: list[str]) -> str:
    """Whose stars go to `--out`."""
    return MAIN if MAIN in names else names[0]


def share(clock: Clock, options: Options, jobs: int) -> float:
    """Seconds for the next of so many jobs that are left."""
    return max(0.0, 60 * options.budget - clock.seconds) / jobs


def tuned(name: str, table: Ratings, train: Rows, seconds: float, seed: int) -> tuple[Any, int]:
    """The settings that foretell a tenth of `train` best from the rest of it, and how many were tried in the time."""
    mixed = np.random.default_rng(seed + 1).permutation(train)
    held, kept = np.sort(mixed[: int(len(mixed) * HELD)]), np.sort(mixed[int(len(mixed) * HELD) :])
    known, clock = table.dataset(kept), Clock.started()

    def error(learner: Any) -> float:
        said, rows = foretold(learner.fit(known, Local(seed)), table, known, held)
        return errors(said.score, table, rows)[0]

    best, tried = SYSTEMS[name].learner, 1
    if seconds <= 0:
        return best, 0
    least, longest = error(best), clock.seconds
    for setting, values in SYSTEMS[name].tries.items():
        for value in values:
            begun = clock.seconds
            if begun + 2 * longest > seconds:
                return best, tried
            now = error(candidate := replace(best, **{setting: value}))
            best, least = (candidate, now) if now < least else (best, least)
            tried, longest = tried + 1, max(longest, clock.seconds - begun)
    return best, tried


def foretold(model: Any, table: Ratings, known: Dataset, rows: Rows) -> tuple[Candidates, Rows]:
    """Stars for each of the rows as the candidates' score, and the rows in that order."""
    queries, pairs, rows = table.asked(known, rows)
    return pairs.scored(model.predict(queries, pairs)), rows


def errors(said: np.ndarray, table: Ratings, rows: Rows) -> tuple[float, float]:
    """Root mean squared and mean absolute error."""
    wrong = said.astype(np.float64) - table.stars[rows]
    return float(np.sqrt(np.mean(wrong**2))), float(np.abs(wrong).mean())


def _unrated(model: Any, table: Ratings) -> Candidates:
    """The items a person has not rated by the stars foretold, best first, at most SHOWN."""
    known = table.dataset(np.arange(len(table)))
    queries, pairs, _ = table.asked(known, np.arange(len(table)))
    fresh = []
    for person in range(len(queries)):
        mask = np.ones(len(table.items), dtype=bool)
        mask[pairs.of_query(person)] = False
        fresh.append(np.flatnonzero(mask))
    rest = Candidates.of_lists(fresh, [np.zeros(len(items)) for items in fresh])
    return rest.scored(model.predict(queries, rest)).top(SHOWN)


def write(path: Path, said: Candidates, table: Ratings, people: Rows) -> None:
    """Appends rows "user item rank score" by tabs, best first; `people` are the shoppers of the queries."""
    best = said.top(len(said.item))
    rows = zip(best.query.tolist(), best.item.tolist(), (best.place + 1).tolist(), best.score.tolist(), strict=True)
    with path.open("a", encoding="utf-8") as out:
        out.writelines(f"{table.users.ids[people[q]]}\t{table.items.ids[i]}\t{place}\t{score:.6g}\n" for q, i, place, score in rows)
