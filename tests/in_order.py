"""Shops in which the order of events is what matters."""

from collections.abc import Mapping, Sequence

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.core.roles import Retriever
from worlds import shop


def ring(size: int = 12, shoppers: int = 60, steps: int = 6, looks: Sequence[Mapping[str, str]] = ()) -> Dataset:
    """Everybody walks round a ring of items, from anywhere: after item n comes item n + 1."""
    rows = [
        {"kind": KIND["purchase"], "user": user, "item": (user + step) % size, "time": 1.0 + step, "session": user}
        for user in range(shoppers)
        for step in range(steps)
    ]
    return shop(looks or [{"title": f"step {n}"} for n in range(size)], rows)


def after(*items: int, kind: str = "purchase") -> Queries:
    """One query of a stranger who did these, one a day."""
    events = Events.of(
        time=[DAY * (1 + at) for at in range(len(items))], user=[0] * len(items), item=items, kind=[KIND[kind]] * len(items)
    )
    return Queries.of(1, history=History.of(events, np.array([0, len(items)])), time=np.array([200 * DAY]))


def best(model: Retriever, queries: Queries) -> int:
    """The first item of the answer to the first query that is not in its history."""
    had = set(queries.history.item.tolist())
    return next(int(item) for item in model.retrieve(queries, 20).of_query(0) if int(item) not in had)
