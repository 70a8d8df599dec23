"""Items that may answer each query, ragged, with a score and the evidence of every part that spoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadData
from ronghe.kernels.segments import Splits, keep_rows, lengths_of, order_within, place_of, segment_of, splits_of

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Candidates:
    """splits (queries+1,) · item (rows,) · score (rows,) · evidence {"stage:part": (rows,)}, NaN = had no say ·
    columns {"item:price": (rows,)}: what hydration looked up for filters and rankers.
    """

    splits: Splits
    item: NDArray[np.int64]
    score: Float32
    evidence: Mapping[str, Float32]
    columns: Mapping[str, NDArray[Any]]

    def __post_init__(self) -> None:
        size = len(self.item)
        if self.splits[-1] == size == len(self.score):
            sizes = {*map(len, self.evidence.values()), *map(len, self.columns.values()), size}
            if len(sizes) == 1:
                return
        rows = {"splits end": int(self.splits[-1]), "item": size, "score": len(self.score)}
        rows |= {name: len(values) for name, values in (*self.evidence.items(), *self.columns.items())}
        raise BadData(f"candidate rows are {rows}; right would be one number")

    def __len__(self) -> int:
        return len(self.splits) - 1

    @staticmethod
    def of(splits: Splits, item: NDArray[Any], score: NDArray[Any]) -> "Candidates":
        """Candidates without evidence or columns yet."""
        item, score = np.asarray(item, dtype=np.int64), np.asarray(score, dtype=np.float32)
        return Candidates(np.asarray(splits, dtype=np.int64), item, score, {}, {})

    @staticmethod
    def none(queries: int) -> "Candidates":
        """Nothing to say to any query."""
        return Candidates.of(np.zeros(queries + 1, dtype=np.int64), np.zeros(0), np.zeros(0))

    @staticmethod
    def of_lists(items: Sequence[NDArray[Any]], scores: Sequence[NDArray[Any]]) -> "Candidates":
        """Candidates from one array of items and one of scores a query."""
        if not items:
            return Candidates.none(0)
        return Candidates.of(splits_of(np.array([len(i) for i in items])), np.concatenate(items), np.concatenate(scores))

    @cached_property
    def query(self) -> NDArray[np.int64]:
        """The query of each row (rows,)."""
        return segment_of(self.splits)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Place of each row in its query, from 0 (rows,)."""
        return place_of(self.splits)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of candidates of each query (queries,)."""
        return lengths_of(self.splits)

    def of_query(self, query: int) -> NDArray[np.int64]:
        """The items of one query, in order."""
        return self.item[self.splits[query] : self.splits[query + 1]]

    def where(self, mask: NDArray[np.bool_]) -> "Candidates":
        """The rows that `mask` (rows,) keeps."""
        return self._rows(np.flatnonzero(mask), keep_rows(mask, self.splits))

    def scored(self, score: NDArray[Any], by: str = "") -> "Candidates":
        """The same rows with a new score, kept as the evidence of `by` ("stage:part") when that is named."""
        score = np.asarray(score, dtype=np.float32)
        evidence = {**self.evidence, by: score} if by else self.evidence
        return Candidates(self.splits, self.item, score, evidence, self.columns)

    def with_columns(self, columns: Mapping[str, NDArray[Any]]) -> "Candidates":
        """The same rows with more looked-up columns."""
        return Candidates(self.splits, self.item, self.score, self.evidence, {**self.columns, **columns})

    def top(self, k: int) -> "Candidates":
        """The k best of each query, best first; equal scores by item number; NaN last, so it never wins."""
        order = order_within(self.score, self.item, self.splits)
        keep = self.place < k  # order_within keeps segments where they were
        return self._rows(order[keep], keep_rows(keep, self.splits))

    def in_order(self, order: NDArray[np.int64], splits: Splits) -> "Candidates":
        """The rows at positions `order`, cut by `splits`; each row must stay with its query."""
        return self._rows(order, splits)

    def _rows(self, at: NDArray[np.int64], splits: Splits) -> "Candidates":
        evidence = {name: values[at] for name, values in self.evidence.items()}
        columns = {name: values[at] for name, values in self.columns.items()}
        return Candidates(splits, self.item[at], self.score[at], evidence, columns)


def joined(first: Candidates, then: Candidates) -> Candidates:
    """Both, query by query, the rows of `first` before those of `then`; what one lacks is NaN, -1 or False in its rows."""
    query = np.concatenate([first.query, then.query])
    order = np.argsort(query, kind="stable")
    evidence = _side_by_side(first.evidence, then.evidence, len(first.item), len(then.item))
    columns = _side_by_side(first.columns, then.columns, len(first.item), len(then.item))
    item, score = np.concatenate([first.item, then.item]), np.concatenate([first.score, then.score])
    return Candidates(
        first.splits + then.splits, item[order], score[order],
        {name: values[order] for name, values in evidence.items()}, {name: values[order] for name, values in columns.items()},
    )  # fmt: skip


def _side_by_side(
    a: Mapping[str, NDArray[Any]], b: Mapping[str, NDArray[Any]], rows_a: int, rows_b: int
) -> dict[str, NDArray[Any]]:
    return {
        name: np.concatenate([
            a[name] if name in a else _unsaid(rows_a, b[name].dtype),
            b[name] if name in b else _unsaid(rows_b, a[name].dtype),
        ])
        for name in {**a, **b}
    }  # fmt: skip


def _unsaid(rows: int, kind: np.dtype[Any]) -> NDArray[Any]:
    unsaid = {"f": np.nan, "i": -1, "b": False}[kind.kind]
    return np.full(rows, unsaid, dtype=kind)
