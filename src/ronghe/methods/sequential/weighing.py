"""How two voices are joined: (closed form + floor) * odds ** weight, both chosen by length of history on held-out steps."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.queries import History, Queries
from ronghe.methods.scoring import Float32

EDGES = (2, 4, 8)  # histories of up to so many steps have weights of their own; a last bucket holds the longer ones
FLOORS = (0.001, 0.003, 0.01, 0.03)
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0)
ENOUGH = 300  # held-out steps that a bucket needs for weights of its own
CUT = 10


@dataclass(frozen=True, eq=False)
class Weights:
    """floor and weight of each bucket of history lengths, (len(EDGES) + 1,) each."""

    floor: Float32
    weight: Float32

    @staticmethod
    def even(floor: float = 0.01, weight: float = 0.3) -> "Weights":
        """The same in every bucket."""
        return Weights(np.full(len(EDGES) + 1, floor, np.float32), np.full(len(EDGES) + 1, weight, np.float32))

    def joined(self, closed: Float32, odds: Float32, steps: NDArray[np.int64]) -> Float32:
        """One score (queries, n) out of both; where the network is silent the closed form speaks alone. steps (queries,)."""
        bucket = np.searchsorted(EDGES, steps)
        return multiplied(closed, odds, odds ** self.weight[bucket, None], self.floor[bucket, None])


def multiplied(closed: Float32, odds: Float32, raised: Float32, floor: Float32 | float) -> Float32:
    """(closed + floor) * raised of rows (queries, n), raised = odds ** weight; closed alone where the odds are 0."""
    first = np.maximum(closed, 0)
    score: Float32 = np.where(odds > 0, (first + np.float32(floor)) * raised, first)
    return score


@dataclass(frozen=True, eq=False)
class Trial:
    """What every pair of floor and weight would have gained: gain (pairs, steps) · steps of history (steps,)."""

    gain: Float32
    steps: NDArray[np.int64]

    @staticmethod
    def of(closed: Float32, odds: Float32, wanted: NDArray[np.int64], steps: NDArray[np.int64]) -> "Trial":
        """closed and odds (queries, n), 0 where nothing may be said · wanted: the column that came, (queries,)."""
        row = np.arange(len(wanted))
        gain = np.zeros((len(FLOORS), len(WEIGHTS), len(wanted)), dtype=np.float32)
        for at, weight in enumerate(WEIGHTS):
            raised = odds ** np.float32(weight)
            for which, floor in enumerate(FLOORS):
                score = multiplied(closed, odds, raised, floor)
                right = score[row, wanted]
                place = (score > right[:, None]).sum(axis=1) + ((score == right[:, None]).sum(axis=1) - 1) / 2
                gain[which, at] = np.where((place < CUT) & (right > 0), 1 / np.log2(2 + place), 0)
        return Trial(gain.reshape(-1, len(wanted)), steps)

    @staticmethod
    def stacked(parts: "list[Trial]") -> "Trial":
        """Batches one after the other."""
        return Trial(np.concatenate([p.gain for p in parts], axis=1), np.concatenate([p.steps for p in parts]))

    def best(self) -> Weights:
        """The pair of the highest mean NDCG in each bucket; of all steps together where a bucket holds few."""
        pairs = np.array(list(product(FLOORS, WEIGHTS)), dtype=np.float32)
        bucket = np.searchsorted(EDGES, self.steps)
        overall = self.gain.mean(axis=1) if self.gain.shape[1] else np.zeros(len(pairs))
        chosen = np.full(len(EDGES) + 1, int(np.argmax(overall)))
        for at in range(len(chosen)):
            own = bucket == at
            if own.sum() >= ENOUGH:  # pulled towards what is best for all, the less so the more steps there are
                chosen[at] = int(np.argmax(self.gain[:, own].sum(axis=1) + ENOUGH * overall))
        return Weights(pairs[chosen, 0], pairs[chosen, 1])


def hold_out(data: Dataset, share: float, most: int, rng: np.random.Generator) -> tuple[Dataset, Queries, NDArray[np.int64]]:
    """The data without the last wish of some shoppers, what each of them would then be asked, and the item that came."""
    wish = np.flatnonzero((data.events.item >= 0) & (data.events.user >= 0) & (data.events.liking > 0))
    user = data.events.user[wish]
    last = np.zeros(data.users, dtype=np.int64)
    last[user] = wish  # events lie in time order, so the latest stays
    long = np.flatnonzero(np.bincount(user, minlength=data.users) >= 3)
    who = np.sort(rng.permutation(long)[: min(int(np.ceil(share * len(long))), most)])
    gone = np.zeros(len(data.events), dtype=bool)
    gone[last[who]] = True
    rest = data.events.where(~gone)
    queries = Queries.of(len(who), user=who, time=data.events.time[last[who]], history=History.of_users(rest, who))
    return Dataset(data.catalog, rest, data.as_of, data.users), queries, data.events.item[last[who]]
