"""Lines cut into windows that a network can read, and windows into batches of like length, so that little is padded."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.segments import splits_of
from ronghe.methods.sequential.lines import Ints, Lines


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows side by side, padded at the end: column and days before the window's newest step (windows, steps + 1) ·
    real (windows, steps): true where the step after this one exists.
    """

    column: Ints
    age: NDArray[np.float32]
    real: NDArray[np.bool_]


def windows(lines: Lines, longest: int) -> Lines:
    """Pieces of at most longest + 1 steps, from the newest backwards; each begins with the step at which the one before it ends.

    So every step but a line's first is foretold exactly once. Lines of one step are left out.
    """
    counts = lines.counts
    pieces = np.maximum(-(-(counts - 1) // longest), 0)
    line = np.repeat(np.arange(len(lines)), pieces)
    back = np.arange(len(line)) - np.repeat(splits_of(pieces)[:-1], pieces)  # 0 = the newest piece of its line
    end = lines.splits[1:][line] - back * longest
    start = np.maximum(end - longest - 1, lines.splits[:-1][line])
    splits = splits_of(end - start)
    rows = np.repeat(start - splits[:-1], end - start) + np.arange(splits[-1])
    return Lines(splits, lines.column[rows], lines.time[rows])


def batches(pieces: Lines, steps: int, rng: np.random.Generator) -> list[Ints]:
    """Numbers of windows, about `steps` foretold steps a batch, like lengths together, in random order."""
    length = pieces.counts - 1
    order = np.lexsort((rng.random(len(length)), length + rng.integers(0, 2, len(length))))
    found: list[Ints] = []
    at = 0
    while at < len(order):
        size = max(steps // int(length[order[at : at + steps]].max(initial=1)), 1)
        size = max(steps // int(length[order[at : at + size]].max()), 1)
        found.append(order[at : at + size])
        at += size
    return [found[at] for at in rng.permutation(len(found))]


def batch_of(pieces: Lines, some: Ints) -> Batch:
    """These windows as one table."""
    start, count = pieces.splits[:-1][some], pieces.counts[some]
    step = np.arange(int(count.max()))
    inside = step < count[:, None]
    rows = np.minimum(start[:, None] + step, (start + count - 1)[:, None])
    newest = pieces.time[start + count - 1][:, None]
    return Batch(pieces.column[rows], ((newest - pieces.time[rows]) / 86_400.0).astype(np.float32), inside[:, 1:])


def each(pieces: Lines, steps: int, rng: np.random.Generator, rank: int = 0, of: int = 1) -> Iterator[Batch]:
    """All windows once, batch by batch; of several processes, each reads its own batches, and all equally many."""
    found = batches(pieces, steps, rng)
    found += found[: -len(found) % of]
    for some in found[rank::of]:
        yield batch_of(pieces, some)
