"""Reads pairs through the network in int8, each in a run of its own, and remembers what it read."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.cross.pieces import Ids, PairReader, pair
from ronghe.methods.encoders.onnx_text import session_of

MOST = 100_000  # pairs whose scores are kept at hand; the ones least recently asked for go first
Key = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Reading:
    """graph: the network as ONNX, in int8 · reader: of its word pieces. Safe to use from several threads.

    The scale of a run's products is that of all that runs together, so pairs do not: equal pairs, equal scores.
    """

    graph: bytes
    reader: PairReader

    def of(self, question: str, number: NDArray[np.uint64], said: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Scores of one question with texts in pieces; number (texts,): equal for equal texts."""
        keys: list[Key] = [(question, one) for one in number.tolist()]
        known = self._remembered.known(keys)
        missing = {key: at for at, key in enumerate(keys) if key not in known}
        if missing:
            typed = self.reader.typed(question)
            new = {key: self.scored(typed, said[at]) for key, at in missing.items()}
            self._remembered.keep(new)
            known |= new
        return np.array([known[key] for key in keys], dtype=np.float32)

    def scored(self, typed: Ids, said: NDArray[np.int32]) -> float:
        """The score of one pair."""
        ids, side = pair(typed, said)
        return float(self._session.run(None, {"ids": ids[None], "side": side[None]})[0][0, 0])

    @cached_property
    def _session(self) -> Any:
        return session_of(self.graph)

    @cached_property
    def _remembered(self) -> "Remembered":
        return Remembered()


class Remembered:
    """Scores of pairs, at most MOST. Safe to use from threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, float] = OrderedDict()
        self._lock = Lock()

    def known(self, keys: Sequence[Key]) -> dict[Key, float]:
        """Those of these pairs that are known."""
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
            for key in found:
                self._held.move_to_end(key)
            return found

    def keep(self, scores: dict[Key, float]) -> None:
        """Remembers these; the ones least recently asked for go."""
        with self._lock:
            self._held |= scores
            while len(self._held) > MOST:
                self._held.popitem(last=False)
