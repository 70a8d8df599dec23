"""What comes next on sequences.txt: hit rate and NDCG at 10, the last item of each line asked for, the one before for validation.

Optional beside it: item_titles.tsv, item_attributes.json. Settings are chosen on validation; only the scorer reads last items.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.held_out import Clock, Lines, catalog, dataset, ranked, read, write
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.sequential_search import Search, steps_of
from benchmarks.shelves import attributes_of, titles_of
from ronghe.compute.local import Local
from ronghe.core.catalog import Catalog
from ronghe.core.errors import BadData, NotFound
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.significance import intervals
from ronghe.evaluate.wanted import Wanted
from ronghe.kernels.segments import place_of
from ronghe.methods import METHODS, method

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "beauty"
K, ASKED = 10, 8000
METRICS = (f"hit@{K}", f"ndcg@{K}")
MAIN, ABLATION = "fused-sequence", "ablation"


@dataclass(frozen=True, eq=False)
class Exam:
    """What is known, and the one item that came next for each line; none (-1) where the line is too short."""

    known: Lines
    came: np.ndarray

    @staticmethod
    def of(lines: Lines) -> "Exam":
        """The lines without their last item, which is asked for."""
        left = lines.counts[lines.user] - place_of(lines.splits)
        long = lines.counts >= 2
        came = np.where(long, lines.item[np.maximum(lines.splits[1:] - 1, 0)] if len(lines.item) else -1, -1)
        return Exam(lines.where((left > 1) | ~long[lines.user]), came)

    def some(self, most: int, seed: int) -> "Exam":
        """At most so many of the lines that are asked about."""
        lines = np.flatnonzero(self.came >= 0)
        lines = np.sort(np.random.default_rng(seed + 1).permutation(lines)[:most])
        return Exam(self.known.take(lines), self.came[lines])

    def scored(self, model: Retriever) -> dict[str, np.ndarray]:
        """The metrics of each line; NaN where nothing is asked."""
        wanted = Wanted.of_lists([[item] if item >= 0 else [] for item in self.came.tolist()])
        return dict(measure(ranked(model, self.known, K), wanted, METRICS))


def run(options: Options) -> dict[str, Any]:
    """Figures of fused-sequence, of the method that `--only` names, or `ablation`; `--out` gets lists, `--blind` scores none."""
    clock, folder = Clock.started(), options.data or DEFAULT
    name = options.only or MAIN
    known = [key for key, (_, where) in METHODS.items() if where.startswith("sequential.")]
    if name not in (*known, ABLATION):
        raise NotFound(f"no method {name!r} here; there are {', '.join((*known, ABLATION))}")
    full = read(folder / "sequences.txt")
    shop = catalog(full.items, title=titles_of(folder, full.items), attributes=attributes_of(folder, full.items))
    last = None if options.blind else Exam.of(full)
    given = full if last is None else last.known
    valid = Exam.of(given)
    if not (valid.came >= 0).any():
        raise BadData(f"{folder / 'sequences.txt'}: no line is long enough to choose settings by; right would be two items or more")
    facts = {"method": name, "users": len(full), "items": len(full.items), "events": len(full.item)}
    if name == ABLATION:
        return facts | {"ingredients": ablation(valid, last, shop, options)} | clock.figures() | about(options)
    search = Search(dataset(valid.known, shop), valid.some(ASKED, options.seed), Local(options.seed), clock, 60 * options.budget)
    learner, early = search.best(method(name)())
    figures = {"settings": repr(learner), "tried": search.tried, "validation": round(search.top, 4)}
    final = search.again(learner, early, dataset(given, shop))
    without = {} if last is None else {"without the validation item in the fit": summary(last.scored(early), options.seed)}
    if options.out:
        write(options.out, ranked(final, given, K), given)
    fit = {} if last is None else {"with the validation item in the fit": summary(last.scored(final), options.seed)}
    return facts | figures | without | fit | clock.figures() | about(options)


def summary(values: dict[str, np.ndarray], seed: int) -> dict[str, Any]:
    """Means over the lines that are asked about, and their 95 % intervals."""
    said = intervals(np.stack([values[name] for name in METRICS], axis=1), seed)
    means = {name: round(one.mean, 4) for name, one in zip(METRICS, said, strict=True)}
    return means | {f"{name} 95 %": f"{one.low:.4f} to {one.high:.4f}" for name, one in zip(METRICS, said, strict=True)}


def ablation(valid: Exam, last: Exam | None, shop: Catalog, options: Options) -> list[dict[str, Any]]:
    """Each ingredient added to the one before, with default settings, fitted without the validation item."""
    rows = []
    data, some = dataset(valid.known, shop), valid.some(ASKED, options.seed)
    for title, model in steps_of(data, some, Local(options.seed)):
        row = {"ingredient": title, "validation ndcg@10": _mean(some.scored(model))}
        rows.append(row if last is None else row | {f"test {name}": _mean(last.scored(model), name) for name in METRICS})
    return rows


def _mean(values: dict[str, np.ndarray], name: str = METRICS[1]) -> float:
    return round(float(np.nanmean(values[name])), 4)
