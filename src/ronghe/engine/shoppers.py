"""What the engine remembers of every shopper: the log's latest events as arrays, and what came since."""

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.events import DAY, Events
from ronghe.core.ports import VISIT
from ronghe.core.queries import History
from ronghe.core.vocabulary import UNKNOWN, Vocabulary
from ronghe.kernels.segments import place_of, splits_of

Rows = tuple[NDArray[Any], ...]  # item, time, kind, amount
Fresh = tuple[str, int, float, int, float]  # shopper id, item (-1 = not in the catalogue), time, kind, amount
Row = tuple[int, float, int, float]  # item, time, kind, amount
Recall = Callable[[str], tuple[int, Sequence[Row]]]
FOLD = 50_000  # events that may wait, and a tenth of what is kept, before they become arrays
_NOTHING: Rows = (np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.uint8), np.zeros(0, np.float32))


class Shoppers:
    """The latest events of every shopper: the mutable state of a running engine. Any method may be called from any thread.

    last: how many events of one shopper are remembered · visits: how many visits of people not known are at hand, those whose
    last event is youngest; others are forgotten now and then, and `recall` finds them in the log when they return: the number
    of a shopper id, -1 for none, and what it did, oldest first. Without it nobody is forgotten.
    """

    def __init__(self, last: int = 1000, visits: int = 200_000, recall: Recall | None = None) -> None:
        self.last = last
        self.visits = visits
        self.recall = recall
        self._lock = threading.RLock()
        self._loads = 0  # times after which a number may stand for somebody else
        self.load(Vocabulary(), Events.empty())

    def load(self, shoppers: Vocabulary, events: Events) -> None:
        """Forgets all and remembers these events (time order, numbered by `shoppers`)."""
        with self._lock:
            self._size = self._first = len(shoppers)  # numbers given out; below _first they are the log's own
            self._number = {name: n for n, name in enumerate(shoppers.ids)}
            self._names = dict(enumerate(shoppers.ids))
            self._forgot = False
            self._loads += 1
            self._news: dict[int, int] = {}  # events of each shopper since then
            self._keep(self._young(events.where((events.item >= 0) & (events.user >= 0))))

    def _young(self, events: Events) -> Events:
        """The events (time order) without the visits that are forgotten herewith: those longest silent, when there are too many."""
        visits = np.array([n for n, name in self._names.items() if name.startswith(VISIT)], dtype=np.int64)
        if self.recall is None or len(visits) <= self.visits:
            return events
        latest = np.full(self._size, -np.inf)
        np.maximum.at(latest, events.user, events.time)
        silent = visits[np.argsort(latest[visits], kind="stable")[: len(visits) - self.visits]]
        for number in silent.tolist():
            del self._number[self._names.pop(number)]
            self._news.pop(number, None)
        self._forgot = True
        self._loads += 1
        at_hand = np.ones(self._size, dtype=bool)
        at_hand[silent] = False
        return events.where(at_hand[events.user])

    def _keep(self, events: Events) -> None:
        """Remembers these events, in time order, as arrays; what came since is empty again."""
        grouped = events.where(np.argsort(events.user, kind="stable"))
        counts = np.bincount(grouped.user, minlength=self._size)
        recent = place_of(splits_of(counts)) >= np.repeat(counts - self.last, counts)
        self._events = grouped.where(recent)
        self._splits = splits_of(np.minimum(counts, self.last))
        self._fresh: dict[int, list[Row]] = {}
        self._waiting = 0

    def add(self, rows: Iterable[Fresh]) -> None:
        """Remembers events that came since. Shoppers are numbered as in the log, of whatever item; unknown items are left out."""
        with self._lock:
            for name, item, moment, kind, amount in rows:
                number = self._number.get(name, UNKNOWN)
                if number == UNKNOWN:
                    number = self._met(name, *self._found(name))
                if item != UNKNOWN:
                    mine = self._fresh.setdefault(number, [])
                    mine.append((item, moment, kind, amount))
                    self._news[number] = self._news.get(number, 0) + 1
                    del mine[: -self.last]
                    self._waiting += 1
            if self._waiting > FOLD + len(self._events) // 10:
                self._fold()

    def _met(self, name: str, number: int, rows: Sequence[Row]) -> int:
        """Takes a shopper who is not at hand, new or returned, whose number in the log, if any, is `number`; gives a number of
        their own: the log's only where this memory cannot have given it to somebody else.
        """
        number = number if 0 <= number < self._first else self._size
        if rows:
            self._fresh[number] = list(rows[-self.last :])
            self._waiting += len(self._fresh[number])
        self._number[name], self._names[number] = number, name
        self._size = max(self._size, number + 1)
        return number

    def _found(self, name: str) -> tuple[int, Sequence[Row]]:
        """Number and events of a shopper who may have been forgotten; -1 for nobody."""
        return self.recall(name) if self.recall is not None and self._may_be_forgotten(name) else (UNKNOWN, ())

    def _may_be_forgotten(self, name: str) -> bool:
        return self._forgot and name.startswith(VISIT)

    def _fold(self) -> None:
        """Puts what came since into the arrays: a tenth of the memory, and the next look-ups need not join the two."""
        fresh = [(user, *row) for user, rows in self._fresh.items() for row in rows]
        user, item, time, kind, amount = zip(*fresh, strict=True)
        since = Events.of(user=user, item=item, time=time, kind=kind, amount=amount)
        both = {f.name: np.concatenate([getattr(self._events, f.name), getattr(since, f.name)]) for f in fields(Events)}
        self._keep(self._young(Events(**both).sorted()))

    def stamp(self, numbers: tuple[int, ...]) -> Hashable:
        """Names what is known of these shoppers together: another stamp, something new."""
        return self._loads, numbers, tuple(self._news.get(n, 0) for n in numbers)

    def number(self, name: str | None) -> int:
        """Shopper number of an id, for `history`; -1 when nothing is known of it."""
        found = self._number.get(name, UNKNOWN) if name else UNKNOWN
        if found != UNKNOWN or not name or not self._may_be_forgotten(name):
            return found
        with self._lock:
            if name in self._number:
                return self._number[name]
            number, before = self._found(name)
            return UNKNOWN if number == UNKNOWN else self._met(name, number, before)

    def at_once(self, name: str | None) -> bool:
        """True when `number` needs no look into the log."""
        return name is None or name in self._number or not self._may_be_forgotten(name)

    def at_hand(self, name: str) -> bool:
        """True for those who were met and are not forgotten."""
        return name in self._number

    def busiest(self, n: int) -> list[str]:
        """The n persons (not nameless visits) of whom most is remembered."""
        with self._lock:
            order = np.argsort(-np.diff(self._splits), kind="stable")[: 4 * n + 100].tolist()
            names = [self._names.get(i, VISIT) for i in order]
        return [name for name in names if not name.startswith(VISIT)][:n]

    def history(self, who: Sequence[tuple[int, ...]], until: NDArray[np.float64]) -> History:
        """One history a query: what the shoppers `who[q]` (a person, and their visit before they said who they are) did
        before `until[q]` (epoch seconds), oldest first, at most `last` events.
        """
        with self._lock:
            found = [self._of(numbers, until[q]) for q, numbers in enumerate(who)]
        if not found:
            return History.empty(0)
        item, time, kind, amount = (np.concatenate([rows[column] for rows in found]) for column in range(4))
        return History(splits_of(np.array([len(rows[0]) for rows in found])), item, time, kind, amount)

    def popularity(self, items: int, now: float, half_life: float = 30.0) -> NDArray[np.float64]:
        """Liking of each item in what is remembered, halved every `half_life` days (items,)."""
        with self._lock:
            events = self._events
            fresh = [row for mine in self._fresh.values() for row in mine]
        item, time, kind, amount = zip(*fresh, strict=True) if fresh else _NOTHING
        since = Events.of(time=time, user=np.zeros(len(fresh)), item=item, kind=kind, amount=amount)
        return _popularity(events, items, now, half_life) + _popularity(since, items, now, half_life)

    def _of(self, numbers: tuple[int, ...], until: float) -> Rows:
        found = [self._one(n) for n in numbers if n >= 0]
        rows = _joined(found) if len(found) > 1 else found[0] if found else _NOTHING
        time = rows[1]
        if len(time) and (time[-1] >= until or bool(np.any(time[1:] < time[:-1]))):
            order = np.argsort(time, kind="stable")
            order = order[time[order] < until]
            rows = tuple(column[order] for column in rows)
        return tuple(column[-self.last :] for column in rows)

    def _one(self, number: int) -> Rows:
        start, end = self._splits[number : number + 2] if number < len(self._splits) - 1 else (0, 0)
        e = self._events
        old: Rows = (e.item[start:end], e.time[start:end], e.kind[start:end], e.amount[start:end])
        fresh = self._fresh.get(number)
        if not fresh:
            return old
        columns = zip(zip(*fresh, strict=True), _NOTHING, strict=True)
        return _joined([old, tuple(np.array(values, dtype=like.dtype) for values, like in columns)])


def _popularity(events: Events, items: int, now: float, half_life: float) -> NDArray[np.float64]:
    known = events.where(events.item < items)
    weight = known.liking * 0.5 ** (np.maximum(now - known.time, 0.0) / DAY / half_life)
    return np.bincount(known.item, np.maximum(weight, 0.0), minlength=items).astype(np.float64)


def _joined(found: Sequence[Rows]) -> Rows:
    return tuple(np.concatenate([rows[column] for rows in found]) for column in range(4))
