"""What was worked out for a batch of queries, while it lives: a funnel retrieves, then has the finds of others scored."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from ronghe.core.queries import Queries

T = TypeVar("T")


class Memo(Generic[T]):
    """One value for each living batch; safe to use from threads. Values are shared, so nobody may change them."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Queries, T] = WeakKeyDictionary()
        self._lock = Lock()

    def of(self, queries: Queries, make: Callable[[Queries], T]) -> T:
        """The value of this very batch, made when it is first asked for."""
        with self._lock:
            known = self._known.get(queries)
        if known is None:
            known = make(queries)
            with self._lock:
                self._known[queries] = known
        return known
