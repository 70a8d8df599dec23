"""Fine-tunes a text encoder on a shop: what was typed there and what it led to, a teacher of words, a folder with the result."""

import json
import os
import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe, NotFound
from ronghe.core.events import KIND
from ronghe.core.ports import Store, shopper_of
from ronghe.core.queries import Queries
from ronghe.core.roles import Adaptive, Compute, Scorer
from ronghe.engine.shop import opened_store, versions_of
from ronghe.evaluate.course_plot import course_plot
from ronghe.learn.graded import read_grades
from ronghe.methods.encoders.tuning.lesson import Teacher

ENCODERS, STATE, REPORT, PLOT, CHECKPOINT = "encoders", "unfinished", "report.json", "curves.svg", "checkpoint"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LEADS = ("click", "cart", "purchase", "favourite")
SOON = 1800.0  # seconds after a search in which what is clicked or bought answers it
PAGE = 50_000
AT_ONCE = 256  # texts that a teacher scores together


@dataclass(frozen=True)
class Made:
    """Where an encoder lies now, and the report that lies beside it."""

    folder: Path
    report: Mapping[str, Any]


def fine_tune(shop: Path, name: str, settings: Mapping[str, Any], compute: Compute, teacher: str = "", judged: str = "") -> Made:
    """Tunes an encoder on the shop in `shop` and writes it to encoders/NAME there; one that was stopped goes on.

    settings: those of a Course · teacher: whose margins it learns, as teacher_named has it; "" = nobody's · judged: file in the
    shop folder with the columns query, item and grade; what is wanted there answers what was typed. BadRecipe or NotReady where
    that cannot be.
    """
    from ronghe.methods.encoders.tuning.tuned import tune

    if not NAME.fullmatch(name):
        raise BadRecipe(f"encoder name {name!r}; right would be small letters, digits, dots and dashes")
    course = course_of(settings)
    with opened_store(shop) as store:
        data = dataset_of(store)
        typed = typed_in(store, data) if "query" in course.kinds else {}
    if judged:
        for query, grades in read_grades(shop / judged, data.catalog.vocabulary).of.items():
            typed.setdefault(query, []).extend(item for item, grade in grades.items() if grade > 0)
    state = shop / ENCODERS / f".{name}-{STATE}"
    taught = teacher_named(shop, teacher, data, compute) if teacher else None
    made = tune(data, course, compute, typed, taught, state)
    report = written(made.checkpoint, made.report, shop / ENCODERS / name, probes(typed, data))
    shutil.rmtree(state, ignore_errors=True)
    return Made(shop / ENCODERS / name, report)


def course_of(settings: Mapping[str, Any]) -> Any:
    """The course of these settings. BadRecipe names one that is unknown, of the wrong type or out of range."""
    from ronghe.methods.encoders.tuning.course import Course

    known = [field.name for field in fields(Course)]
    for name in set(settings) - set(known):
        raise BadRecipe(f"unknown setting {name!r} of fine-tune; right would be one of {', '.join(known)}")
    try:
        return TypeAdapter(Course).validate_json(json.dumps(dict(settings)), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadRecipe(f"{first['loc'][0] if first['loc'] else 'settings'}: {first['msg'].lower()}") from error


def settings_of(said: Sequence[str]) -> dict[str, Any]:
    """Settings out of "name=value", values as TOML says them; BadRecipe where one cannot be read."""
    found: dict[str, Any] = {}
    for one in said:
        try:
            found |= tomllib.loads(one)
        except tomllib.TOMLDecodeError:
            name, _, value = one.partition("=")
            if not NAME.fullmatch(name) or not value:
                raise BadRecipe(f"setting {one!r}; right would be name=value, such as near=4 or widths=[64,128]") from None
            found[name] = value
    return found


def dataset_of(store: Store) -> Dataset:
    """All that a store holds."""
    events, catalog, users = store.events(), store.catalog(), len(store.shoppers())
    return Dataset(catalog, events, float(np.nextafter(events.time.max(initial=0.0), np.inf)), users)


def typed_in(store: Store, data: Dataset) -> dict[str, list[int]]:
    """What was typed, and the items that were clicked or bought out of the answer or within half an hour, each once."""
    found: dict[str, dict[int, None]] = defaultdict(dict)
    named = store.searches()
    leads = np.isin(named.kind, [KIND[kind] for kind in LEADS]) & (named.item >= 0)
    for at in np.flatnonzero(leads).tolist():
        found[" ".join(named.text[at].split())][int(named.item[at])] = None
    if not (data.events.kind == KIND["search"]).any():
        return {query: list(items) for query, items in found.items() if query}
    asked: dict[str, tuple[str, float]] = {}
    for row in _rows(store):
        who = shopper_of(row["user"], row["session"]) or ""
        if row["kind"] == "search" and row["query"]:
            asked[who] = (" ".join(row["query"].split()), row["time"])
        elif row["kind"] in LEADS and row["item"]:
            query, when = asked.get(who, ("", 0.0))
            number = data.catalog.vocabulary.number(row["item"])
            if query and who and number >= 0 and 0 <= row["time"] - when <= SOON:
                found[query][number] = None
    return {query: list(items) for query, items in found.items() if query}


def _rows(store: Store) -> Iterator[dict[str, Any]]:
    """Searches and what they may have led to, as they came."""
    after = 0
    while len(page := store.event_rows(after, PAGE)):
        after = int(page["seq"][-1])
        yield from page.filter(pl.col("kind").is_in(["search", *LEADS])).iter_rows(named=True)


def teacher_named(shop: Path, name: str, data: Dataset, compute: Compute) -> Teacher:
    """ "bm25" on the shop's items, or the part of that name in the version that serves. NotFound unless it scores what is typed."""
    if name == "bm25":
        return teacher_of(words_scorer(data, compute))
    versions = versions_of(shop)
    parts = versions.load(current)[0] if (current := versions.current()) else {}
    model: Any = next((named[name] for named in parts.values() if name in named), None)
    if not hasattr(model, "teacher") and not hasattr(model, "score"):
        raise NotFound(f"no teacher {name!r}; right would be bm25, or a part that was trained and scores what is typed")
    if isinstance(model, Adaptive):
        model = model.with_catalog(data.catalog, np.arange(len(data.catalog)))
    taught: Teacher = model.teacher() if hasattr(model, "teacher") else teacher_of(model)
    return taught


def words_scorer(data: Dataset, compute: Compute) -> Scorer:
    """bm25 on the shop's items."""
    from ronghe.methods import method

    scorer: Scorer = method("bm25")().fit(data, compute)
    return scorer


def teacher_of(scorer: Scorer) -> Teacher:
    """A teacher of margins: what a scorer says of texts and items, row by row; where it has nothing to say, 0."""

    def taught(texts: Sequence[str], item: NDArray[np.int64]) -> NDArray[np.float32]:
        found = []
        for start in range(0, len(texts), AT_ONCE):
            some, items = tuple(texts[start : start + AT_ONCE]), item[start : start + AT_ONCE]
            rows = Candidates.of(np.arange(len(some) + 1), items, np.zeros(len(some), dtype=np.float32))
            found.append(np.nan_to_num(scorer.score(Queries.of(len(some), text=some), rows)))
        return np.concatenate([np.zeros(0, dtype=np.float32), *found])

    return taught


def probes(typed: Mapping[str, Sequence[int]], data: Dataset, most: int = 48) -> list[str]:
    """Texts on which the exported graphs must agree with torch: some that were typed, some titles."""
    titles = [title for title in data.catalog.title if title.strip()]
    return [*list(typed)[: most // 2], *titles[:: max(len(titles) // (most // 2), 1)][: most // 2]]


def written(checkpoint: Any, report: Mapping[str, Any], folder: Path, texts: Sequence[str], width: int = 0) -> dict[str, Any]:
    """Writes an encoder into `folder`, whole or not at all: graphs, tokenizer, checkpoint, report, curves. The whole report."""
    from ronghe.methods.encoders.tuning.export import exported

    draft, old = (folder.with_name(f".{folder.name}-{what}-{os.getpid()}") for what in ("new", "old"))
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        parity = exported(checkpoint, draft, texts or ["a"], width)
        checkpoint.save(draft / CHECKPOINT)
        whole = {**report, "parity": asdict(parity), "width": width or checkpoint.dim}
        (draft / REPORT).write_text(json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        (draft / PLOT).write_text(course_plot(report["curve"]), encoding="utf-8")
        if folder.exists():
            os.replace(folder, old)
        os.replace(draft, folder)
    finally:
        for gone in (draft, old):
            shutil.rmtree(gone, ignore_errors=True)
    return whole
