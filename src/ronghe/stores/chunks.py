"""What a source gives to an ingest: parts (a file, a table) of rows in chunks, each row with its number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from ronghe.core.ports import Reject

CHUNK = 50_000  # rows that are checked and appended together
RawRows = pl.DataFrame | list[dict[str, Any]]


@dataclass(frozen=True)
class Chunk:
    """Rows as they stand in the source, the number of each (from 0), lines that are no rows, and how many were read by now."""

    rows: RawRows
    numbers: Sequence[int]
    bad: Sequence[Reject]
    end: int


@dataclass(frozen=True)
class Part:
    """One file or table. noun: "items" or "events" · name: the `source` of its rejects · mark: what tells it from other
    data of that name · mapping: field -> column, list of columns, or "=value" · chunks(start): its rows from number `start`.
    """

    noun: str
    name: str
    mark: str
    mapping: Mapping[str, Any]
    chunks: Callable[[int], Iterator[Chunk]]
    total: int | None = None  # rows, where that is known
    default: Mapping[str, object] = field(default_factory=dict)
    unread: tuple[str, ...] = ()  # columns that no field is read from


class Source(Protocol):
    """Where a shop's data comes from; catalogue parts first."""

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """The parts, under this mapping or the source's own. BadData when there is nothing to read."""


def chunks_of(rows: pl.DataFrame, start: int = 0, size: int = CHUNK) -> Iterator[Chunk]:
    """A frame that is at hand, in chunks."""
    for first in range(start, rows.height, size):
        piece = rows.slice(first, size)
        yield Chunk(piece, range(first, first + piece.height), (), first + piece.height)
