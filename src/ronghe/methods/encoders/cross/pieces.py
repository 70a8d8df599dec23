"""Word pieces of questions and of items, side by side as one network reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.segments import Splits, splits_of

Ids = NDArray[np.int64]
TYPED = 24  # pieces of a question that are read, both signs of its ends among them


@dataclass(frozen=True, eq=False)
class Pieces:
    """Texts as numbers of word pieces, without any signs: splits (texts+1,) · piece (pieces,)."""

    splits: Splits
    piece: NDArray[np.int32]

    @staticmethod
    def of(rows: Sequence[Sequence[int]]) -> "Pieces":
        """One row a text."""
        flat = np.array([piece for row in rows for piece in row], dtype=np.int32)
        return Pieces(splits_of(np.array([len(row) for row in rows], dtype=np.int64)), flat)

    def __len__(self) -> int:
        return len(self.splits) - 1

    def text(self, at: int) -> NDArray[np.int32]:
        """The pieces of one text."""
        return self.piece[self.splits[at] : self.splits[at + 1]]

    def joined(self, other: "Pieces") -> "Pieces":
        """These texts, then those."""
        return Pieces(np.concatenate([self.splits, self.splits[-1] + other.splits[1:]]), np.concatenate([self.piece, other.piece]))


@dataclass(frozen=True, eq=False)
class PairReader:
    """written: a tokenizer of the package tokenizers, as it writes itself down."""

    written: str

    def typed(self, text: str) -> Ids:
        """The question with its signs: [CLS] question [SEP]; at most TYPED pieces."""
        ids: Sequence[int] = self._tokenizer.encode(text).ids
        return np.array([*ids[: TYPED - 1], ids[-1]] if len(ids) > TYPED else ids, dtype=np.int64)

    def said(self, texts: Sequence[str], longest: int) -> Pieces:
        """The first `longest` pieces of each text."""
        rows = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return Pieces.of([row.ids[:longest] for row in rows])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self.written)


def pair(typed: Ids, said: NDArray[np.int32]) -> tuple[Ids, Ids]:
    """[CLS] question [SEP] item [SEP] and for each piece the side that it stands on, 0 or 1 (pieces,)."""
    ids = np.concatenate([typed, said, typed[-1:]]).astype(np.int64)
    side = np.zeros(len(ids), dtype=np.int64)
    side[len(typed) :] = 1
    return ids, side
