"""Rows out of text: CSV and JSONL, line by line, in bounded memory. A line that is no row becomes a reject."""

import csv
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, TypeVar

import orjson
import polars as pl

from ronghe.core.errors import BadData
from ronghe.core.ports import Reject
from ronghe.stores.checks import CONTENT_LIMIT
from ronghe.stores.chunks import CHUNK, Chunk

LINE_LIMIT = 2**20  # bytes of a line
SPAN = 100  # lines that one quoted CSV row may span
DELIMITERS = ",;\t|"
JSON_NAMES = {list: "array", str: "string", int: "number", float: "number", bool: "true or false", type(None): "null"}

R = TypeVar("R")


class _NoRow(Exception):
    """(reason,)"""


class Lines:
    """The lines of a stream as text; it can be handed lines back, and knows those of the row that is being read.

    Bytes that are not UTF-8 come as lone surrogates, which no right text holds.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self.row: list[str] = []  # lines since the row began
        self.cut = ""  # start of a line that was too long to be read

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if len(self.row) >= SPAN:
            raise _NoRow(f"row spans more than {SPAN} lines; is a quote not closed?")
        line = self._again.popleft() if self._again else self._fresh()
        self.row.append(line)
        return line

    def give_back(self) -> None:
        """Lets all lines but the first of a row that was none be read again."""
        self._again.extendleft(reversed(self.row[1:]))

    def _fresh(self) -> str:
        line = self._stream.readline(LINE_LIMIT + 1)
        if not line:
            raise StopIteration
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            while (more := self._stream.readline(LINE_LIMIT)) and not more.endswith(b"\n"):
                pass
            self.cut = line[:CONTENT_LIMIT].decode(errors="replace")
            raise _NoRow(f"line has more than {LINE_LIMIT} bytes")
        return line.decode(errors="surrogateescape")


def csv_header(stream: IO[bytes], path: object) -> tuple[list[str], str]:
    """(columns, delimiter) of a CSV stream that stands at its start. BadData when there is no header."""
    first = stream.readline(LINE_LIMIT)
    if b"\x00" in first:
        raise BadData(f"{path} holds NUL bytes in its first line; right would be UTF-8 text (is it UTF-16?)")
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: the header is not UTF-8 ({error}); save the file as UTF-8") from error
    delimiter = max(DELIMITERS, key=text.count)
    try:
        columns = [name.strip() for name in next(csv.reader([text], delimiter=delimiter), [])]
    except csv.Error as error:  # such as lines that end as those of very old machines did
        raise BadData(f"{path}: the header cannot be read ({error}); right would be lines that end with \\n or \\r\\n") from error
    if not any(columns) or len(set(columns)) < len(columns) or "" in columns:
        raise BadData(f"{path}: the header is {columns}; right would be a name for each column, none twice")
    return columns, delimiter


def csv_chunks(
    stream: IO[bytes], columns: Sequence[str], delimiter: str, source: str, start: int, size: int = CHUNK
) -> Iterator[Chunk]:
    """Rows of a CSV stream that stands behind its header, all text, from row `start`."""
    lines, width = Lines(stream), len(columns)
    reader = csv.reader(lines, delimiter=delimiter)

    def read() -> list[str] | None:
        nonlocal reader
        try:
            row = next(reader)
            if row and len(row) != width:
                raise _NoRow(f"row has {len(row)} fields; the header has {width}")
        except (_NoRow, csv.Error):
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter)
            raise
        return row or None

    for rows, numbers, bad, end in _batches(lines, read, source, size):
        yield from _csv_chunk(rows, numbers, bad, columns, source, end, start)


def _batches(
    lines: Lines, read: Callable[[], R | None], source: str, size: int
) -> Iterator[tuple[list[R], list[int], list[Reject], int]]:
    """Rows that `read` reads from these lines, their numbers, what was no row, and the number of the next row, `size` at once.

    read: None for an empty line, which is no row; StopIteration at the end.
    """
    rows, numbers, bad, number = list[R](), list[int](), list[Reject](), 0
    while True:
        lines.row.clear()
        try:
            row = read()
            if row is None:
                continue
        except StopIteration:
            break
        except (_NoRow, csv.Error) as error:
            bad.append(_no_row(source, number, str(error), lines.row[0] if lines.row else lines.cut))
        else:
            rows.append(row)
            numbers.append(number)
        number += 1
        if len(rows) + len(bad) >= size:
            yield rows, numbers, bad, number
            rows, numbers, bad = [], [], []
    yield rows, numbers, bad, number


def _csv_chunk(
    rows: list[list[str]], numbers: list[int], bad: list[Reject], columns: Sequence[str], source: str, end: int, start: int
) -> Iterator[Chunk]:
    if end <= start or not (rows or bad):
        return
    if end - len(rows) - len(bad) < start:
        keep = [at for at, number in enumerate(numbers) if number >= start]
        rows, numbers = [rows[at] for at in keep], [numbers[at] for at in keep]
        bad = [reject for reject in bad if reject.row >= start]
    try:
        table = _table(rows, columns)
    except UnicodeEncodeError:
        right = [_is_text("".join(row)) for row in rows]
        wrong = [
            _no_row(source, n, "row is not UTF-8", ",".join(r)) for n, r, ok in zip(numbers, rows, right, strict=True) if not ok
        ]
        bad = sorted([*bad, *wrong], key=lambda reject: reject.row)
        numbers = [n for n, ok in zip(numbers, right, strict=True) if ok]
        table = _table([row for row, ok in zip(rows, right, strict=True) if ok], columns)
    yield Chunk(table, numbers, bad, end)


def _table(rows: list[list[str]], columns: Sequence[str]) -> pl.DataFrame:
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pl.DataFrame([pl.Series(name, list(column), dtype=pl.String) for name, column in zip(columns, values, strict=True)])


def jsonl_chunks(stream: IO[bytes], source: str, start: int, size: int = CHUNK) -> Iterator[Chunk]:
    """Objects of a JSONL stream from row `start`; a name that stands twice in one object makes it no row."""
    lines = Lines(stream)

    def read() -> dict[str, Any] | None:
        line = next(lines)
        return _object(line) if line.strip() else None

    for rows, numbers, bad, end in _batches(lines, read, source, size):
        yield from _jsonl_chunk(rows, numbers, bad, end, start)


def _jsonl_chunk(rows: list[dict[str, Any]], numbers: list[int], bad: list[Reject], end: int, start: int) -> Iterator[Chunk]:
    if end <= start or not (rows or bad):
        return
    kept = [(row, n) for row, n in zip(rows, numbers, strict=True) if n >= start]
    yield Chunk([row for row, _ in kept], [n for _, n in kept], [reject for reject in bad if reject.row >= start], end)


def _object(line: str) -> dict[str, Any]:
    """An object of a stream. What the stream itself has to say, such as that it swells beyond measure, is not of one line."""
    try:
        return parse_object(line)
    except BadData as error:
        raise _NoRow(str(error)) from error


def parse_object(line: str | bytes) -> dict[str, Any]:
    """One JSON object, strictly: no NaN or Infinity, no number beyond a double, no name twice, valid Unicode. BadData else."""
    try:
        found = orjson.loads(line)
    except ValueError as error:  # surrogates in text are a ValueError too
        raise BadData(f"line is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadData(f"line is a JSON {JSON_NAMES[type(found)]}; right would be an object")
    colons = line.count(b":") if isinstance(line, bytes) else line.count(":")
    if colons > len(found):  # more colons than names: perhaps one stands twice
        json.loads(line, object_pairs_hook=_once)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadData(f"line names {next(n for n in names if names.count(n) > 1)!r} twice in one object")
    return found


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_row(source: str, number: int, reason: str, content: str) -> Reject:
    said = content.strip("\r\n").encode(errors="replace").decode()
    return Reject(source, number, "", reason, said if len(said) <= CONTENT_LIMIT else said[: CONTENT_LIMIT - 1] + "…")
