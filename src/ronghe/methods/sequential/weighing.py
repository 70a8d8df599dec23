"""How two voices are joined: (closed form + floor) * odds ** weight * e ** (rise * rising), chosen by length of history on held-out
steps.
"""

from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.queries import History, Queries
from ronghe.methods.scoring import Float32

EDGES = (2, 4, 8)  # histories of up to so many steps have weights of their own; a last bucket holds the longer ones
FLOORS = (0.001, 0.003, 0.01, 0.03)
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0)
RISES = (0.0, 0.25, 0.5, 0.75, 1.0)  # how much it counts that an item comes up lately
ENOUGH = 300  # held-out steps that a bucket needs for weights of its own
CUT = 10


@dataclass(frozen=True, eq=False)
class Weights:
    """floor, weight and rise of each bucket of history lengths, (len(EDGES) + 1,) each."""

    floor: Float32
    weight: Float32
    rise: Float32 = field(default_factory=lambda: np.zeros(len(EDGES) + 1, np.float32))

    @staticmethod
    def even(floor: float = 0.01, weight: float = 0.3) -> "Weights":
        """The same in every bucket; what comes up counts no more than other items."""
        return Weights(np.full(len(EDGES) + 1, floor, np.float32), np.full(len(EDGES) + 1, weight, np.float32))

    def joined(self, closed: Float32, odds: Float32, rising: Float32, steps: NDArray[np.int64]) -> Float32:
        """One score (queries, n) out of both; where the network is silent the closed form speaks alone. rising (n,) as `rising`
        says, steps (queries,).
        """
        bucket = np.searchsorted(EDGES, steps)
        score = multiplied(closed, odds, odds ** self.weight[bucket, None], self.floor[bucket, None])
        return score * raised(rising, self.rise)[bucket] if self.rise.any() else score


def raised(rising: Float32, rise: Float32) -> Float32:
    """e ** (rise * rising) for each of some rises (rises, n)."""
    found: Float32 = np.exp(rise[:, None] * rising)
    return found


def multiplied(closed: Float32, odds: Float32, raised: Float32, floor: Float32 | float) -> Float32:
    """(closed + floor) * raised of rows (queries, n), raised = odds ** weight; closed alone where the odds are 0."""
    first = np.maximum(closed, 0)
    score: Float32 = np.where(odds > 0, (first + np.float32(floor)) * raised, first)
    return score


@dataclass(frozen=True, eq=False)
class Trial:
    """What every choice would have gained: gain (choices, steps) · steps of history (steps,)."""

    gain: Float32
    steps: NDArray[np.int64]

    @staticmethod
    def of_pairs(closed: Float32, odds: Float32, wanted: NDArray[np.int64], steps: NDArray[np.int64]) -> "Trial":
        """Every pair of floor and weight. closed and odds (queries, n), 0 where nothing may be said · wanted: the column that came,
        (queries,).
        """
        gain = np.zeros((len(FLOORS), len(WEIGHTS), len(wanted)), dtype=np.float32)
        for at, weight in enumerate(WEIGHTS):
            power = odds ** np.float32(weight)
            for which, floor in enumerate(FLOORS):
                gain[which, at] = gained(multiplied(closed, odds, power, floor), wanted)
        return Trial(gain.reshape(-1, len(wanted)), steps)

    @staticmethod
    def of_rises(score: Float32, rising: Float32, wanted: NDArray[np.int64], steps: NDArray[np.int64]) -> "Trial":
        """Every one of RISES. score (queries, n) without any · rising (n,) · wanted: the column that came, (queries,)."""
        powers = raised(rising, np.array(RISES, dtype=np.float32))
        return Trial(np.stack([gained(score * power, wanted) for power in powers]), steps)

    @staticmethod
    def stacked(parts: "list[Trial]") -> "Trial":
        """Batches one after the other."""
        return Trial(np.concatenate([p.gain for p in parts], axis=1), np.concatenate([p.steps for p in parts]))

    def best(self) -> NDArray[np.int64]:
        """The choice of the highest mean NDCG in each bucket; where a bucket holds few steps, of all together."""
        bucket = np.searchsorted(EDGES, self.steps)
        overall = self.gain.mean(axis=1) if self.gain.shape[1] else np.zeros(len(self.gain))
        chosen = np.full(len(EDGES) + 1, int(np.argmax(overall)))
        for at in range(len(chosen)):
            own = bucket == at
            if own.sum() >= ENOUGH:  # pulled towards what is best for all, the less so the more steps there are
                chosen[at] = int(np.argmax(self.gain[:, own].sum(axis=1) + ENOUGH * overall))
        return chosen


def gained(score: Float32, wanted: NDArray[np.int64]) -> Float32:
    """NDCG at CUT of each row (rows, n) where one column is right; equal scores share their places."""
    right = score[np.arange(len(wanted)), wanted]
    place = (score > right[:, None]).sum(axis=1) + ((score == right[:, None]).sum(axis=1) - 1) / 2
    found: Float32 = np.where((place < CUT) & (right > 0), 1 / np.log2(2 + place), 0).astype(np.float32)
    return found


def weights_of(pairs: NDArray[np.int64]) -> Weights:
    """The weights that a choice among pairs names, bucket by bucket."""
    table = np.array(list(product(FLOORS, WEIGHTS)), dtype=np.float32)[pairs]
    return Weights(table[:, 0], table[:, 1])


def with_rises(weights: Weights, rises: NDArray[np.int64]) -> Weights:
    """The same weights, with the rises that a choice names."""
    return replace(weights, rise=np.array(RISES, dtype=np.float32)[rises])


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
