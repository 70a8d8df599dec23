"""Models of ratings in shops whose right answer is known, and with ratings that cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData, BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.ratings.biased_mf import BiasedMF
from ronghe.methods.ratings.stars import learnt
from ronghe.methods.ratings.svd import SVD
from ronghe.methods.ratings.svd_mf import SVDMF
from ronghe.methods.ratings.svd_plus_plus import SVDPlusPlus
from worlds import asked_about, asked_by, catalog, shop

HERE = Local(seed=1)
LEARNERS = {
    "svd": SVD(factors=2),
    "biased-mf": BiasedMF(factors=2, l2=0.3),
    "biased-mf by sgd": BiasedMF(factors=2, l2=0.3, solver="sgd", sweeps=60, pace=0.1),
    "svd++": SVDPlusPlus(factors=2, l2=0.3),
    "svd-mf": SVDMF(factors=2, l2=0.3),
}
FILMS = 12  # even films are funny, odd ones sad


def cinema(people: int = 40, seed: int = 0) -> Dataset:
    """Even people give funny films 5 stars and sad ones 2, odd people the other way round; everybody has rated 9 of 12."""
    rng = np.random.default_rng(seed)
    seen = [(who, int(film)) for who in range(people) for film in rng.permutation(FILMS)[:9]]
    rows = [_rating(who, film, stars_of(who, film), 1.0 + at / 100) for at, (who, film) in enumerate(seen)]
    return shop([{"title": f"film {n}"} for n in range(FILMS)], rows)


def stars_of(who: int, film: int) -> float:
    return 5.0 if who % 2 == film % 2 else 2.0


def _rating(user: int, item: int, stars: float, day: float = 5.0) -> dict[str, float]:
    return {"kind": KIND["rating"], "user": user, "item": item, "amount": stars, "time": day}


def unseen(data: Dataset, who: int) -> list[int]:
    return sorted(set(range(FILMS)) - set(data.events.item[data.events.user == who].tolist()))


def stranger(*rated: tuple[int, float]) -> Queries:
    """Somebody who came after the fit and rated these films."""
    given = Events.of(
        time=[90 * DAY] * len(rated), user=[0] * len(rated), item=[film for film, _ in rated],
        kind=[KIND["rating"]] * len(rated), amount=[stars for _, stars in rated],
    )  # fmt: skip
    return Queries.of(1, time=np.array([91 * DAY]), history=History.of(given, np.array([0, len(rated)])))


def foretold(model, queries: Queries, *films: int) -> list[float]:
    return model.predict(queries, Candidates.of_lists([np.array(films)], [np.zeros(len(films))])).tolist()


@pytest.mark.parametrize("name", LEARNERS)
def test_stars_of_films_not_seen_are_foretold(name):
    data = cinema()
    model = LEARNERS[name].fit(data, HERE)
    wrong = [
        abs(said - stars_of(who, film))
        for who in range(12)
        for film, said in zip(unseen(data, who), foretold(model, asked_by(data, [who]), *unseen(data, who)), strict=True)
    ]
    assert np.mean(wrong) < 0.6  # the mean of all, 3.5, would be wrong by 1.5


@pytest.mark.parametrize("name", LEARNERS)
def test_who_came_after_the_fit_is_understood_from_two_ratings(name):
    model = LEARNERS[name].fit(cinema(), HERE)
    funny, sad = foretold(model, stranger((0, 5.0), (1, 2.0)), 4, 5)
    assert funny > sad + 0.5
    funny, sad = foretold(model, stranger((0, 2.0), (1, 5.0)), 4, 5)
    assert sad > funny + 0.5


@pytest.mark.parametrize("name", LEARNERS)
def test_what_would_be_rated_highest_is_offered_first(name):
    data = cinema()
    model = LEARNERS[name].fit(data, HERE)
    answer = model.retrieve(asked_by(data, [1]), FILMS).of_query(0)
    assert {film % 2 for film in answer[:6].tolist()} == {1}


@pytest.mark.parametrize("name", LEARNERS)
def test_stars_stay_on_the_scale_of_the_log(name):
    model = LEARNERS[name].fit(cinema(), HERE)
    keen = stranger(*[(film, 5.0) for film in range(0, FILMS, 2)], *[(film, 0.0) for film in range(1, FILMS, 2)])
    assert all(2.0 <= said <= 5.0 for said in foretold(model, keen, *range(FILMS)))


@pytest.mark.parametrize("name", LEARNERS)
def test_a_changed_mind_counts_and_a_repeated_rating_counts_once(name):
    model = LEARNERS[name].fit(cinema(), HERE)
    said = foretold(model, stranger((0, 5.0), (1, 2.0)), *range(FILMS))
    assert foretold(model, stranger((0, 1.0), (0, 5.0), (1, 2.0), (1, 2.0)), *range(FILMS)) == said


@pytest.mark.parametrize("name", LEARNERS)
def test_nobody_known_gets_no_offer_and_the_mean_of_each_film(name):
    data = cinema()
    model = LEARNERS[name].fit(data, HERE)
    assert model.retrieve(Queries.of(1), 5).counts.tolist() == [0]
    assert model.retrieve(asked_about(data, [3]), 5).counts.tolist() == [0]
    everyone = foretold(model, Queries.of(1), 0, 1, 999)
    assert everyone[2] == pytest.approx(data.events.amount.mean(), abs=1e-5)
    assert everyone[:2] == pytest.approx([data.events.amount.mean()] * 2, abs=0.7)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_rating_that_cannot_be_is_refused_with_its_row_when_learning(name):
    data = cinema()
    for wrong in (float("nan"), 5.5, -1.0):
        amount = data.events.amount.copy()
        amount[17] = wrong
        with pytest.raises(BadData, match=rf"event 17 .* {wrong} stars"):
            LEARNERS[name].fit(Dataset(data.catalog, replace(data.events, amount=amount), data.as_of, data.users), HERE)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_rating_that_cannot_be_is_passed_over_when_serving(name):
    model = LEARNERS[name].fit(cinema(), HERE)
    plain = foretold(model, stranger((0, 5.0)), *range(FILMS))
    assert foretold(model, stranger((0, 5.0), (1, float("nan")), (3, 99.0), (77, 4.0)), *range(FILMS)) == plain


@pytest.mark.parametrize("name", LEARNERS)
def test_a_long_history_is_no_trouble(name):
    model = LEARNERS[name].fit(cinema(), HERE)
    many = stranger(*[(n % FILMS, 5.0 if n % 2 else 2.0) for n in range(10_000)])
    funny, sad = foretold(model, many, 0, 1)
    assert sad > funny


@pytest.mark.parametrize("name", LEARNERS)
def test_one_film_or_no_rating_at_all_is_enough_not_to_fail(name):
    one = LEARNERS[name].fit(shop([{"title": "the film"}], [_rating(0, 0, 3.0), _rating(1, 0, 4.0)]), HERE)
    assert 3.0 <= foretold(one, stranger((0, 4.0)), 0)[0] <= 4.0
    none = LEARNERS[name].fit(shop([{"title": "the film"}], []), HERE)
    assert none.retrieve(stranger((0, 4.0)), 5).counts.tolist() == [0]


def test_zero_stars_are_a_rating():
    data = shop([{}, {}], [_rating(0, 0, 0.0), _rating(0, 1, 5.0), _rating(1, 0, 0.0), _rating(1, 1, 5.0)])
    assert learnt(data, 1).stars.toarray().tolist() == [[0.0, 5.0], [0.0, 5.0]]
    assert learnt(data, 1).stars.nnz == 4


def test_what_was_only_bought_speaks_in_svd_plus_plus_and_not_in_biased_mf():
    data = cinema()
    bought = Events.of(time=[90 * DAY] * 3, user=[0] * 3, item=[0, 2, 4])
    query = Queries.of(1, time=np.array([91 * DAY]), history=History.of(bought, np.array([0, 3])))
    assert LEARNERS["svd++"].fit(data, HERE).retrieve(query, 3).counts.tolist() == [3]
    assert LEARNERS["biased-mf"].fit(data, HERE).retrieve(query, 3).counts.tolist() == [0]


def test_the_solvers_of_biased_mf_come_to_nearly_the_same_stars():
    data = cinema()
    exact, walked = (LEARNERS[name].fit(data, HERE) for name in ("biased-mf", "biased-mf by sgd"))
    queries = asked_by(data, range(10))
    films = Candidates.of_lists([np.arange(FILMS)] * 10, [np.zeros(FILMS)] * 10)
    assert np.abs(exact.predict(queries, films) - walked.predict(queries, films)).mean() < 0.25


@pytest.mark.parametrize("learner", [SVD, BiasedMF, SVDPlusPlus, SVDMF])
def test_not_a_number_is_refused(learner):
    with pytest.raises(BadRecipe, match="l2"):
        learner(l2=float("nan"))


def test_an_unknown_solver_is_refused():
    with pytest.raises(BadRecipe, match="solver"):
        BiasedMF(solver="guess")  # type: ignore[arg-type]


def test_catalogues_may_grow_after_the_fit():
    data = cinema()
    model = SVD(factors=2).fit(data, HERE)
    more = asked_by(data, [0]).replace(allowed=(np.ones(FILMS + 5, dtype=bool),))
    assert (model.retrieve(more, 50).item < FILMS).all()
    assert len(catalog([{}] * (FILMS + 5))) == FILMS + 5


@pytest.mark.parametrize("name", LEARNERS)
def test_reasons_name_what_was_liked_and_sum_to_the_stars_foretold(name):
    data = cinema()
    model = LEARNERS[name].fit(data, HERE)
    queries = asked_by(data, [0, 1])
    shown = Candidates.of_lists([np.array(unseen(data, who)) for who in (0, 1)], [np.ones(3)] * 2)
    why = model.because(queries, shown)
    np.testing.assert_allclose([sum(r.weight for r in reasons) for reasons in why], model._stars(queries, shown), atol=1e-6)
    for who, film, reasons in zip(shown.query.tolist(), shown.item.tolist(), why, strict=True):
        liked = {item for reason in reasons for item in reason.items}
        assert all(stars_of(who, item) == 5.0 for item in liked)
        assert {item % 2 for item in liked} <= {film % 2} or stars_of(who, film) == 2.0
        assert {r.code for r in reasons} <= {"liked", "history", "start"}
        assert reasons[-1].code == "start"


def test_what_was_only_looked_at_has_its_share_too():
    data = cinema()
    model = LEARNERS["svd++"].fit(data, HERE)
    history = stranger((0, 5.0), (3, 1.0)).history
    looks = replace(history, kind=np.array([KIND["rating"], KIND["favourite"]], dtype=history.kind.dtype))
    asked = stranger((0, 5.0), (3, 1.0)).replace(history=looks)
    shown = Candidates.of_lists([np.array([2, 4])], [np.ones(2)])
    told = [sum(r.weight for r in reasons) for reasons in model.because(asked, shown)]
    np.testing.assert_allclose(told, model._stars(asked, shown), atol=1e-6)
