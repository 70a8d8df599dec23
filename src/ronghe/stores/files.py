"""A shop's own files as a source: CSV, JSONL and Parquet, plain or as .gz / .zst, streamed in bounded memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.core.errors import BadData, BadRecipe
from ronghe.stores import mapping as mappings
from ronghe.stores.chunks import CHUNK, Chunk, Part
from ronghe.stores.lines import csv_chunks, csv_header, jsonl_chunks
from ronghe.stores.streams import PACKED, open_seekable, open_stream

FORMATS: dict[str, str] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
SAMPLE = 200  # rows that a mapping is guessed from
_EDGE = 65_536  # bytes at either end of a file that tell it from another


@dataclass(frozen=True)
class Files:
    """Files, or folders of them, with events and items; which is which, and what its columns mean, is guessed or said."""

    paths: tuple[Path, ...]

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """A part a file, catalogues first. mapping: {"events": {field: column}, "items": {…}}, or one of the two alone."""
        found = [_part(path, mapping or {}) for path in self._files()]
        return sorted(found, key=lambda part: part.noun != "items")

    def _files(self) -> list[Path]:
        found: list[Path] = []
        for path in self.paths:
            if not path.exists():
                raise BadData(f"{path} is not there")
            if not (path.is_dir() or path.is_file()):  # a pipe would never end, and cannot be gone on with
                raise BadData(f"{path} is neither a file nor a folder")
            found += sorted(p for p in path.iterdir() if _format(p) and p.is_file()) if path.is_dir() else [path]
        if not found:
            raise BadData(
                f"nothing to read in {', '.join(map(str, self.paths))}; right would be {', '.join(FORMATS)}, also .gz or .zst"
            )
        return found


def columns_of(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """(columns, first rows) of a file."""
    first = next(chunks(path, 0, SAMPLE), None)
    if first is None:
        if _format(path) == "csv":
            with open_stream(path) as stream:
                return csv_header(stream, path)[0], []
        return [], []
    if isinstance(first.rows, pl.DataFrame):
        return first.rows.columns, first.rows.to_dicts()
    if not first.rows:
        raise BadData(f"{path} holds no rows that can be read; of the first, {first.bad[0].reason}")
    return list(dict.fromkeys(name for row in first.rows for name in row)), first.rows


def chunks(path: Path, start: int = 0, size: int = CHUNK, source: str = "") -> Iterator[Chunk]:
    """The rows of a file from row `start`, `size` at a time. BadData when its format is not known or it is damaged."""
    form = _format(path)
    source = source or path.name
    if form == "csv":
        with open_stream(path) as stream:
            columns, delimiter = csv_header(stream, path)
            yield from csv_chunks(stream, columns, delimiter, source, start, size)
    elif form == "jsonl":
        with open_stream(path) as stream:
            yield from jsonl_chunks(stream, source, start, size)
    elif form == "parquet":
        yield from _parquet_chunks(path, start, size)
    else:
        raise BadData(f"{path} is of no known format; right would be {', '.join(FORMATS)}, or these with .gz or .zst")


def _parquet_chunks(path: Path, start: int, size: int) -> Iterator[Chunk]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_seekable(path) as stream:
        try:
            file = pq.ParquetFile(stream, pre_buffer=False)
            end = 0
            for batch in file.iter_batches(batch_size=size):
                first, end = end, end + batch.num_rows
                if end > start:
                    rows = pl.from_arrow(batch)
                    assert isinstance(rows, pl.DataFrame)
                    rows = rows.slice(max(start - first, 0))
                    yield Chunk(rows, range(end - rows.height, end), (), end)
        except (pa.ArrowException, OSError) as error:
            raise BadData(f"{path} is no whole Parquet file: {error}") from error


def _part(path: Path, mapping: Mapping[str, Any]) -> Part:
    columns, sample = columns_of(path)
    if not columns:
        raise BadData(f"{path} holds no rows; right would be a header, or at least one object")
    noun = next(iter(mapping)) if len(mapping) == 1 and set(mapping) <= {"events", "items"} else mappings.noun_of(columns)
    if not set(mapping) <= {"events", "items"}:
        raise BadRecipe(f"mapping is for {sorted(mapping)}; right would be 'events' and 'items', each with its fields")
    found = mappings.settled(mapping.get(noun, {}), columns, noun, mappings.guess(columns, noun, sample))
    found = mappings.under_its_name(found, sample)
    mappings.check_needed(found, columns, noun, path.name)
    mark = f"{path.name}#{_fingerprint(path, found)}"
    return Part(noun, path.name, mark, found, partial(_from, path), _total(path), unread=mappings.unread(found, columns))


def _from(path: Path, start: int) -> Iterator[Chunk]:
    return chunks(path, start)


def _total(path: Path) -> int | None:
    if _format(path) != "parquet" or path.suffix in PACKED:
        return None
    import pyarrow.parquet as pq

    return int(pq.ParquetFile(path).metadata.num_rows)


def _fingerprint(path: Path, mapping: Mapping[str, Any]) -> str:
    """Tells a file (and how it is read) from another of its name: size, both ends and mapping."""
    size = path.stat().st_size
    with path.open("rb") as raw:
        ends = raw.read(_EDGE)
        raw.seek(max(size - _EDGE, 0))
        ends += raw.read(_EDGE)
    return blake2b(ends + f"{size}{sorted(mapping.items(), key=str)}".encode(), digest_size=8).hexdigest()


def _format(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes if s.lower() not in PACKED]
    return FORMATS.get(suffixes[-1]) if suffixes else None
