"""Heavy work in this process: a seed, a number of threads, and whoever watches."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ronghe.core.errors import BadRecipe

T = TypeVar("T")


class Watch(Protocol):
    """Sees how far work is."""

    def track(self, work: Iterable[T], title: str, total: int | None) -> Iterable[T]:
        """`work`, watched."""


@dataclass(frozen=True)
class Local:
    """Runs fits here.

    seed: of everything random in a fit · threads: how many a fit may use (BLAS has its own: OMP_NUM_THREADS) ·
    watch: sees how far each step is (compute.watch.Bars draws it); None = nobody looks.
    """

    seed: int = 0
    threads: int = 1
    watch: Watch | None = None

    def __post_init__(self) -> None:
        if self.threads < 1:
            raise BadRecipe(f"threads is {self.threads}; right would be 1 or more")
        if self.seed < 0:
            raise BadRecipe(f"seed is {self.seed}; right would be 0 or more")

    def track(self, work: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
        """`work` itself, shown to the watch when there is one."""
        return work if self.watch is None else self.watch.track(work, title, total)
