"""Questions out of the log: what a shopper would have asked at a past moment, and what they turned out to want after it."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, Events
from ronghe.core.queries import History, Queries
from ronghe.evaluate.wanted import Wanted


def ask_at(
    data: Dataset, moment: float, horizon: float, surface: str, memory: int, limit: int | None = None, seed: int = 0
) -> tuple[Queries, Wanted]:
    """One query for each shopper who liked something in [moment, moment + horizon days), and what that was.

    Histories end strictly before `moment` and hold the latest `memory` events, as a request would. limit: at most so many
    shoppers, drawn by `seed`.
    """
    after = data.events.between(moment, moment + horizon * DAY)
    users = wanting(after)
    if limit is not None and len(users) > limit:
        users = np.sort(np.random.default_rng(seed).choice(users, limit, replace=False))
    size = len(users)
    history = History.of_users(data.events.before(moment), users, memory)
    queries = Queries.of(size, time=np.full(size, moment), user=users, surface=(surface,) * size, history=history)
    return queries, Wanted.of_events(after, users)


def wanting(events: Events) -> NDArray[np.int64]:
    """Shoppers who liked some item in these events, ascending."""
    liked = (events.item >= 0) & (events.user >= 0) & (events.liking > 0)
    return np.unique(events.user[liked])


def cut_moments(start: float, end: float, horizon: float, cuts: int) -> list[float]:
    """`cuts` moments, evenly from `start` to `horizon` days before `end`, so that each sees a whole horizon (epoch seconds)."""
    last = max(end - horizon * DAY, start)
    return sorted({float(m) for m in np.linspace(start, last, cuts)})
