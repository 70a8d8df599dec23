"""Slices of an evaluation: cold and warm shoppers, repeat purchases and discoveries."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import History
from ronghe.evaluate.wanted import Wanted

COLD = 5  # shoppers with fewer distinct liked items than this are cold


def known_items(history: History) -> Wanted:
    """The distinct items each shopper liked before, as a ragged set."""
    liked = history.where((history.item >= 0) & (history.liking > 0))
    pair = np.unique(np.stack([liked.query, liked.item]), axis=1)
    splits = np.searchsorted(pair[0], np.arange(len(history) + 1))
    return Wanted(splits.astype(np.int64), pair[1], np.ones(pair.shape[1]))


def by_history(known: Wanted, cold: int = COLD) -> Mapping[str, NDArray[np.bool_]]:
    """Which queries come from shoppers of whom little or much is known: "new" (0 items), "cold" (1..cold-1), and two halves
    of the rest, "warm" and "regular", cut at their median (queries,) each; empty slices are left out.
    """
    count = known.counts
    rest = count[count >= cold]
    middle = np.median(rest) if len(rest) else np.inf
    slices = {"new": count == 0, "cold": (count > 0) & (count < cold),
              "warm": (count >= cold) & (count <= middle), "regular": (count >= cold) & (count > middle)}  # fmt: skip
    return {name: mask for name, mask in slices.items() if mask.any()}


def repeats(wanted: Wanted, known: Wanted) -> Wanted:
    """What was wanted and had been bought before."""
    return wanted.where(known.gain_of(wanted.query, wanted.item) > 0)


def discoveries(wanted: Wanted, known: Wanted) -> Wanted:
    """What was wanted and had never been bought before."""
    return wanted.where(known.gain_of(wanted.query, wanted.item) == 0)


def unknown_only(ranked: Candidates, known: Wanted) -> Candidates:
    """The lists without what the shopper had before, as a shelf of new things would show them."""
    return ranked.where(known.gain_of(ranked.query, ranked.item) == 0)
