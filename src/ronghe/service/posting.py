"""Group commit: the events of several posts go to the log as one transaction, and each post gets its own outcome back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ronghe.engine.engine import Recorded

Row = Mapping[str, object]


@dataclass(frozen=True)
class Rejection:
    """A row that was not kept: its number in the post, from 0, and what was wrong with which field."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of one post: accepted + duplicates + rejected = sent. A duplicate was sent before: it is in the log, once."""

    accepted: int
    rejected: tuple[Rejection, ...]
    duplicates: int = 0


def record_together(record: Callable[[Sequence[Row]], Recorded], posts: Sequence[Sequence[Row]]) -> list[Outcome | Exception]:
    """The outcome of each post; the rows of all are on disk."""
    recorded = record([row for post in posts for row in post])
    outcomes: list[Outcome | Exception] = []
    start = 0
    for post in posts:
        end = start + len(post)
        mine = [Rejection(r.row - start, r.field, r.reason) for r in recorded.rejected if start <= r.row < end]
        again = sum(start <= row < end for row in recorded.again)
        outcomes.append(Outcome(len(post) - len(mine) - again, tuple(mine), again))
        start = end
    return outcomes
