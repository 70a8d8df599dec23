"""The different texts that items say: each has one row, however many items say it, and keeps it when the catalogue changes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.resized import resized


@dataclass(frozen=True, eq=False)
class TextRows:
    """known (texts,): a number for each text, in the order of their rows · row (items,): the text of each item, -1 = none."""

    known: NDArray[np.uint64]
    row: NDArray[np.int64]

    @staticmethod
    def of(texts: Sequence[str]) -> tuple["TextRows", list[str]]:
        """The rows of what items say, a text each, and the different texts; "" is none."""
        different, row = distinct(texts)
        return TextRows(digests(different), row), different

    def restated(self, items: NDArray[np.int64], texts: Sequence[str], size: int) -> tuple["TextRows", list[str]]:
        """These rows in a catalogue of `size` items, of which `items` say `texts` now, and the texts that are new: their rows come
        behind the others.
        """
        numbers = digests(texts).tolist()
        place = {number: at for at, number in enumerate(self.known.tolist())}
        fresh = {number: text for number, text in zip(numbers, texts, strict=True) if text and number not in place}
        place |= {number: len(self.known) + at for at, number in enumerate(fresh)}
        row = resized(self.row, size, -1)
        row[items] = [place[number] if text else -1 for number, text in zip(numbers, texts, strict=True)]
        return TextRows(np.concatenate([self.known, np.array(list(fresh), dtype=np.uint64)]), row), list(fresh.values())


def distinct(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts, and for each of the given ones which it is (texts,), -1 = it is empty."""
    place = {text: at for at, text in enumerate(dict.fromkeys(text for text in texts if text))}
    return list(place), np.array([place.get(text, -1) for text in texts], dtype=np.int64)


def digests(texts: Sequence[str]) -> NDArray[np.uint64]:
    """A number for each text (texts,), the same on every machine."""
    joined = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)
