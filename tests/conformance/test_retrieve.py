"""What every retriever promises, over METHODS."""

from dataclasses import replace

import numpy as np
import pytest

from fitted import fit, found, model, names, one_by_one, questions, rows_of, scores_of, world
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.queries import History, Queries
from ronghe.core.roles import Explainer, Retriever, Scorer
from worlds import asked_about, asked_by, asked_with, catalog, joined, shop

RETRIEVERS = names("retrieve")
pytestmark = pytest.mark.parametrize("name", RETRIEVERS)


def near(one: dict[int, float], other: dict[int, float]) -> None:
    assert set(one) == set(other)
    np.testing.assert_allclose([one[i] for i in one], [other[i] for i in one], rtol=2e-3, atol=1e-5)


def test_it_is_a_retriever_that_has_something_to_say(name):
    assert isinstance(model(name), Retriever)
    assert model(name).retrieve(questions(), 5).counts.max() > 0


def test_at_most_k_best_first_none_twice_finite_and_known(name):
    for k in (1, 3, 10, 10_000):
        answer = model(name).retrieve(questions(), k)
        assert len(answer) == len(questions())
        assert answer.counts.max() <= k
        assert np.isfinite(answer.score).all()
        assert ((answer.item >= 0) & (answer.item < len(world().catalog))).all()
        for query in range(len(answer)):
            rows = slice(answer.splits[query], answer.splits[query + 1])
            assert (np.diff(answer.score[rows]) <= 0).all()
            assert len(set(answer.item[rows].tolist())) == len(answer.item[rows])


def test_few_are_the_best_of_many(name):
    few, many = model(name).retrieve(questions(), 3), model(name).retrieve(questions(), 10_000)
    for query in range(len(few)):
        np.testing.assert_allclose(list(scores_of(few, query).values()), list(scores_of(many, query).values())[:3], rtol=1e-5)


def test_a_batch_answers_as_one_by_one(name):
    together = model(name).retrieve(questions(), 10_000)
    for at, query in enumerate(one_by_one(questions())):
        near(scores_of(together, at), scores_of(model(name).retrieve(query, 10_000), 0))


def test_no_questions_no_answers(name):
    answer = model(name).retrieve(questions().take([]), 5)
    assert len(answer) == 0
    assert len(answer.item) == 0


def test_only_what_is_allowed_and_all_of_it_that_it_would_have_said(name):
    free = questions().replace(allowed=(None,) * len(questions()))
    mask = np.zeros(len(world().catalog) - 4, dtype=bool)
    mask[::3] = True
    narrow = free.replace(allowed=(mask,) * len(free))
    wide, tight = model(name).retrieve(free, 10_000), model(name).retrieve(narrow, 10_000)
    for query in range(len(free)):
        may = {i: s for i, s in scores_of(wide, query).items() if i < len(mask) and mask[i]}
        said = scores_of(tight, query)
        assert set(said) <= set(np.flatnonzero(mask).tolist())
        assert set(may) <= set(said)
        near(may, {i: said[i] for i in may})


def test_the_item_looked_at_and_the_basket_are_not_offered_to_each_other(name):
    looks, carries = asked_about(world(), [0, 7, 23]), asked_with(world(), (1, 2), (20, 21, 22))
    assert all(item not in model(name).retrieve(looks, 50).of_query(q) for q, item in enumerate((0, 7, 23)))
    if name != "semantic":  # speaks of words and of the item looked at; a filter looks after the basket
        answer = model(name).retrieve(carries, 50)
        assert not set(answer.of_query(0)) & {1, 2}
        assert not set(answer.of_query(1)) & {20, 21, 22}


def test_scores_of_given_candidates_are_those_it_retrieves_with(name):
    part = model(name)
    if not isinstance(part, Scorer):
        pytest.skip(f"{name} only retrieves")
    free = questions().replace(allowed=(None,) * len(questions()))
    answer = part.retrieve(free, 10_000)
    np.testing.assert_allclose(part.score(free, answer), answer.score, rtol=2e-3, atol=1e-5)
    others = part.score(free, found())
    for query in range(len(free)):
        said = scores_of(answer, query)
        rows = slice(found().splits[query], found().splits[query + 1])
        mine = [said.get(int(item), np.nan) for item in found().item[rows]]
        told = ~np.isnan(mine)
        np.testing.assert_allclose(others[rows][told], np.array(mine)[told], rtol=2e-3, atol=1e-5)


def test_scores_of_a_batch_are_those_one_by_one_and_unknown_items_are_nan(name):
    part = model(name)
    if not isinstance(part, Scorer):
        pytest.skip(f"{name} only retrieves")
    together = part.score(questions(), found())
    alone = np.concatenate([part.score(q, rows_of(found(), at)) for at, q in enumerate(one_by_one(questions()))])
    np.testing.assert_allclose(together, alone, rtol=2e-3, atol=1e-5)
    strange = [np.array([10_000, -1])] * len(questions())
    assert np.isnan(part.score(questions(), Candidates.of_lists(strange, [np.ones(2)] * len(questions())))).all()


def test_reasons_sum_to_the_score_and_come_weightiest_first(name):
    part = model(name)
    if not isinstance(part, Explainer):
        pytest.skip(f"{name} does not explain")
    answer = part.retrieve(questions(), 10)
    why = part.because(questions(), answer)
    assert len(why) == len(answer.item)
    np.testing.assert_allclose([sum(r.weight for r in reasons) for reasons in why], answer.score, rtol=2e-3, atol=1e-4)
    for reasons in why:
        named = [r.weight for r in reasons if r.items or r.words]
        assert named == sorted(named, reverse=True)
        assert {r.part for r in reasons} <= {f"retrieve:{name}"}
    stranger = Candidates.of_lists([np.array([10_000])], [np.ones(1)])
    assert list(part.because(questions().take([0]), stranger)) == [()]


def test_unknown_ids_are_quiet(name):
    known, unknown = asked_by(world(), [3]), len(world().catalog) + 7
    h = known.history
    more = History(
        np.array([0, len(h.item) + 1]), np.append(h.item, unknown), np.append(h.time, h.time[-1]), np.append(h.kind, h.kind[-1]),
        np.append(h.amount, np.float32(1)),
    )  # fmt: skip
    basket = known.replace(basket_splits=np.array([0, 1]), basket_item=np.array([unknown]))
    plain = scores_of(model(name).retrieve(known, 10_000), 0)
    near(plain, scores_of(model(name).retrieve(known.replace(history=more), 10_000), 0))
    if name != "bought-together":  # which takes the basket's word over the history's, and this one says nothing
        near(plain, scores_of(model(name).retrieve(basket, 10_000), 0))
    assert model(name).retrieve(asked_about(world(), [unknown]), 5).counts.max() <= 5


def test_same_seed_same_answer(name):
    again = fit(name, world()).retrieve(questions(), 10_000)
    before = model(name).retrieve(questions(), 10_000)
    assert again.item.tolist() == before.item.tolist()
    np.testing.assert_array_equal(again.score, before.score)


def test_permuting_the_catalogue_permutes_the_answer(name):
    data, size = world(), len(world().catalog)
    old = np.random.default_rng(5).permutation(size)  # old[new number] = old number
    new = np.argsort(old)
    moved = Dataset(Catalog(data.catalog.table[old.tolist()]), renumbered(data.events, new), data.as_of, data.users)
    known = joined([asked_by(data, range(8)), questions().take(np.arange(8, 18))])
    answer = model(name).retrieve(known, 10_000)
    turned = fit(name, moved).retrieve(with_new_numbers(known, new), 10_000)
    for query in range(len(known)):
        near(scores_of(answer, query), {int(old[i]): s for i, s in scores_of(turned, query).items()})


def renumbered(events: Events, new: np.ndarray) -> Events:
    return replace(events, item=np.where(events.item >= 0, new[events.item], -1))


def with_new_numbers(queries: Queries, new: np.ndarray) -> Queries:
    history = replace(queries.history, item=new[queries.history.item])
    anchor = np.where(queries.anchor >= 0, new[queries.anchor], -1)
    return queries.replace(history=history, basket_item=new[queries.basket_item], anchor=anchor)


def test_items_added_after_the_fit_are_quiet(name):
    data = world()
    early = Dataset(Catalog(data.catalog.table[:44]), data.events.where(data.events.item < 44), data.as_of, data.users)
    part = fit(name, early)
    queries = questions().replace(allowed=(None,) * len(questions()))
    answer = part.retrieve(queries, 10_000)
    assert (answer.item < 44).all()
    assert answer.counts.max() > 0


EMPTY = shop([], [])
ONE_ITEM = shop([{"title": "the only thing", "category": "Things"}], [{"kind": 4, "user": 0, "item": 0, "time": 5.0, "session": 1}])
SILENT = Dataset(catalog([{"title": "red thing"}, {"title": "blue thing"}]), Events.empty(), 0.0, 0)


@pytest.mark.parametrize("data", [EMPTY, ONE_ITEM, SILENT], ids=["no items", "one item", "no events"])
def test_a_shop_of_next_to_nothing_is_no_error(name, data):
    part = fit(name, data)
    for query in one_by_one(questions()):
        answer = part.retrieve(query, 5)
        assert (answer.item < len(data.catalog)).all()
        assert np.isfinite(answer.score).all()


def test_an_event_said_a_hundred_times_is_no_error(name):
    data = world()
    events = data.events.where(np.repeat(np.arange(len(data.events)), np.where(data.events.user == 0, 100, 1)))
    part = fit(name, Dataset(data.catalog, events, data.as_of, data.users))
    answer = part.retrieve(questions(), 10)
    assert np.isfinite(answer.score).all()
    assert answer.counts.max() > 0
