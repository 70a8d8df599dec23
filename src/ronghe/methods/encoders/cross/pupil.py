"""What learns: the network as it is so far, and the texts that it learns from. Needs torch."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.roles import Compute
from ronghe.methods.encoders.cross.lessons import Lessons, nothing
from ronghe.methods.encoders.cross.network import CrossNetwork, fresh, graph_of, stacked
from ronghe.methods.encoders.cross.pieces import PairReader, Pieces, pair
from ronghe.methods.encoders.cross.training import Pace, taught
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.encoders.text_rows import distinct


@dataclass(frozen=True, eq=False)
class Pupil:
    """network and reader · texts (texts,) and row (items,): the text of each item, -1 = it says nothing."""

    network: CrossNetwork
    reader: PairReader
    texts: Pieces
    row: NDArray[np.int64]

    @staticmethod
    def of(checkpoint: str, layers: int, catalog: Catalog, says: tuple[str, ...], longest: int, seed: int) -> "Pupil":
        """One that has not learnt anything yet."""
        network, written = fresh(checkpoint, layers, seed)
        reader, (texts, row) = PairReader(written), distinct(item_texts(catalog, np.arange(len(catalog)), says))
        return Pupil(network, reader, reader.said(texts, longest), row)

    def after(self, lessons: Lessons, pace: Pace, compute: Compute) -> "Pupil":
        """Another, who also had these lessons; lessons with an item that says nothing are left out."""
        rows = self.row[lessons.item]
        heard = replace(lessons, item=rows).of(np.flatnonzero((rows >= 0).all(axis=1)))
        network = taught(copy.deepcopy(self.network), self.reader, self.texts, heard, pace, compute)
        return Pupil(network, self.reader, self.texts, self.row)

    def score(self, question: str, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Scores in full precision (items,); NaN where an item says nothing."""
        found = np.full(len(items), np.nan, dtype=np.float32)
        there = np.flatnonzero(self.row[items] >= 0)
        if len(there):
            typed = self.reader.typed(question)
            with torch.no_grad():
                pairs = [pair(typed, self.texts.text(int(row))) for row in self.row[items[there]]]
                found[there] = self.network.eval().padded(*stacked(pairs)).numpy()
        return found

    def small(self) -> bytes:
        """The network in int8, as ONNX."""
        return int8_of(graph_of(self.network))


def graded_lessons(
    grades: Mapping[str, Mapping[int, float]], items: int, rivals: int, rng: np.random.Generator, top: float = 0.0
) -> Lessons:
    """A lesson for each item that was judged to be wanted, among others of its question that were judged less, half at most, and
    some drawn from all `items`, which are taken for unwanted. top: the highest grade there is; 0 = that which was given.
    """
    most = top or max((grade for of in grades.values() for grade in of.values()), default=0.0)
    made: list[tuple[str, list[int], list[float]]] = []
    for question, of in grades.items():
        for item, grade in of.items():
            if grade > 0:
                less = [other for other, theirs in of.items() if theirs < grade]
                others = [less[at] for at in rng.permutation(len(less))[: max(rivals - 1, 1)]]
                while len(others) < rivals:
                    drawn = int(rng.integers(items))
                    others += [drawn] if of.get(drawn, 0.0) < grade else []
                made.append((question, [item, *others], [of.get(one, 0.0) / most for one in (item, *others)]))
    if not made:
        return nothing(rivals)
    item_rows: Any = [items_ for _, items_, _ in made]
    return Lessons(
        tuple(question for question, _, _ in made), np.array(item_rows, dtype=np.int64),
        np.array([gains for _, _, gains in made], dtype=np.float32),
    )  # fmt: skip
