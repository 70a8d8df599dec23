"""The compute of one of several processes that learn together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Alone:
    """A seed, and nobody who watches."""

    seed: int
    threads: int = 1

    def track(self, work: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
        """`work` itself."""
        return work
