"""What is remembered of shoppers: the log's events and what came since, as of the question's moment."""

import numpy as np
import pytest

from ronghe.core.events import Events
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.shoppers import Shoppers


def shoppers(last: int = 1000) -> Shoppers:
    memory = Shoppers(last)
    events = Events.of(time=[1, 2, 3, 4], user=[0, 1, 0, 0], item=[10, 20, 11, 12])
    memory.load(Vocabulary(("ann", "bob")), events)
    return memory


def items(memory: Shoppers, *who: str, until: float = 1e9) -> list[int]:
    numbers = tuple(memory.number(name) for name in who)
    return memory.history([numbers], np.array([until])).item.tolist()


def test_the_log_is_remembered_shopper_by_shopper() -> None:
    assert items(shoppers(), "ann") == [10, 11, 12]
    assert items(shoppers(), "bob") == [20]


def test_a_new_event_is_known_at_once_and_so_is_a_new_shopper() -> None:
    memory = shoppers()
    memory.add([("ann", 99, 9.0, 4, 1.0), ("session:s1", 7, 9.0, 1, 1.0)])
    assert items(memory, "ann") == [10, 11, 12, 99]
    assert items(memory, "session:s1") == [7]


def test_a_visit_before_the_login_joins_the_person_in_time_order() -> None:
    memory = shoppers()
    memory.add([("session:s1", 7, 2.5, 1, 1.0)])
    assert items(memory, "ann", "session:s1") == [10, 7, 11, 12]


def test_nothing_later_than_the_question_is_seen() -> None:
    assert items(shoppers(), "ann", until=3.0) == [10]


def test_only_the_last_events_are_kept() -> None:
    memory = shoppers(last=2)
    assert items(memory, "ann") == [11, 12]
    memory.add([("ann", 13, 9.0, 4, 1.0)])
    assert items(memory, "ann") == [12, 13]


def test_somebody_unknown_has_no_history() -> None:
    memory = shoppers()
    assert memory.number("nobody") == -1
    assert memory.history([(), (0,)], np.array([9.0, 9.0])).splits.tolist() == [0, 0, 3]


def test_the_best_remembered_persons_come_first_and_visits_never() -> None:
    memory = Shoppers()
    events = Events.of(time=[1, 2, 3, 4], user=[0, 1, 1, 1], item=[1, 1, 1, 1])
    memory.load(Vocabulary(("ann", "session:x")), events)
    assert memory.busiest(5) == ["ann"]


def test_many_new_events_become_arrays_and_nothing_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.engine.shoppers.FOLD", 5)
    folded, plain = shoppers(last=4), shoppers(last=4)
    rows = [(name, n, 10.0 + n, 4, 1.0) for n in range(9) for name in ("ann", "session:s", "cid")]
    for row in rows:
        folded.add([row])
    monkeypatch.setattr("ronghe.engine.shoppers.FOLD", 10**6)
    plain.add(rows)
    for name in ("ann", "bob", "cid", "session:s"):
        assert items(folded, name) == items(plain, name)
    assert len(folded._fresh) < len(plain._fresh)
