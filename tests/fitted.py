"""Every method of METHODS fitted once on the corner shop, and the questions that its promises are tried on."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.judgements import Judgements
from ronghe.core.queries import History, Queries
from ronghe.core.roles import Learner
from ronghe.methods import METHODS, method
from worlds import asked_about, asked_by, asked_with, corner_shop, joined

SEED = 3
SETTINGS: dict[str, dict[str, Any]] = {"synonyms": {"pairs": (("apple", "plum"),)}}  # of methods that do nothing without


def names(role: str) -> list[str]:
    """The methods of a role."""
    return [name for name, (theirs, _) in METHODS.items() if theirs == role]


@cache
def world() -> Dataset:
    """The shop that all are fitted on."""
    return corner_shop()


@cache
def model(name: str) -> Any:
    """The method with its defaults, fitted where it learns anything."""
    return fit(name, world())


def fit(name: str, data: Dataset, seed: int = SEED) -> Any:
    """The method with its defaults fitted on `data`; rankers on what they are shown in judged()."""
    role, learner = METHODS[name][0], method(name)(**SETTINGS.get(name, {}))
    if role == "rank" and hasattr(learner, "fit"):
        return learner.fit(judged(data), Local(seed))
    return learner.fit(data, Local(seed)) if isinstance(learner, Learner) else learner


@cache
def questions() -> Queries:
    """One of each sort: shoppers with history, a stranger, typed words, an item looked at, a basket, facets; unknown ids."""
    data = world()
    odd = np.zeros(len(data.catalog), dtype=bool)
    odd[1::2] = True
    unknown = np.array([len(data.catalog) + 5], dtype=np.int64)
    past = Events.of(time=[90 * DAY, 91 * DAY], user=[0, 0], item=[10_000, 3], kind=[KIND["purchase"], KIND["view"]])
    lost = History.of(past, np.array([0, 2]))
    long = Events.of(time=np.linspace(1, 99, 10_000) * DAY, user=np.zeros(10_000), item=np.arange(10_000) % 48)
    return joined([
        asked_by(data, range(8)),
        asked_by(data, [2, 3, 4], text=("red apple", "gren apple", "yellow")),
        Queries.of(
            4, text=("plum from farm 3", "zzzzzzz", "fruit", ""), surface=("search",) * 4, time=np.full(4, data.as_of),
            kinds=(((0, 0.7), (1, 0.2)), (), ((1, 0.6),), ()),
        ),
        asked_about(data, [0, 7, 23]),
        asked_with(data, (1, 2), (20, 21, 22), (3,)),
        asked_with(data, (1, 2), anchor=np.array([3])),
        asked_by(data, [5, 6], allowed=(odd, np.zeros(len(odd), dtype=bool))),
        asked_by(data, [5], allowed=(odd[:20],)),
        Queries.of(1, text=("apple",), allowed=(odd,), time=np.array([data.as_of])),
        asked_about(data, [4], allowed=(odd,)),
        asked_about(data, unknown.tolist()),
        asked_with(data, unknown.tolist()),
        Queries.of(1, text=("hamigua",), surface=("search",), time=np.array([data.as_of])),
        asked_by(data, [9_999]),
        Queries.of(1, history=lost, time=np.array([data.as_of])),
        Queries.of(1, history=History.of(long, np.array([0, 10_000])), time=np.array([data.as_of])),
    ])  # fmt: skip


@cache
def found() -> Candidates:
    """Candidates for questions(): what retrievers say of them, as a funnel would gather it, and a few numbers nobody knows."""
    return gathered(questions(), world())


def gathered(queries: Queries, data: Dataset) -> Candidates:
    """Up to 12 items a query with evidence of two parts, one of which often has no say; score falls with the item number."""
    rng = np.random.default_rng(0)
    lists = [np.sort(rng.choice(len(data.catalog), int(rng.integers(1, 12)), replace=False)) for _ in range(len(queries))]
    got = Candidates.of_lists(lists, [1.0 - 0.01 * items for items in lists])
    first, second = rng.random(len(got.item)), rng.random(len(got.item))
    second[second < 0.4] = np.nan
    return got.scored(first, by="retrieve:one").scored(second, by="retrieve:two").scored(got.score)


def hydrated(queries: Queries, candidates: Candidates, needs: tuple[str, ...] | None = None) -> Candidates:
    """Candidates with these columns, or with all that any method provides."""
    columns: dict[str, Any] = {}
    for name in names("columns"):
        part = model(name)
        wanted = [column for column in part.provides if needs is None or column in needs]
        columns |= part.columns(wanted, queries, candidates) if wanted else {}
    return candidates.with_columns(columns)


def judged(data: Dataset) -> Judgements:
    """Every shopper twice with what two parts say, hydrated; wanted more the smaller the item number, with luck."""
    rng = np.random.default_rng(1)
    queries = asked_by(data, [*range(data.users)] * 8)
    candidates = hydrated(queries, gathered(queries, data))
    return Judgements(queries, candidates, (rng.random(len(candidates.item)) * 40 > candidates.item).astype(np.float32))


def one_by_one(queries: Queries) -> list[Queries]:
    """Each query as a batch of one."""
    return [queries.take([at]) for at in range(len(queries))]


def rows_of(candidates: Candidates, query: int) -> Candidates:
    """The candidates of one query, as a batch of one."""
    at = np.arange(candidates.splits[query], candidates.splits[query + 1])
    return candidates.in_order(at, np.array([0, len(at)], dtype=np.int64))


def scores_of(candidates: Candidates, query: int) -> dict[int, float]:
    """Item -> score of one query's candidates."""
    rows = slice(candidates.splits[query], candidates.splits[query + 1])
    return dict(zip(candidates.item[rows].tolist(), candidates.score[rows].tolist(), strict=True))


def same_columns(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> None:
    """Asserts equal names and, but for rounding, equal values."""
    assert set(one) == set(other)
    for name, values in one.items():
        np.testing.assert_allclose(np.asarray(values, float), np.asarray(other[name], float), rtol=1e-5, atol=1e-6, err_msg=name)
