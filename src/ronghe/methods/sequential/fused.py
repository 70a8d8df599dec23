"""Closed form and networks in one model: what one finds in few examples, the other in long habits.

Their scores are multiplied, a product of experts (Hinton 2002, doi:10.1162/089976602760128018), with weights by length of history;
a third factor is how much an item comes up lately.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.scoring import Float32
from ronghe.methods.sequential.hstu import HSTU
from ronghe.methods.sequential.lines import Known, learnt
from ronghe.methods.sequential.neural import Neural, NeuralModel
from ronghe.methods.sequential.next_item import NextItem, NextItemModel
from ronghe.methods.sequential.rising import rising
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.seeded import Seeded
from ronghe.methods.sequential.weighing import Trial, Weights, hold_out, weights_of, with_rises
from ronghe.methods.whole import WholeModel

ASKED, TOGETHER = 4000, 256  # held-out steps that weights are learnt from at most, and how many are scored together


@dataclass(frozen=True)
class FusedSequence:
    """Learns FusedSequenceModel: next-item times the odds of networks.

    closed: settings of next-item · network: settings of sasrec · other: settings of hstu · members: how many networks, one kind and
    the other in turn, from seeds of their own; their odds are averaged, and what errs in different ways errs less together ·
    held: share of shoppers whose last wish is held out to learn the weights of the voices from; 0 = fixed weights.
    """

    closed: NextItem = field(default_factory=NextItem)
    network: SASRec = field(default_factory=SASRec)
    other: HSTU = field(default_factory=HSTU)
    members: int = 1
    held: float = 0.1

    def __post_init__(self) -> None:
        require(self.members >= 1, "members", self.members, "1 or more")
        require(0 <= self.held < 1, "held", self.held, "from 0 to below 1")

    def fit(self, data: Dataset, compute: Compute) -> "FusedSequenceModel":
        """The model of these settings, from what `data` may see."""
        kept, asked, came = hold_out(data, self.held, ASKED, np.random.default_rng(compute.seed))
        model = self.voices(kept, compute)
        return model.weighed(asked, came) if len(asked) else model

    def voices(self, data: Dataset, compute: Compute) -> "FusedSequenceModel":
        """All parts learnt from `data`, joined with even weights."""
        networks = tuple(self.member(at, data, compute) for at in range(self.members))
        return FusedSequenceModel(self.closed.fit(data, compute), networks, Weights.even(), self.rising(data))

    def rising(self, data: Dataset) -> Float32:
        """How much each item that the networks know comes up lately in `data` (n,)."""
        known, lines = learnt(data, self.network.items, self.network.least)
        return rising(lines, len(known.items))

    def member(self, at: int, data: Dataset, compute: Compute) -> NeuralModel:
        """The network of this number, from 0, learnt from `data`."""
        kind: Neural = self.other if at % 2 else self.network
        return kind.fit(data, Seeded(compute, at))


@dataclass(frozen=True, eq=False)
class FusedSequenceModel(WholeModel):
    """score = (closed form + floor) * odds ** weight * e ** (rise * rising); networks: their mean odds, by logarithm ·
    rising (n,): how much each item comes up lately.
    """

    closed: NextItemModel
    networks: tuple[NeuralModel, ...]
    weights: Weights
    rising: Float32 = field(default_factory=lambda: np.zeros(0, np.float32))

    def weighed(self, queries: Queries, came: NDArray[np.int64]) -> "FusedSequenceModel":
        """The same voices with the weights by which the items that came stand highest, then the rises; what was had before is not
        asked for.
        """
        pairs = Trial.stacked([Trial.of_pairs(*asked) for asked in self._trials(queries, came)])
        weights = weights_of(pairs.best())
        if not len(self.rising):  # else all are asked again: their scores together would take gigabytes
            return replace(self, weights=weights)
        rises = Trial.stacked(
            [
                Trial.of_rises(weights.joined(closed, odds, self.rising, steps), self.rising, wanted, steps)
                for closed, odds, wanted, steps in self._trials(queries, came)
            ]
        )
        return replace(self, weights=with_rises(weights, rises.best()))

    def _trials(
        self, queries: Queries, came: NDArray[np.int64]
    ) -> Iterator[tuple[Float32, Float32, NDArray[np.int64], NDArray[np.int64]]]:
        """Some queries at a time: scores of the closed form and odds of the networks (queries, n), the column that came and the
        steps before it (queries,).
        """
        for at in range(0, len(queries), TOGETHER):
            some = queries.take(np.arange(at, min(at + TOGETHER, len(queries))))
            wanted = self._known.columns(came[at : at + TOGETHER])
            closed, odds = (voice.copy() for voice in self._voices(some))
            had = self._known.columns(some.history.item)
            new = had != wanted[some.history.query]  # who takes the same thing again shows that it may be said
            for voice in (closed, odds):
                voice[some.history.query[(had >= 0) & new], had[(had >= 0) & new]] = 0
            real = np.flatnonzero(wanted >= 0)
            yield closed[real], odds[real], wanted[real], self._steps(some)[real]

    @property
    def _known(self) -> Known:
        return self.networks[0].known

    def _scores(self, queries: Queries) -> Float32:
        return self.weights.joined(*self._voices(queries), self.rising, self._steps(queries))

    def _steps(self, queries: Queries) -> NDArray[np.int64]:
        return self._known.asked(queries).counts

    def _voices(self, queries: Queries) -> tuple[Float32, Float32]:
        """Scores of the closed form and odds of the networks, (queries, n) each."""
        closed = np.zeros((len(queries), len(self._known.items)), dtype=np.float32)
        column = self._known.columns(self.closed.known.items)
        closed[:, column[column >= 0]] = self.closed.scores(queries)[:, column >= 0]
        odds = [network.scores(queries) for network in self.networks]
        if len(odds) == 1:
            return closed, odds[0]
        with np.errstate(divide="ignore"):
            mean: Float32 = np.exp(sum(np.log(one) for one in odds) / np.float32(len(odds)))
        return closed, mean
