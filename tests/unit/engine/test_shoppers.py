"""What is remembered of shoppers: the log's events and what came since, as of the question's moment."""

import numpy as np
import pytest

from ronghe.core.events import KIND, Events
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.shoppers import Fresh, Shoppers


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


class Log:
    """Whoever did something, by id: the number, and what they did."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, float, int, float]]] = {}
        self.asked: list[str] = []

    def append(self, name: str, item: int, moment: float) -> Fresh:
        self.rows.setdefault(name, []).append((item, moment, 4, 1.0))
        return name, item, moment, 4, 1.0

    def recall(self, name: str) -> tuple[int, list[tuple[int, float, int, float]]]:
        self.asked.append(name)
        return (list(self.rows).index(name), self.rows[name][:-1]) if name in self.rows else (-1, [])


def test_visits_longest_silent_are_forgotten_and_recalled_when_they_return(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.engine.shoppers.FOLD", 20)
    log = Log()
    memory = Shoppers(last=4, visits=5, recall=log.recall)
    for n in range(200):
        memory.add([log.append(f"session:{n}", n, float(n)), log.append("ann", n, float(n))])
        assert len(memory._names) <= 60
    assert memory.at_hand("session:199")
    assert not memory.at_hand("session:0")
    assert items(memory, "ann") == [196, 197, 198, 199], "a person is never forgotten"
    memory.add([log.append("session:0", 77, 300.0)])
    assert items(memory, "session:0") == [0, 77]
    assert memory.number("session:0") not in (memory.number("ann"), memory.number("session:199"))
    log.rows["session:1"].append((0, 0.0, 0, 0.0))  # recall leaves the last one out, as one that is being added
    assert items(memory, "session:1") == [1], "who only asks is recalled, too"
    assert items(memory, "session:1") == [1]
    assert log.asked.count("session:1") == 1
    assert memory.number("session:never") == -1


def test_a_log_with_too_many_visits_is_remembered_without_the_oldest() -> None:
    log = Log()
    memory = Shoppers(visits=2, recall=log.recall)
    names = ("session:a", "ann", "session:b", "session:c")
    memory.load(Vocabulary(names), Events.of(time=[1, 2, 3, 4, 5], user=[0, 1, 2, 3, 0], item=[1, 1, 2, 3, 4]))
    assert [memory.at_hand(name) for name in names] == [True, True, False, True]
    assert items(memory, "session:a") == [1, 4]
    memory.add([("session:new", 9, 9.0, 4, 1.0)])
    assert memory.number("session:new") == 4


def test_no_two_shoppers_ever_share_a_number_whatever_the_log_calls_them():
    names = Vocabulary(tuple(f"session:{n}" for n in range(5)))
    past = Events.of(time=np.arange(5.0), user=np.arange(5), item=np.arange(5))
    log = {"session:s": 6, "session:t": 5, "session:0": 0}
    memory = Shoppers(visits=1, recall=lambda name: (log.get(name, -1), []))
    memory.load(names, past)
    who = ["session:s", "paula", "session:t", "session:0", "session:4"]
    memory.number("session:s")  # in the log, but not read from it yet
    memory.add([("paula", 7, 10.0, KIND["purchase"], 1.0), ("session:t", 8, 11.0, KIND["view"], 1.0)])
    assert len({memory.number(name) for name in who}) == len(who)
    assert items(memory, "session:t") == [8]
    assert items(memory, "paula") == [7]
