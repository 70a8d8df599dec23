"""Order among the best of fused-sequence, learnt from steps that were held out: the engine's ranker over what each voice says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.held_out import Lines, batches, queries, stacked
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.judgements import Judgements
from ronghe.core.queries import History, Queries
from ronghe.core.roles import Compute
from ronghe.kernels.segments import order_within, place_of
from ronghe.methods.ranking.boosted import Boosted, BoostedModel
from ronghe.methods.sequential.fused import FusedSequenceModel
from ronghe.methods.sequential.traits import traits
from ronghe.methods.sequential.vectors import common

DEPTH = 150  # candidates of a line
FADES = 3.0  # steps after which a step's traits count 1/e
TREES = Boosted(trees=200, leaves=8, rate=0.05, rows=300, l2=10.0, share=0.5, keep=0)


@dataclass(frozen=True, eq=False)
class Reordered:
    """model: who finds the candidates and speaks of each · shelf: what else is known of items · trees: who orders them."""

    model: FusedSequenceModel
    shelf: "Shelf"
    trees: BoostedModel

    def retrieve(self, asked: Queries, k: int) -> Candidates:
        """The k best items of each query."""
        found = told(self.model, self.shelf, asked)
        return found.scored(self.trees.score(asked, found)).top(k)


@dataclass(frozen=True, eq=False)
class Shelf:
    """Of each item: sold, how often it stands in the lines (items,) · traits of length 1: CSR (items, traits)."""

    sold: NDArray[np.int64]
    traits: sp.csr_matrix

    @staticmethod
    def of(lines: Lines, shop: Catalog) -> "Shelf":
        """What these lines and the catalogue say."""
        every = np.arange(len(lines.items))
        return Shelf(np.bincount(lines.item, minlength=len(every)), common(traits(shop, every)))

    def likeness(self, asked: Queries, found: Candidates) -> dict[str, NDArray[np.float32]]:
        """Cosine of each candidate's traits to those of the last step, and product with the fading sum of all steps (rows,)."""
        h = asked.history
        left = np.diff(h.splits)[h.query] - 1 - place_of(h.splits)
        shape = (len(asked), len(self.sold))
        here = self.traits[found.item]
        return {
            name: np.asarray((self._summed(weight, h, shape)[found.query].multiply(here)).sum(axis=1), dtype=np.float32).ravel()
            for name, weight in (("like the last", left == 0), ("like all", np.exp(-left / FADES)))
        }

    def _summed(self, weight: NDArray[Any], h: History, shape: tuple[int, int]) -> sp.csr_matrix:
        return sp.csr_matrix(sp.csr_matrix((weight.astype(np.float32), (h.query, h.item)), shape) @ self.traits)


def taught(model: FusedSequenceModel, shelf: Shelf, known: Lines, came: NDArray[np.int64], compute: Compute) -> BoostedModel:
    """Trees that learnt from the item that came after each of the known lines, which neither `model` nor `shelf` has seen."""
    found = stacked([told(model, shelf, batch) for batch in batches(known)])
    right = (found.item == came[found.query]).astype(np.float32)
    return TREES.fit(Judgements(queries(known), found, right), compute)


def told(model: FusedSequenceModel, shelf: Shelf, asked: Queries) -> Candidates:
    """The DEPTH best of each query by all voices together; of each: score and place by every voice, the line's steps, the shelf."""
    found = model.retrieve(asked, DEPTH)
    voices = {"all": model, "closed": model.closed} | {f"network {at}": one for at, one in enumerate(model.networks)}
    columns: dict[str, NDArray[np.float32]] = {}
    for name, voice in voices.items():
        score = np.nan_to_num(voice.score(asked, found))
        order = order_within(score, found.item, found.splits)
        place = np.empty(len(order), dtype=np.float32)
        place[order] = found.place
        columns |= {f"score {name}": score, f"place {name}": place}
    steps = np.diff(asked.history.splits).astype(np.float32)
    columns |= {"steps": steps[found.query], "sold": shelf.sold[found.item].astype(np.float32)}
    return found.with_columns(columns | shelf.likeness(asked, found))
