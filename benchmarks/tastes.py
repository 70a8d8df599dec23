"""Learners of taste side by side on Complete Journey: what each shopper buys in the last 14 days, and what of it is new to them.

Settings are chosen on the 14 days before the last 14, in equal processor time; the last 14 are asked of models fitted on all before
them. What hangs on chance is fitted with three seeds. Everything may be answered, and apart only what the shopper never bought.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks import complete_journey
from benchmarks.complete_journey import Part
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.peers import ITEMS, LEAST, OURS, measured, new, ours, score
from benchmarks.peers_tuning import Fitted, System, tuned
from ronghe.core.errors import NotFound
from ronghe.evaluate.significance import paired
from ronghe.methods.collaborative.context_tensor import ContextTensor
from ronghe.methods.collaborative.neural_cf import NeuralCF
from ronghe.methods.collaborative.popular import Popular

SEEDS = 3
EPOCHS = 4  # of neural-cf, which takes half a minute for each
LIVES = (90.0, float("inf"))
SAME = ("popular", "ease")  # nothing in them hangs on chance
YARDSTICK = "als"


@dataclass(frozen=True)
class Learnt:
    """How a learner with these settings is fitted on a part."""

    learner: Any
    fixed: Mapping[str, Any]

    def __call__(self, part: Part, settings: Mapping[str, Any], seed: int) -> Fitted:
        """The fitted system, timed."""
        return ours(self.learner, {**self.fixed, **settings}, part, seed)


KNOWN = {"items": ITEMS, "least": LEAST}
SYSTEMS: dict[str, System] = {
    "popular": System(Learnt(Popular, {}), {"half_life": (14.0, 60.0, 365.0)}),
    **{name: OURS[name] for name in ("als", "ease", "bpr")},
    "neural-cf": System(Learnt(NeuralCF, {**KNOWN, "epochs": EPOCHS}), {"power": (0.5, 1.0), "half_life": LIVES}),
    "context-tensor": System(
        Learnt(ContextTensor, KNOWN), {"unobserved": (0.2, 0.05), "l2": (0.1, 1.0), "half_life": LIVES, "factors": (24, 48)}
    ),
}


def run(options: Options) -> dict[str, Any]:
    """NDCG@10 and Recall@20 of each system, over all that is bought and over what is new. `--only NAME` runs one system."""
    from threadpoolctl import threadpool_limits

    if options.only and options.only not in SYSTEMS:
        raise NotFound(f"no system {options.only!r} here; there are {', '.join(SYSTEMS)}")
    names = [options.only] if options.only else list(SYSTEMS)
    with threadpool_limits(1):
        valid, test = complete_journey.parts(complete_journey.load(options.data))
        fresh = unbought(test)
        said = {name: Said.of(name, valid, test, fresh, options, 60 * options.budget / len(names)) for name in names}
    return {
        "asked": len(test.queries),
        "asked for something new": int(np.count_nonzero(np.diff(fresh.truth.indptr))),
        "systems": [one.row() for one in said.values()],
        "settings": {name: one.settings for name, one in said.items()},
        f"against {YARDSTICK}": [one.against(said[YARDSTICK], options.seed) for one in said.values()] if not options.only else [],
    } | about(options)


def unbought(part: Part) -> Part:
    """The part asked about what each shopper never bought."""
    masks = np.ones(part.bought.shape, dtype=bool)
    masks[part.bought.nonzero()] = False
    return replace(part, queries=part.queries.replace(allowed=tuple(masks)), truth=new(part))


@dataclass(frozen=True, eq=False)
class Said:
    """What a system came to: settings and how many were tried · each: metric -> (seeds, shoppers) · seconds of its fits."""

    name: str
    settings: Mapping[str, Any]
    tried: int
    each: Mapping[str, np.ndarray]
    seconds: list[float]

    @staticmethod
    def of(name: str, valid: Part, test: Part, fresh: Part, options: Options, seconds: float) -> "Said":
        """Tuned on `valid`, fitted anew on `test`, asked there and about what is new."""
        best = tuned(SYSTEMS[name], valid, seconds, options.seed, score)
        fits = [SYSTEMS[name].fit(test, best.settings, options.seed + at) for at in range(1 if name in SAME else SEEDS)]
        every: dict[str, list[np.ndarray]] = {}
        for fit in fits:
            for part, before in ((test, ""), (fresh, "new ")):
                for metric, values in measured(fit.answer(part.queries, 20), part).items():
                    every.setdefault(before + metric, []).append(values)
        return Said(name, best.settings, best.tried, {k: np.stack(v) for k, v in every.items()}, [fit.seconds for fit in fits])

    def row(self) -> dict[str, Any]:
        """Means over shoppers and seeds, and how far seeds lie apart (standard deviation)."""
        row: dict[str, Any] = {"system": self.name}
        for metric, values in self.each.items():
            means = np.nanmean(values, axis=1)
            row |= {metric: round(float(means.mean()), 4), f"{metric} ±": round(float(means.std(ddof=min(1, len(means) - 1))), 4)}
        return row | {"fit processor seconds": round(float(np.mean(self.seconds)), 1), "tried": self.tried}

    def against(self, other: "Said", seed: int) -> dict[str, Any]:
        """Paired bootstrap over shoppers of NDCG@10, seeds averaged."""
        row: dict[str, Any] = {"system": self.name}
        for metric in ("ndcg@10", "new ndcg@10"):
            one = paired(self.each[metric].mean(axis=0), other.each[metric].mean(axis=0), seed)
            row |= {f"{metric} more": round(one.mean, 4), f"{metric} p": round(one.p, 4)}
        return row
