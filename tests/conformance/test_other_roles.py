"""What every filter, column, ranker, policy and rewriter promises, over METHODS."""

from collections import Counter

import numpy as np
import pytest

from fitted import (
    fit,
    found,
    gathered,
    hydrated,
    judged,
    model,
    names,
    one_by_one,
    questions,
    rows_of,
    same_columns,
    world,
)  # fmt: skip
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.roles import Columns, Filter, Policy, Ranker, Rewriter

FILTERS, COLUMNS, RANKERS, POLICIES, REWRITERS = map(names, ("filter", "columns", "rank", "choose", "understand"))
STRANGE = np.array([10_000, 3])  # an item added long after the fit, and a known one


def strange_candidates() -> Candidates:
    return Candidates.of_lists([STRANGE] * len(questions()), [np.ones(2)] * len(questions()))


def turned(candidates: Candidates) -> tuple[Candidates, np.ndarray]:
    """The same candidates, each query's in the opposite order, and where each row went."""
    order = np.lexsort((-np.arange(len(candidates.item)), candidates.query))
    return candidates.in_order(order, candidates.splits), order


class TestFilters:
    pytestmark = pytest.mark.parametrize("name", FILTERS)

    def keep(self, name: str, queries: Queries, candidates: Candidates) -> np.ndarray:
        return model(name).keep(queries, hydrated(queries, candidates, model(name).needs))

    def test_it_is_a_filter_and_a_column_gives_what_it_needs(self, name):
        assert isinstance(model(name), Filter)
        provided = {column for part in names("columns") for column in model(part).provides}
        assert set(model(name).needs) <= provided

    def test_one_answer_a_row_some_of_each(self, name):
        kept = self.keep(name, questions(), everything())
        assert kept.dtype == bool
        assert kept.shape == (len(everything().item),)
        assert 0 < kept.sum() < len(kept)

    def test_a_batch_answers_as_one_by_one(self, name):
        alone = [self.keep(name, query, rows_of(found(), at)) for at, query in enumerate(one_by_one(questions()))]
        assert self.keep(name, questions(), found()).tolist() == np.concatenate(alone).tolist()

    def test_the_order_of_rows_does_not_matter(self, name):
        back, order = turned(found())
        assert self.keep(name, questions(), back).tolist() == self.keep(name, questions(), found())[order].tolist()

    def test_nothing_in_nothing_out_and_unknown_items_are_no_error(self, name):
        assert self.keep(name, questions(), Candidates.none(len(questions()))).shape == (0,)
        assert self.keep(name, questions(), strange_candidates()).shape == (2 * len(questions()),)


def everything() -> Candidates:
    """Every item for every query."""
    items = np.arange(len(world().catalog))
    return Candidates.of_lists([items] * len(questions()), [np.ones(len(items))] * len(questions()))


class TestColumns:
    pytestmark = pytest.mark.parametrize("name", COLUMNS)

    def look(self, name: str, queries: Queries, candidates: Candidates) -> dict[str, np.ndarray]:
        return dict(model(name).columns(model(name).provides, queries, candidates))

    def test_it_provides_columns_with_names_of_their_kind(self, name):
        assert isinstance(model(name), Columns)
        assert model(name).provides
        assert all(column.startswith(("item:", "user:", "pair:", "query:")) for column in model(name).provides)

    def test_no_two_parts_provide_the_same_column(self, name):
        others = {column for part in COLUMNS if part != name for column in model(part).provides}
        assert not others & set(model(name).provides)

    def test_exactly_what_was_asked_one_value_a_row(self, name):
        looked = self.look(name, questions(), found())
        assert set(looked) == set(model(name).provides)
        assert all(values.shape == (len(found().item),) for values in looked.values())
        assert not any(np.isinf(np.asarray(values, float)).any() for values in looked.values())
        first = model(name).provides[0]
        same_columns({first: looked[first]}, dict(model(name).columns([first], questions(), found())))

    def test_each_column_says_something(self, name):
        for column, values in self.look(name, questions(), everything()).items():
            assert len(np.unique(values[~np.isnan(np.asarray(values, float))])) > 1, column

    def test_a_batch_answers_as_one_by_one(self, name):
        together = self.look(name, questions(), found())
        alone = [self.look(name, query, rows_of(found(), at)) for at, query in enumerate(one_by_one(questions()))]
        same_columns(together, {column: np.concatenate([a[column] for a in alone]) for column in together})

    def test_the_order_of_rows_does_not_matter(self, name):
        back, order = turned(found())
        there = self.look(name, questions(), found())
        same_columns(self.look(name, questions(), back), {column: values[order] for column, values in there.items()})

    def test_nothing_in_nothing_out_and_unknown_items_are_no_error(self, name):
        assert all(len(v) == 0 for v in self.look(name, questions(), Candidates.none(len(questions()))).values())
        known = Candidates.of_lists([STRANGE[1:]] * len(questions()), [np.ones(1)] * len(questions()))
        beside = self.look(name, questions(), strange_candidates())
        same_columns({c: v[1::2] for c, v in beside.items()}, self.look(name, questions(), known))

    def test_same_seed_same_answer(self, name):
        again = dict(fit(name, world()).columns(model(name).provides, questions(), found()))
        same_columns(self.look(name, questions(), found()), again)


class TestRankers:
    pytestmark = pytest.mark.parametrize("name", RANKERS)

    def score(self, name: str, queries: Queries, candidates: Candidates) -> np.ndarray:
        return model(name).score(queries, hydrated(queries, candidates))

    def test_it_is_a_ranker_and_columns_give_what_it_needs(self, name):
        assert isinstance(model(name), Ranker)
        provided = {column for part in names("columns") for column in model(part).provides}
        assert set(model(name).needs) <= provided

    def test_one_finite_score_a_row(self, name):
        score = self.score(name, questions(), found())
        assert score.dtype == np.float32
        assert score.shape == (len(found().item),)
        assert np.isfinite(score).all()

    def test_it_learnt_that_small_numbers_are_wanted(self, name):
        seen = judged(world())
        score = model(name).score(seen.queries, seen.candidates)
        assert score[seen.gain > 0].mean() > score[seen.gain == 0].mean()

    def test_a_batch_answers_as_one_by_one(self, name):
        alone = [self.score(name, query, rows_of(found(), at)) for at, query in enumerate(one_by_one(questions()))]
        np.testing.assert_allclose(self.score(name, questions(), found()), np.concatenate(alone), rtol=1e-4, atol=1e-5)

    def test_the_order_of_rows_does_not_matter(self, name):
        back, order = turned(found())
        there = self.score(name, questions(), found())[order]
        np.testing.assert_allclose(self.score(name, questions(), back), there, rtol=1e-4, atol=1e-5)

    def test_nothing_in_nothing_out_and_missing_columns_are_no_error(self, name):
        assert self.score(name, questions(), Candidates.none(len(questions()))).shape == (0,)
        assert np.isfinite(model(name).score(questions(), strange_candidates())).all()

    def test_same_seed_same_answer(self, name):
        again = fit(name, world()).score(questions(), hydrated(questions(), found()))
        np.testing.assert_array_equal(again, self.score(name, questions(), found()))


class TestPolicies:
    pytestmark = pytest.mark.parametrize("name", POLICIES)

    def choose(self, name: str, queries: Queries, candidates: Candidates, k: int, seed: int = 0):
        ready = hydrated(queries, candidates, model(name).needs)
        return model(name).choose(queries, ready, k, np.random.default_rng(seed))

    def test_it_is_a_policy_and_columns_give_what_it_needs(self, name):
        assert isinstance(model(name), Policy)
        provided = {column for part in names("columns") for column in model(part).provides}
        assert set(model(name).needs) <= provided

    def test_at_most_k_of_the_candidates_none_twice_with_odds(self, name):
        for k in (0, 1, 4, 100):
            slates = self.choose(name, questions(), found(), k)
            assert len(slates) == len(questions())
            assert slates.shown.counts.max() <= k
            assert slates.propensity.shape == (len(slates.shown.item),)
            assert ((slates.propensity > 0) & (slates.propensity <= 1)).all()
            for query in range(len(slates)):
                shown = slates.shown.of_query(query).tolist()
                assert len(set(shown)) == len(shown)
                assert set(shown) <= set(found().of_query(query).tolist())

    def test_who_asks_for_much_gets_what_there_is(self, name):
        slates = self.choose(name, questions(), found(), 100)
        assert (slates.shown.counts[found().counts > 0] > 0).all()

    def test_a_score_that_is_not_a_number_never_wins(self, name):
        score = found().score.copy()
        score[found().splits[:-1][found().counts > 0]] = np.nan  # the first row of each query
        slates = self.choose(name, questions(), found().scored(score), 1)
        for query in np.flatnonzero(found().counts > 1):
            assert slates.shown.of_query(query)[0] != found().of_query(query)[0]

    def test_same_seed_same_answer(self, name):
        one, other = (self.choose(name, questions(), found(), 5, seed=4) for _ in range(2))
        assert one.shown.item.tolist() == other.shown.item.tolist()
        np.testing.assert_array_equal(one.propensity, other.propensity)

    def test_what_it_says_of_its_odds_is_what_happens(self, name):
        queries = questions().take([0, 1])
        candidates, draws = gathered(queries, world()), 400
        seen: Counter[tuple[int, int, int]] = Counter()
        stated: dict[tuple[int, int, int], float] = {}
        for seed in range(draws):
            slates = self.choose(name, queries, candidates, 3, seed)
            at = list(zip(slates.shown.query.tolist(), slates.shown.place.tolist(), slates.shown.item.tolist(), strict=True))
            seen.update(at)
            stated |= dict(zip(at, slates.propensity.tolist(), strict=True))
        for where, odds in stated.items():
            assert abs(seen[where] / draws - odds) <= 4.5 * (odds * (1 - odds) / draws) ** 0.5 + 1e-6, where

    def test_nothing_in_nothing_out(self, name):
        assert len(self.choose(name, questions(), Candidates.none(len(questions())), 5).shown.item) == 0


class TestRewriters:
    pytestmark = pytest.mark.parametrize("name", REWRITERS)

    def test_it_is_a_rewriter_that_changes_something_but_only_the_question(self, name):
        assert isinstance(model(name), Rewriter)
        meant = model(name).rewrite(questions())
        assert len(meant) == len(questions())
        assert any(getattr(meant, told) != getattr(questions(), told) for told in ("text", "understood", "also", "kinds"))
        assert meant.user.tolist() == questions().user.tolist()
        assert meant.history is questions().history

    def test_a_batch_answers_as_one_by_one(self, name):
        together = model(name).rewrite(questions()).text
        assert together == tuple(model(name).rewrite(query).text[0] for query in one_by_one(questions()))

    def test_it_allows_nothing_that_was_not_allowed(self, name):
        for before, after in zip(questions().allowed, model(name).rewrite(questions()).allowed, strict=True):
            assert before is None or (after is not None and set(np.flatnonzero(after)) <= set(np.flatnonzero(before)))

    def test_what_was_meant_means_itself_and_nothing_stays_nothing(self, name):
        meant = model(name).rewrite(questions())
        assert model(name).rewrite(meant).text == meant.text
        silent = questions().replace(text=("",) * len(questions()))
        assert model(name).rewrite(silent).text == silent.text

    def test_same_seed_same_answer(self, name):
        assert fit(name, world()).rewrite(questions()).text == model(name).rewrite(questions()).text
