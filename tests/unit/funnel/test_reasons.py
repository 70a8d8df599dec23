"""Reasons: exact sums, and sentences that are true."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from little import Broken, Given, asking, catalog, purchases
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.judgements import Judgements
from ronghe.core.slates import Reason
from ronghe.funnel.funnel import Funnel, Stage
from ronghe.funnel.fusion import ReciprocalRank, Weighted
from ronghe.funnel.reasons import explain, headline, merged, sentence
from ronghe.methods.columns.demand import Demand
from ronghe.methods.columns.habit import Habit
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.policy.best import Best
from ronghe.methods.policy.ruled import ruled
from ronghe.methods.policy.rules import Rules
from ronghe.methods.ranking.boosted import Boosted

RNG = np.random.default_rng(0)
TITLES = ["Oat milk", "Rye bread", "Jam", "Tea", "Salt", "Soap", "Rice", "Oil"]
SHOP = catalog(*({"title": title, "price": 1.0 + at} for at, title in enumerate(TITLES)))
LOG = purchases(*[(n % 6, (n * n) % 8, float(n % 97)) for n in range(400)], items=SHOP)
COLUMNS = {"item-facts": ItemFacts().fit(LOG, Local()), "demand": Demand().fit(LOG, Local()), "habit": Habit().fit(LOG, Local())}
FUNNEL = Funnel(
    understand={},
    retrievers={
        "ease": Given(np.array([0, 0, 5.0, 4, 3, 2, 1, 0])),
        "popular": Given(np.array([1.0, 2, 3, 4, 5, 6, 7, 8]), complete=False),
    },
    fuse=ReciprocalRank(),
    columns=COLUMNS,
    filters={},
    cascade=(),
    policy=Best(),
    depth=5,
)
ASKED = asking(*[[(n % 8, 10.0 * d, "purchase") for d in range(1, 2 + n % 5)] for n in range(60)], day=100)


def sums(reasons: list[tuple[Reason, ...]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([sum(r.weight for r in row) for row in reasons]), np.array([sum(abs(r.weight) for r in row) for row in reasons])


@pytest.fixture(scope="module")
def ranked() -> Funnel:
    found, _ = FUNNEL.retrieve(ASKED)
    gain = (found.columns["pair:times_bought"] > 1) + (np.nan_to_num(found.evidence["retrieve:ease"]) > 3)
    model = Boosted(trees=30, rows=3).fit(Judgements(ASKED, found, gain.astype(np.float32)), Local())
    return replace(FUNNEL, cascade=(Stage("boosted", model),))


@pytest.mark.parametrize("fuse", [ReciprocalRank(), Weighted(scale="minmax"), Weighted(scale="rank", weights={"ease": 0.3})])
def test_without_a_ranker_reasons_sum_to_the_fused_score(fuse):
    slates, trace = replace(FUNNEL, fuse=fuse)(ASKED, 5, RNG)
    total, _ = sums(explain(FUNNEL, trace.queries, slates))
    np.testing.assert_allclose(total, slates.shown.score, rtol=1e-6, atol=1e-7)


def test_with_a_ranker_reasons_sum_to_its_score(ranked):
    slates, trace = ranked(ASKED, 8, RNG)
    assert "rank:boosted" in slates.shown.evidence
    total, size = sums(explain(ranked, trace.queries, slates))
    assert np.all(np.abs(total - slates.shown.score) <= 1e-6 * size)


def test_a_retrievers_contribution_is_shared_out_over_its_own_reasons():
    slates, trace = FUNNEL(asking([]), 1, RNG)
    reasons = explain(FUNNEL, trace.queries, slates)[0]
    (bought,) = [r for r in reasons if r.part == "retrieve:ease"]
    assert (bought.code, bought.items) == ("bought", (0, 1))
    assert bought.weight == pytest.approx(float(slates.shown.evidence["fuse:ease"][0]), rel=1e-6)


def test_a_habit_is_told_as_a_habit(ranked):
    regular = asking([(3, float(d), "purchase") for d in range(10, 90, 10)], day=91)
    shown = ranked.judge(regular, Candidates.of_lists([np.array([3])], [np.zeros(1)]))
    from ronghe.core.slates import Slates

    reasons = explain(ranked, regular, Slates(shown, np.ones(1, dtype=np.float32)))[0]
    (habit,) = [r for r in reasons if r.part == "columns:habit" and r.code in ("habit", "due")]
    days = int(habit.words[0])
    assert 9 <= days <= 20
    assert sentence(habit, TITLES).startswith(f"you buy this about every {days} days")


def test_a_rule_is_the_first_reason_and_weighs_nothing():
    rules = Rules.parse('[[pin]]\nname = "spring"\nitem = "i5"').bound(SHOP)
    funnel = replace(FUNNEL, policy=ruled(rules, Best()))
    slates, trace = funnel(asking([]), 3, RNG)
    first = explain(funnel, trace.queries, slates)[0][0]
    assert (first.code, first.words, first.weight) == ("rule", ("spring",), 0.0)
    assert sentence(first, TITLES, "zh") == "店家推荐"


def test_what_a_rule_holds_back_is_not_said_to_be_picked():
    rules = Rules.parse('[[bury]]\nname = "old"\nitem = "i5"').bound(SHOP)
    funnel = replace(FUNNEL, policy=ruled(rules, Best()))
    slates, trace = funnel(asking([]), 8, RNG)
    row = slates.shown.item.tolist().index(5)
    reasons = explain(funnel, trace.queries, slates)[row]
    assert ("held", ("old",)) in [(r.code, r.words) for r in reasons]
    assert headline(reasons, TITLES) != "picked by the shop"


def test_a_retriever_that_cannot_say_why_is_named_and_the_sum_stays():
    @dataclass(frozen=True)
    class Mute(Given):
        because: Any = field(default_factory=lambda: Broken().because)

    funnel = replace(FUNNEL, retrievers={"ease": Mute(np.array([0, 0, 5.0, 4, 3, 2, 1, 0]))})
    slates, trace = funnel(asking([]), 2, RNG)
    reasons = explain(funnel, trace.queries, slates)
    assert [r.code for r in reasons[0]] == ["part"]
    np.testing.assert_allclose(sums(reasons)[0], slates.shown.score, rtol=1e-6)


def test_an_empty_slate_has_no_reasons():
    slates, trace = FUNNEL(asking(), 3, RNG)
    assert explain(FUNNEL, trace.queries, slates) == []


def test_words_are_said_in_the_order_in_which_they_were_typed():
    found = [
        Reason("words", (), (word,), weight, "retrieve:bm25") for word, weight in (("cookies", 3), ("2l", 2), ("chocolate", 1))
    ]
    assert merged(found, "Chocolate Cookies 2 l") == (Reason("words", (), ("chocolate", "cookies", "2l"), 6, "retrieve:bm25"),)


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        (
            Reason("bought", (0, 1, 2), (), 1.0, "retrieve:ease"),
            "because you bought Oat milk and Rye bread",
            "因为你买过Oat milk和Rye bread",
        ),
        (Reason("together", (3,), (), 1.0, "retrieve:bought-together"), "often bought together with Tea", "常与Tea一起购买"),
        (Reason("popular", (), (), 1.0, "retrieve:popular"), "popular now", "近期热门"),
        (Reason("words", (), ("oat", "milk"), 1.0, "retrieve:bm25"), "matches “oat milk”", "与“oat milk”匹配"),
        (Reason("habit", (), ("12",), 1.0, "columns:habit"), "you buy this about every 12 days", "你大约每12天买一次"),
        (Reason("alike", (99,), (), 1.0, "retrieve:als"), "fits what you have chosen before", "符合你以往的选择"),
        (Reason("who knows", (), (), 1.0, "retrieve:mine"), "found by mine", "由mine找到"),
    ],
)
def test_sentences(reason, english, chinese):
    assert sentence(reason, TITLES) == english
    assert sentence(reason, TITLES, "zh-CN") == chinese


def test_titles_with_braces_are_only_titles():
    assert sentence(Reason("alike", (0,), (), 1.0, "x"), ["{words} {0}"]) == "similar to {words} {0}"


def test_the_headline_is_the_first_reason_that_can_be_told():
    reasons = (Reason("start", (), (), 9.0, "start"), Reason("popular", (), (), -1.0, "p"), Reason("new", (), (), 0.5, "q"))
    assert headline(reasons, TITLES) == "new here"
    assert headline(reasons[:2], TITLES) == ""
