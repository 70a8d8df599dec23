"""The funnel: order of the stages, what happens when parts fail, the trace."""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from little import Broken, Given, asking, catalog, rows
from ronghe.core.errors import BadRecipe
from ronghe.funnel.funnel import Funnel, Stage
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.columns.item_facts import facts_of
from ronghe.methods.filters.in_stock import InStock
from ronghe.methods.filters.not_bought import NotBought
from ronghe.methods.policy.best import Best

RNG = np.random.default_rng(0)
SHOP = catalog({"price": 5.0}, {"price": 4.0}, {"price": 3.0}, {"price": 2.0, "stock": 0}, {"price": 1.0, "deleted": True})


@dataclass(frozen=True)
class Cheapest:
    """Ranks by price, cheapest first."""

    needs: tuple[str, ...] = ("item:price",)

    def score(self, queries: Any, candidates: Any) -> Any:
        return -candidates.columns["item:price"]


FUNNEL = Funnel(
    understand={},
    retrievers={"a": Given(np.array([5.0, 4, 3, 2, 1])), "b": Given(np.array([0, 0, 9.0, 8, 0]))},
    fuse=ReciprocalRank(),
    columns={"item-facts": facts_of(SHOP)},
    filters={"in-stock": InStock(), "not-bought": NotBought()},
    cascade=(Stage("cheapest", Cheapest()),),
    policy=Best(),
)


def items(funnel: Funnel, queries: Any, k: int = 5) -> list[int]:
    return funnel(queries, k, RNG)[0].shown.item.tolist()


def test_it_retrieves_fuses_filters_ranks_and_chooses():
    assert items(FUNNEL, asking([])) == [2, 1, 0]  # 3 is sold out, 4 deleted; the cheapest first


def test_what_was_bought_is_left_out_for_who_bought_it_only():
    slates, _ = FUNNEL(asking([(2, 1, "purchase")], []), 5, RNG)
    assert slates.shown.of_query(0).tolist() == [1, 0]
    assert slates.shown.of_query(1).tolist() == [2, 1, 0]


def test_deterministic_choices_have_propensity_one():
    slates, _ = FUNNEL(asking([]), 2, RNG)
    assert slates.propensity.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"retrievers": {**FUNNEL.retrievers, "c": Broken()}}, "retrieve:c", [2, 1, 0]),
        ({"understand": {"spelling": Broken()}}, "understand:spelling", [2, 1, 0]),
        ({"cascade": (Stage("boosted", Broken()),)}, "rank:boosted", [2, 0, 1]),  # the fused order stays
        ({"policy": Broken()}, "choose:policy", [2, 1, 0]),
        ({"fuse": Broken()}, "fuse:Broken", []),
        ({"filters": {"in-stock": InStock(), "nice": Broken(optional=True)}}, "filter:nice", [2, 1, 0]),
        ({"filters": {"in-stock": InStock(), "promise": Broken()}}, "filter:promise", []),
    ],
)
def test_a_part_that_fails_is_traced_and_left_out_and_a_promise_fails_closed(change, key, expected):
    slates, trace = replace(FUNNEL, **change)(asking([]), 5, RNG)
    assert slates.shown.item.tolist() == expected
    assert trace.errors == {key: "RuntimeError: out of order"}


def test_in_stock_lets_nothing_through_when_availability_cannot_be_looked_up():
    blind = Broken(provides=("item:available", "item:price", "item:group"))
    slates, trace = replace(FUNNEL, columns={"item-facts": blind})(asking([]), 5, RNG)
    assert slates.shown.item.tolist() == []
    assert "item:available" in trace.errors["filter:in-stock"]


def test_all_retrievers_failing_gives_an_empty_slate():
    slates, trace = replace(FUNNEL, retrievers={"a": Broken()})(asking([], []), 5, RNG)
    assert len(slates) == 2
    assert len(slates.shown.item) == 0
    assert trace.of_query(0)["total"] == 0


def test_a_column_nobody_gives_is_one_error_at_assembly_naming_the_nearest():
    with pytest.raises(BadRecipe, match=r"rank 'x' needs the column 'item:prise'.*item:price"):
        replace(FUNNEL, cascade=(Stage("x", Cheapest(needs=("item:prise",))),))


def test_two_parts_giving_one_column_is_an_error():
    with pytest.raises(BadRecipe, match="item:price"):
        replace(FUNNEL, columns={"a": facts_of(SHOP), "b": facts_of(SHOP)})


def test_what_a_retriever_did_not_find_is_completed_by_asking_it():
    shallow = replace(FUNNEL, depth=1)
    found, _ = shallow.retrieve(asking([]))
    assert found.item.tolist() == [0, 2]
    np.testing.assert_array_equal(found.evidence["retrieve:a"], [5, 3])
    np.testing.assert_array_equal(found.evidence["retrieve:b"], [np.nan, 9])
    np.testing.assert_array_equal(np.isnan(found.evidence["fuse:a"]), [False, True])  # completing does not change the fusion
    not_asked, _ = replace(shallow, complete=False).retrieve(asking([]))
    np.testing.assert_array_equal(not_asked.evidence["retrieve:a"], [5, np.nan])


def test_retrieve_hydrates_all_columns_or_those_asked_for():
    assert set(FUNNEL.retrieve(asking([]))[0].columns) == set(facts_of(SHOP).provides)
    assert set(FUNNEL.retrieve(asking([]), ("item:age_days",))[0].columns) == {"item:available", "item:age_days"}


def test_keep_ranks_the_best_only_and_the_rest_follow_in_their_order():
    cut = replace(FUNNEL, cascade=(Stage("cheapest", Cheapest(), keep=2),), filters={})
    fused = cut.retrieve(asking([]))[0].item.tolist()
    slates, _ = cut(asking([]), 5, RNG)
    shown = slates.shown.item.tolist()
    assert sorted(shown[:2]) == sorted(fused[:2])
    assert shown[2:] == fused[2:]
    assert np.all(np.diff(slates.shown.score) < 0)
    assert np.isnan(slates.shown.evidence["rank:cheapest"][2:]).all()
    assert items(cut, asking([]), 2) == shown[:2]


def test_allowed_is_honoured_even_where_a_retriever_forgets_it():
    @dataclass(frozen=True)
    class Forgetful:
        def retrieve(self, queries: Any, k: int) -> Any:
            return rows(*({0: 2.0, 1: 1.0} for _ in range(len(queries))))

    funnel = replace(FUNNEL, retrievers={"f": Forgetful()})
    short = np.array([False, True])
    assert items(funnel, asking([], allowed=(short,))) == [1]
    assert items(funnel, asking([], allowed=(np.array([True]),))) == [0]  # beyond its length: not allowed


def test_rows_without_an_item_or_a_number_never_show():
    @dataclass(frozen=True)
    class Odd:
        def retrieve(self, queries: Any, k: int) -> Any:
            return rows({0: np.nan, 1: np.inf, -1: 3.0, 2: 1.0})

    assert items(replace(FUNNEL, retrievers={"odd": Odd()}), asking([])) == [2]


def test_the_trace_counts_rows_narrowing_and_names_what_was_removed():
    _, trace = FUNNEL(asking([(2, 1, "purchase")], []), 2, RNG, trace=True)
    first = trace.of_query(0)
    json.dumps(first)
    steps = {(s["stage"], s["part"]): s for s in first["steps"]}
    assert steps["retrieve", "a"]["out"] == 5
    assert steps["fuse", "ReciprocalRank"]["out"] == 5
    assert steps["fuse", "ReciprocalRank"]["in"] == sum(s["out"] for s in first["steps"] if s["stage"] == "retrieve")
    assert steps["filter", "in-stock"] | {"ms": 0} == {
        "stage": "filter", "part": "in-stock", "ms": 0, "in": 5, "out": 3, "removed": [3, 4]}  # fmt: skip
    assert steps["filter", "not-bought"]["removed"] == [2]
    assert first["total"] == 2
    assert trace.of_query(1)["total"] == 3
    assert "out" not in FUNNEL(asking([]), 2, RNG)[1].of_query(0)["steps"][0]  # not asked, not counted


def test_a_batch_is_its_queries_one_by_one():
    asked = asking([(2, 1, "purchase")], [], [(0, 1, "purchase"), (1, 1, "view")])
    together = FUNNEL(asked, 3, RNG)[0].shown
    for query in range(3):
        alone = FUNNEL(asked.take([query]), 3, RNG)[0].shown
        assert alone.item.tolist() == together.of_query(query).tolist()


def test_given_items_are_judged_as_if_they_had_been_found():
    asked = asking([], [])
    judged = FUNNEL.judge(asked, rows({4: 0.0, 2: 0.0}, {1: 0.0}))
    assert judged.item.tolist() == [4, 2, 1]
    np.testing.assert_array_equal(judged.score, [-1.0, -3.0, -4.0])
    full, _ = replace(FUNNEL, filters={}).retrieve(asked)
    at = [full.of_query(0).tolist().index(4), full.of_query(0).tolist().index(2)]
    np.testing.assert_array_equal(judged.evidence["fuse:a"][:2], full.evidence["fuse:a"][at])


def test_a_ranker_without_an_opinion_leaves_the_order_as_it_was():
    @dataclass(frozen=True)
    class Even:
        needs: tuple[str, ...] = ()

        def score(self, queries: Any, candidates: Any) -> Any:
            return np.zeros(len(candidates.item))

    fused = replace(FUNNEL, cascade=())
    assert items(replace(FUNNEL, cascade=(Stage("even", Even()),)), asking([])) == items(fused, asking([])) == [2, 0, 1]
