"""Tensors out of a TensorFlow checkpoint: an index (a sorted table of protocol buffers) beside one file of raw values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadArtifact

KINDS: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 2: np.dtype("<f8"), 3: np.dtype("<i4"), 9: np.dtype("<i8")}
MAGIC = bytes.fromhex("57fb808b247547db")  # the last eight bytes of a sorted table
FOOTER = 48  # bytes at the end of the table


def tensors(index: Path, values: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of numbers by its name. BadArtifact when the files are no checkpoint of one part."""
    table, held = index.read_bytes(), values.read_bytes()
    if table[-8:] != MAGIC:
        raise BadArtifact(f"{index} is no index of a checkpoint")
    try:
        return {name: tensor for name, said in _rows(table) if name and (tensor := _tensor(said, held)) is not None}
    except (ValueError, IndexError, KeyError) as error:
        raise BadArtifact(f"{index} cannot be read: {error}") from error


def _tensor(said: bytes, held: bytes) -> NDArray[Any] | None:
    entry: dict[int, Any] = dict(_fields(said))
    kind: np.dtype[Any] | None = KINDS.get(entry.get(1, 0))
    if kind is None:
        return None
    shape = tuple(dict(_fields(dim)).get(1, 0) for field, dim in _fields(entry.get(2, b"")) if field == 2)
    count, first = entry.get(5, 0) // kind.itemsize, entry.get(4, 0)
    found: NDArray[Any] = np.frombuffer(held, kind, count, first).reshape(shape).copy()
    return found


def _rows(table: bytes) -> Iterator[tuple[str, bytes]]:
    """Keys and values of the whole table: the block that the footer names last lists the others."""
    footer, at = table[-FOOTER:], 0
    handle = []
    for _ in range(4):
        number, at = _varint(footer, at)
        handle.append(number)
    for _, where in _block(table, handle[2], handle[3]):
        start, after = _varint(where, 0)
        yield from ((key.decode(), value) for key, value in _block(table, start, _varint(where, after)[0]))


def _block(table: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Rows of one block; each key says how much it shares with the one before."""
    if table[start + size] != 0:
        raise ValueError("a block is packed")
    block = table[start : start + size]
    end, at, key = size - 4 - 4 * int.from_bytes(block[-4:], "little"), 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield field, value
        elif wire == 2:
            size, at = _varint(message, at)
            yield field, message[at : at + size]
            at += size
        else:
            at += {1: 8, 5: 4}[wire]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts there, seven bits a byte, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
