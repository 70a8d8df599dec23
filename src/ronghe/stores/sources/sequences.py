"""Files of one shopper a line, "user item item …" in time order, without times (SASRec's and its followers' format)."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ronghe.core.events import DAY
from ronghe.stores.chunks import CHUNK, Chunk

EPOCH = 946_684_800.0  # 2000-01-01: the made-up moment of everybody's first event; a shopper's next one is a day later


def sequence_chunks(path: Path, start: int, sample: float, size: int = CHUNK) -> Iterator[Chunk]:
    """Views of each line, one a made-up day; an event is named by its user and place, so lines may come again.

    Only the order within one shopper is true. Rows are numbered over the file; sample: share of shoppers.
    """
    end = 0
    held: list[tuple[int, str, list[str]]] = []
    many = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            user, *items = line.split()
            first, end = end, end + len(items)
            if end > start and items and _taken(user, sample):
                held.append((first, user, items))
                many += len(items)
            if many >= size:
                yield _chunk(held, start, end)
                held, many = [], 0
    if held:
        yield _chunk(held, start, end)


def _taken(user: str, sample: float) -> bool:
    return (int(user) * 2_654_435_761) % 2**32 < sample * 2**32


def _chunk(held: list[tuple[int, str, list[str]]], start: int, end: int) -> Chunk:
    rows = [
        (f"{user}-{place}", EPOCH + place * DAY, user, item, "view", first + place)
        for first, user, items in held
        for place, item in enumerate(items)
        if first + place >= start
    ]
    table = pl.DataFrame(rows, schema=["id", "time", "user", "item", "kind", "row"], orient="row")
    return Chunk(table.drop("row"), table["row"].to_list(), (), end)
