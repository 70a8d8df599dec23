"""Answers given again: to the same question of the same shopper, until something new is known."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ronghe.engine.answered import MOST, Answered
from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request, Shown
from served import small_shop

SHOWN = Shown("a", "A", 1, 1.0, 1.0, None, "", "", "", True)
ANSWER = Answer("s", "home", "v", (SHOWN,), 1)


def test_an_answer_is_good_for_its_seconds_and_not_before_it_was_given():
    kept = Answered(30)
    kept.keep("q", 100.0, ANSWER)
    assert kept.of("q", 100.0) is ANSWER
    assert kept.of("q", 129.9) is ANSWER
    assert [kept.of("q", 130.0), kept.of("q", 99.0), kept.of("other", 101.0)] == [None, None, None]


def test_nothing_is_kept_for_no_seconds_or_where_chance_had_a_say():
    never, kept = Answered(0), Answered(30)
    never.keep("q", 100.0, ANSWER)
    kept.keep("q", 100.0, Answer("s", "home", "v", (Shown("a", "A", 1, 1.0, 0.5, None, "", "", "", True),), 1))
    assert never.of("q", 100.0) is None
    assert kept.of("q", 100.0) is None


def test_what_was_given_least_recently_goes_first_and_what_is_too_old_goes_too():
    kept, many = Answered(30), MOST // 11  # an answer of one item counts eleven
    for at in range(many):
        kept.keep(at, 100.0, ANSWER)
    assert kept.of(0, 101.0) is ANSWER
    kept.keep("one more", 101.0, ANSWER)
    assert [kept.of(1, 101.0), kept.of(0, 101.0)] == [None, ANSWER]
    kept.keep("much later", 140.0, ANSWER)
    assert len(kept._kept) == 1


@pytest.fixture
def engine(tmp_path: Path):
    opened = Engine.open(small_shop(tmp_path / "shop"))
    yield opened
    opened.close()


def home(engine: Engine, **who: str) -> Answer:
    (given,) = engine.ask([Request("home", k=5, **who)])
    return given


def test_the_same_question_is_worked_out_once_and_logged_twice(engine):
    first, second = home(engine, user="u1"), home(engine, user="u1")
    assert second.items is first.items
    assert second.slate != first.slate
    engine.logbook.flush()
    assert [engine.slate(one.slate)["items"][0]["id"] for one in (first, second)] == [first.items[0].id] * 2


def test_an_event_of_the_shopper_a_changed_item_and_other_rules_make_a_new_answer(engine):
    before = home(engine, user="u1")
    engine.record([{"user": "u1", "item": before.items[0].id, "kind": "purchase"}])
    after = home(engine, user="u1")
    assert after.items is not before.items
    engine.delete_items([after.items[0].id])
    assert after.items[0].id not in [one.id for one in home(engine, user="u1").items]
    left = home(engine, user="u1").items[0].id
    engine.set_rules(f'[[hide]]\nitem = "{left}"\n')
    assert left not in [one.id for one in home(engine, user="u1").items]


def test_what_two_ask_alike_in_one_batch_is_worked_out_once_and_shoppers_are_kept_apart(engine):
    strangers = engine.ask([Request("home", session=name) for name in ("s1", "s2")])
    assert strangers[0].items is strangers[1].items
    users = engine.ask([Request("home", user=name) for name in ("u1", "u2")])
    assert users[0].items is not users[1].items


def test_a_moment_later_the_answer_is_given_without_working_and_only_to_the_same_question(engine):
    assert engine.given(Request("home", k=5, user="u1")) is None
    first = home(engine, user="u1")
    given = engine.given(Request("home", k=5, user="u1"))
    assert (given.items, given.slate == first.slate) == (first.items, False)
    engine.logbook.flush()
    assert engine.slate(given.slate)["items"][0]["id"] == first.items[0].id
    for other in (Request("home", k=6, user="u1"), Request("home", k=5, user="u2"), Request("home", k=5, user="u1", time=1.0)):
        assert engine.given(other) is None
    engine.record([{"user": "u1", "item": "i1", "kind": "view"}])
    assert engine.given(Request("home", k=5, user="u1")) is None


def test_a_rule_whose_time_comes_makes_a_new_answer(engine, monkeypatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    first = home(engine, user="u1").items[0].id
    soon = datetime.fromtimestamp(now + 4, UTC).isoformat()
    engine.set_rules(f'[[hide]]\nitem = "{first}"\n[hide.when]\nfrom = {soon}\n')
    assert home(engine, user="u1").items[0].id == first
    monkeypatch.setattr("time.time", lambda: now + 5)
    assert first not in [one.id for one in home(engine, user="u1").items]


def test_a_failure_is_not_repeated(engine, monkeypatch):
    part = engine.keeper.live.parts["retrieve"]["popular"]
    with monkeypatch.context() as broken:
        broken.setattr(type(part), "retrieve", lambda *_: 1 / 0)
        assert engine.ask([Request("popular", user="u1")])[0].items == ()
    assert engine.ask([Request("popular", user="u1")])[0].items


def test_what_a_clock_ahead_says_has_happened(engine):
    engine.record([{"user": "u1", "item": "i5", "kind": "purchase", "time": time.time() + 3600}])
    assert "i5" in [one.id for one in engine.ask([Request("again", user="u1", k=50)])[0].items]
