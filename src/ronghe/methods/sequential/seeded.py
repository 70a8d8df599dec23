"""The same compute with another seed: for parts of one model that must differ by chance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from ronghe.core.roles import Compute

T = TypeVar("T")


@dataclass(frozen=True)
class Seeded:
    """compute: what does the work · more: how far its seed is moved; 0 = as it is."""

    compute: Compute
    more: int

    @property
    def seed(self) -> int:
        """Seed of everything random in a fit."""
        return self.compute.seed + 7919 * self.more

    @property
    def threads(self) -> int:
        """How many threads a fit may use."""
        return self.compute.threads

    def track(self, work: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
        """`work`, watched."""
        return self.compute.track(work, title, total)
