"""Settings of sequence models by validation, within the time that is left; parts fitted once are used again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from benchmarks.held_out import Clock, Lines, queries
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute, Retriever
from ronghe.methods.sequential.fused import FusedSequence, FusedSequenceModel
from ronghe.methods.sequential.next_item import NextItem
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.weighing import Weights

# Settings tried one after the other from the best so far: (field, factors).
MOVES: dict[str, tuple[tuple[str, tuple[float, ...]], ...]] = {
    "NextItem": (("traits", (3.0, 0.3)), ("l2", (2.0, 0.5)), ("past", (2.0, 0.5)), ("future", (2.0, 0.5))),
    "Neural": (("dropout", (0.6,)), ("rate", (0.5,))),
    "Stan": (("neighbours", (3.0, 0.3)), ("decay", (2.0, 0.5))),
}
FADES = (2.0, 4.0, 7.0)  # of what is asked; needs no fit
MEMBERS = 4
SPARE = 1.3  # a fit on more lines takes so much longer


class Asked(Protocol):
    """What was held out: `known` lines, the item that `came`, and how a model does on them."""

    known: Lines
    came: np.ndarray

    def scored(self, model: Retriever) -> dict[str, np.ndarray]:
        """Metrics of each line."""


class Search:
    """Fits on what is known before validation, keeps the best by NDCG on it, and stops while there is time for the last fit."""

    def __init__(self, data: Dataset, exam: Asked, compute: Local, clock: Clock, limit: float) -> None:
        self.data, self.exam, self.compute, self.clock, self.limit = data, exam, compute, clock, limit
        self.tried, self.top = 0, 0.0

    def best(self, learner: Any) -> tuple[Any, Any]:
        """The best settings found and the model of them."""
        if isinstance(learner, FusedSequence):
            return self._fused(learner)
        return self._climbed(learner, self.limit)

    def again(self, learner: Any, early: Any, data: Dataset) -> Any:
        """The settings fitted on more; weights of voices stay as validation said."""
        if isinstance(learner, FusedSequence):
            return replace(learner.voices(data, self.compute), weights=early.weights)
        return learner.fit(data, self.compute)

    def _climbed(self, learner: Any, limit: float) -> tuple[Any, Any]:
        """One setting after the other; a step is left out when it and the last fit would take too long."""
        started = self.clock.seconds
        learner, model, top = self._tried(learner, self.compute)
        longest = self.clock.seconds - started
        for field, factors in _moves(learner):
            for factor in factors:
                old = getattr(learner, field)
                new = old * factor if isinstance(old, float) else max(round(old * factor), 1)
                if not new or new == old or self.clock.seconds + longest * (1 + SPARE) > limit:
                    continue
                found = self._tried(replace(learner, **{field: new}), self.compute)
                if found[2] > top:
                    learner, model, top = found
                    break
        self.top = max(self.top, top)
        return learner, model

    def _tried(self, learner: Any, compute: Compute) -> tuple[Any, Any, float]:
        """The learner, its model and its NDCG; with the best fading of what is asked, where it has one."""
        model = learner.fit(self.data, compute)
        self.tried += 1
        if not isinstance(learner, NextItem):
            return learner, model, self._score(model)
        scores = {fades: self._score(replace(model, fades=fades)) for fades in FADES}
        best = max(scores, key=scores.__getitem__)
        return replace(learner, asked=best), replace(model, fades=best), scores[best]

    def _fused(self, learner: FusedSequence) -> tuple[FusedSequence, FusedSequenceModel]:
        """The closed form first, in a third of the time; then networks, as many as help and as there is time for."""
        started = self.clock.seconds
        closed, closed_model = self._climbed(learner.closed, started + self.limit / 3)
        spent = self.clock.seconds
        networks = [learner.member(0, self.data, self.compute)]
        one, last = self.clock.seconds - spent, (spent - started) / max(self.tried, 1)
        while len(networks) < MEMBERS and self._time_for(one, last + one * (len(networks) + 1)):
            networks.append(learner.member(len(networks), self.data, self.compute))
        self.tried += len(networks)
        rising = learner.rising(self.data)
        some = [FusedSequenceModel(closed_model, tuple(networks[:n]), Weights.even(), rising) for n in range(1, len(networks) + 1)]
        models = [self._weighed(model) for model in some]
        scores = [self._score(model) for model in models]
        self.top = max(scores)
        model = models[scores.index(self.top)]
        return replace(learner, closed=closed, members=len(model.networks)), model

    def _time_for(self, one: float, whole: float) -> bool:
        """Whether one more part, and then a whole model, can be fitted in the time that is left."""
        return self.clock.seconds + one + SPARE * whole < self.limit

    def _weighed(self, model: FusedSequenceModel) -> FusedSequenceModel:
        return model.weighed(queries(self.exam.known), self.exam.came)

    def _score(self, model: Retriever) -> float:
        return float(np.nanmean(self.exam.scored(model)["ndcg@10"]))


def _moves(learner: Any) -> tuple[tuple[str, tuple[float, ...]], ...]:
    return next((MOVES[kind.__name__] for kind in type(learner).__mro__ if kind.__name__ in MOVES), ())


def steps_of(data: Dataset, exam: Asked, compute: Local) -> Iterator[tuple[str, Retriever]]:
    """Models by ingredient: the closed form, fading, traits; the network, where its vectors start; both together."""
    never = float("inf")
    yield "closed form alone", NextItem(past=never, future=never, asked=never, traits=0.0).fit(data, compute)
    yield "+ fading past and future", NextItem(traits=0.0).fit(data, compute)
    closed = NextItem().fit(data, compute)
    yield "+ traits", closed
    yield "network alone", SASRec(traits=0.0).fit(data, compute)
    network = SASRec().fit(data, compute)
    yield "+ vectors start from traits and neighbours", network
    both = FusedSequenceModel(closed, (network,), Weights.even())
    yield "closed form and network, even weights", both
    yield "+ weights by length of history", both.weighed(queries(exam.known), exam.came)
    rises = replace(both, rising=FusedSequence().rising(data))
    yield "+ what comes up lately", rises.weighed(queries(exam.known), exam.came)
