"""Shop ids <-> dense numbers; a number, once given, is never given again, so models outlive growth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Ids in the order of their numbers: `ids[n]` is the id of number n."""

    ids: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.ids)}

    def number(self, name: str | None) -> int:
        """The number of an id; -1 when unknown."""
        return self._number.get(name, UNKNOWN) if name is not None else UNKNOWN

    def numbers(self, names: Iterable[str | None]) -> NDArray[np.int64]:
        """The numbers of many ids; -1 where unknown."""
        get = self._number.get
        return np.fromiter((UNKNOWN if n is None else get(n, UNKNOWN) for n in names), dtype=np.int64)

    def names(self, numbers: Iterable[int]) -> list[str]:
        """The ids of numbers; every number must be known."""
        return [self.ids[n] for n in numbers]

    def extended(self, names: Sequence[str]) -> "Vocabulary":
        """This vocabulary with the new ones among `names` appended in their order."""
        fresh = dict.fromkeys(n for n in names if n not in self._number)
        return Vocabulary(self.ids + tuple(fresh)) if fresh else self
