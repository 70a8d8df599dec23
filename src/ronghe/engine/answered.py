"""Answers given a moment ago: the same question, by a shopper of whom nothing new is known, is answered alike."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from ronghe.engine.request import Answer

MOST = 60_000  # items shown in the answers kept; the answers least recently given go first


class Answered:
    """Lives as long as one version, catalogue and set of rules. seconds: how long an answer is good. Safe to use from threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()
        self._shown = 0

    def of(self, question: Hashable, now: float) -> Answer | None:
        """The answer given to it in the last `seconds` before `now` (epoch seconds)."""
        with self._lock:
            moment, answer = self._kept.get(question, (now, None))
            if answer is None or not 0 <= now - moment < self.seconds:
                return None
            self._kept.move_to_end(question)
            return answer

    def keep(self, question: Hashable, now: float, answer: Answer) -> None:
        """Remembers an answer, unless chance had a say in it: odds are promised of every single showing."""
        if self.seconds <= 0 or any(shown.propensity != 1 for shown in answer.items):
            return
        with self._lock:
            self._drop(question)
            self._kept[question] = now, answer
            self._shown += _size(answer)
            while self._kept and (self._shown > MOST or now - next(iter(self._kept.values()))[0] >= self.seconds):
                self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        if (held := self._kept.pop(question, None)) is not None:
            self._shown -= _size(held[1])


def _size(answer: Answer) -> int:
    """What an answer counts: its items, and as much as ten for itself."""
    return len(answer.items) + 10
