"""Evaluation of a funnel and each of its parts on the days after a moment: full ranking over the whole catalogue."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute, Retriever
from ronghe.evaluate.exam import Exam, Marks, compare, with_alone
from ronghe.evaluate.plot_words import say
from ronghe.evaluate.report import DISCOVERY, MAIN, NEW_SHELF, RECALL_CUTS, REPEAT, Comparison, KnownItem, Period, Report, System
from ronghe.evaluate.slices import discoveries, known_items
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.funnel import Funnel
from ronghe.learn.answers import Answer, alone, answered, fused, shown
from ronghe.learn.known_item import known_item, search_questions
from ronghe.learn.questions import ask_at

DEPTH = RECALL_CUTS[-1]
ROLE = {"popular": "baseline", "fused": "fused", "final": "final"}
CONSTRUCTED = say("constructed", "en")


def evaluate_funnel(
    funnel: Funnel, popular: Retriever, data: Dataset, start: float, horizon: float, compute: Compute,
    surface: str = "home", shop: str = "", memory: int = 1000, search: Funnel | None = None,
    shelves: Mapping[str, Funnel] | None = None, limit: int | None = None,
) -> Report:  # fmt: skip
    """The report of a funnel whose parts were fitted no later than `start` (epoch seconds), on the `horizon` days after it.

    popular: the baseline · data: must reach past `start` · search: the funnel of typed queries, or None ·
    shelves: funnels of other surfaces that show new things only · limit: at most so many shoppers. NotReady when nobody
    wanted anything in that time.
    """
    queries, wanted = ask_at(data, start, horizon, surface, memory, limit, compute.seed)
    if not len(queries):
        raise NotReady(f"nobody wanted anything in the {horizon:g} days after the split; there is nothing to evaluate on")
    before = data.as_of_moment(start)
    exam = exam_of(before, queries, wanted, funnel, compute.seed)
    lists, seconds = answers(funnel, popular, queries, compute)
    for name, shelf in (shelves or {}).items():
        lists[name], seconds[name] = timed(shown(shelf, DEPTH, compute.seed), queries, compute, name)
    marks = {name: exam.marks(ranked) for name, ranked in lists.items()}
    role = {**dict.fromkeys(funnel.retrievers, "retriever"), **dict.fromkeys(shelves or {}, "shelf"), **ROLE}
    rows = [exam.system(name, role[name], ranked, marks[name], seconds[name]) for name, ranked in lists.items()]
    systems = tuple(with_alone(rows, lists, wanted))
    found = searched(search, before, compute) if search is not None else ((), 0)
    return Report(
        shop=shop, surface=surface, made=datetime.now(UTC).isoformat(timespec="seconds"),
        period=Period(float(data.events.time.min()), start, start + horizon * DAY),
        counts=counts(data, before, exam), systems=systems, comparisons=tuple(tests(systems, marks, compute.seed)),
        search=found[0], search_queries=found[1], seconds={f"answer: {n}": round(s, 2) for n, s in seconds.items()},
        notes=(CONSTRUCTED,) if found[0] else (),
    )  # fmt: skip


def exam_of(before: Dataset, queries: Queries, wanted: Wanted, funnel: Funnel, seed: int) -> Exam:
    """What answers are judged by, out of what was known before the moment."""
    items, catalog = len(before.catalog), before.catalog
    owners = np.bincount(before.interactions().indices, minlength=items).astype(np.float64)
    users = len(np.unique(before.signs.user))
    past = queries.history.matrix(items, queries.time)
    held = [v for part in funnel.retrievers.values() if (v := getattr(part, "item_vectors", None)) is not None and len(v) == items]
    return Exam(wanted, known_items(queries.history), past, catalog.category, owners, users, held[0] if held else None, seed)


def answers(
    funnel: Funnel, popular: Retriever, queries: Queries, compute: Compute
) -> tuple[dict[str, Candidates], dict[str, float]]:
    """Ranked lists and seconds of the baseline, of every retriever that has something to say, fused, and final."""
    asked: dict[str, Answer] = {"popular": alone(popular, funnel, DEPTH)}
    asked |= {name: alone(part, funnel, DEPTH) for name, part in funnel.retrievers.items() if name != "popular"}
    asked |= {"fused": fused(funnel, DEPTH), "final": shown(funnel, DEPTH, compute.seed)}
    lists: dict[str, Candidates] = {}
    seconds: dict[str, float] = {}
    for name, answer in asked.items():
        ranked, spent = timed(answer, queries, compute, name)
        if len(ranked.item) or name in ROLE:  # a text retriever says nothing to queries without words
            lists[name], seconds[name] = ranked, spent
    return lists, seconds


def timed(answer: Answer, queries: Queries, compute: Compute, name: str) -> tuple[Candidates, float]:
    """The answer to all queries, and the seconds it took."""
    begun = time.perf_counter()
    return answered(answer, queries, compute, f"evaluate: {name}"), time.perf_counter() - begun


def tests(systems: tuple[System, ...], marks: dict[str, Marks], seed: int) -> list[Comparison]:
    """Paired tests: final against the best single retriever, fused and the baseline; shelves against the best on new things."""
    single = max((s for s in systems if s.role == "retriever"), key=lambda s: s.scores[MAIN].mean, default=None)
    against = [*([single.name] if single else []), "fused", "popular"]
    found = [test for name in against for test in compare(marks, "final", name, seed, ("", REPEAT, DISCOVERY, NEW_SHELF))]
    singles = [s for s in systems if s.role in ("retriever", "baseline")]
    newest = max(singles, key=lambda s: s.slices[NEW_SHELF][MAIN].mean).name
    shelves = [s.name for s in systems if s.role == "shelf"]
    return found + [test for name in shelves for test in compare(marks, name, newest, seed, (NEW_SHELF,))]


def counts(data: Dataset, before: Dataset, exam: Exam) -> dict[str, int]:
    """Sizes that a reader needs to weigh the report."""
    new = discoveries(exam.wanted, exam.known)
    return {
        "items": len(data.catalog), "shoppers": exam.users, "events before": len(before.events),
        "events after": len(data.events) - len(before.events), "queries": len(exam.wanted),
        "wanted": len(exam.wanted.item), "wanted again": len(exam.wanted.item) - len(new.item), "wanted new": len(new.item),
        **{f"{name} shoppers": int(mask.sum()) for name, mask in exam.slices.items()},
    }  # fmt: skip


def searched(funnel: Funnel, before: Dataset, compute: Compute, limit: int = 500) -> tuple[tuple[KnownItem, ...], int]:
    """Known-item search over what sells, and how many queries were constructed."""
    sold = np.bincount(before.signs.item, minlength=len(before.catalog)) > 0
    queries, wanted = search_questions(before.catalog, sold.astype(float), before.as_of, limit, compute.seed)
    return (known_item(funnel, queries, wanted, compute), len(queries)) if len(queries) else ((), 0)
