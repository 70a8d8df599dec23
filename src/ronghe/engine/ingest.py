"""Ingest: a source's rows through the checks into the store; bad rows are kept with their reasons, a kill loses nothing."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from ronghe.core.ports import Reject, Store
from ronghe.core.roles import Compute
from ronghe.stores.checks import check_events, check_items
from ronghe.stores.chunks import CHUNK, Chunk, Part, Source
from ronghe.stores.mapping import apply

_DONE = "read to its end"  # the mark of a part that need not be opened again


@dataclass(frozen=True)
class IngestReport:
    """What became of the rows of an ingest: read = accepted + doubled + rejected.

    by_reason: rejects by field and what was wrong with it · mapping: field -> column of each part that was read · unread:
    columns of each part that no field was read from ·
    items, events: accepted rows of each noun · skipped: rows that an earlier, cut short or finished ingest had read.
    """

    read: int
    accepted: int
    doubled: int
    rejected: int
    seconds: float
    by_reason: Mapping[str, int]
    mapping: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    items: int = 0
    events: int = 0
    skipped: int = 0
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def ingest(
    store: Store, source: Source, compute: Compute, mapping: Mapping[str, Any] | None = None, limit: int | None = None
) -> IngestReport:
    """Reads `source` into `store`, catalogue first. Run again after a kill it goes on where it was; nothing counts twice.

    mapping: {"events": {field: column}, "items": {…}} over what is guessed · limit: at most so many rows of each part.
    BadData when the source cannot be read, BadRecipe when the mapping is wrong, StoreError when the store fails; what was
    read until then is kept.
    """
    start = time.monotonic()
    parts = source.parts(mapping)
    tally: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for part in parts:
        _ingest_part(store, part, compute, limit, tally, reasons)
    return IngestReport(
        read=tally["read"],
        accepted=tally["items"] + tally["events"],
        doubled=tally["doubled"],
        rejected=tally["rejected"],
        seconds=time.monotonic() - start,
        by_reason=dict(reasons.most_common()),
        mapping={part.name: part.mapping for part in parts},
        items=tally["items"],
        events=tally["events"],
        skipped=tally["skipped"],
        unread={part.name: part.unread for part in parts if part.unread},
    )


def write_rejects(store: Store, path: Path, limit: int = 1_000_000) -> int:
    """Writes the rows that could not be loaded as JSONL: source, row, field, reason, content. How many."""
    rows = store.rejects(limit)
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps(row) + b"\n")
    return len(rows)


def _ingest_part(store: Store, part: Part, compute: Compute, limit: int | None, tally: Counter[str], reasons: Counter[str]) -> None:
    marks = store.marks()
    done = marks.get(part.mark, 0)
    tally["skipped"] += done
    if f"{part.mark} {_DONE}" in marks:
        return
    total = min(n for n in (part.total, limit, float("inf")) if n is not None)
    left = None if total == float("inf") else max(0, -(-(int(total) - done) // CHUNK))
    for chunk in compute.track(_limited(part.chunks(done), limit), f"{part.noun} of {part.name}", left):
        _ingest_chunk(store, part, chunk, tally, reasons)
        done = chunk.end
    if limit is None or done < limit:
        store.set_mark(f"{part.mark} {_DONE}", done)


def _ingest_chunk(store: Store, part: Part, chunk: Chunk, tally: Counter[str], reasons: Counter[str]) -> None:
    rows = apply(part.mapping, chunk.rows) if part.mapping else chunk.rows
    if part.noun == "items":
        good, bad = check_items(rows, source=part.name, default=part.default)
    else:
        form = str(part.mapping.get("time_format", ""))
        good, bad = check_events(rows, source=part.name, time_format=form, default=part.default)
    rejects = [*chunk.bad, *(replace(reject, row=chunk.numbers[reject.row]) for reject in bad)]
    store.reject(rejects)  # before the mark: a kill in between rejects them again, and they are kept once
    if part.noun == "items":
        accepted = store.put_items(good)
        store.set_mark(part.mark, chunk.end)
    else:
        accepted = store.append(good, (part.mark, chunk.end)).accepted
    tally.update(
        {"read": good.height + len(rejects), part.noun: accepted, "doubled": good.height - accepted, "rejected": len(rejects)}
    )
    reasons.update(map(_reason, rejects))


def _limited(chunks: Iterator[Chunk], limit: int | None) -> Iterator[Chunk]:
    for chunk in chunks:
        if limit is None or chunk.end <= limit:
            yield chunk
            continue
        keep = sum(number < limit for number in chunk.numbers)
        if keep or chunk.bad:
            yield Chunk(chunk.rows[:keep], chunk.numbers[:keep], [bad for bad in chunk.bad if bad.row < limit], limit)
        return


def _reason(reject: Reject) -> str:
    """A reason without the value in it, so that like ones are counted together."""
    said = reject.reason
    return f"{reject.field}: {said.split('; ')[-1]}" if reject.field else said.split(":")[0]
