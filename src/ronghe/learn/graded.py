"""Judgements by hand: a file of query, item and grade, and what the funnel finds for these queries, graded."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.errors import BadData, BadRecipe, NotFound, RongheError
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.recipe import Recipe
from ronghe.funnel.funnel import Funnel

HEAD = ("query", "item", "grade")
NAMED = 5  # bad lines that an error names


@dataclass(frozen=True)
class Grades:
    """query as typed -> item number -> grade, 0 = looked at and not wanted, more = wanted more."""

    of: Mapping[str, Mapping[int, float]]

    def __len__(self) -> int:
        return len(self.of)


def grades_of(recipe: Recipe, folder: Path, catalog: Catalog) -> dict[str, Grades]:
    """The grades that each ranker, and by "columns.NAME" each part of [columns], with a `judged` file learns from; one whose file
    is not in the shop folder is left out. BadRecipe where both learn from one file.
    """
    files = {name: getattr(part.learner, "judged", "") for name, part in recipe.parts["rank"].items()}
    columns = {f"columns.{name}": getattr(part.learner, "judged", "") for name, part in recipe.parts["columns"].items()}
    for name, file in columns.items():
        if file and file in files.values():
            raise BadRecipe(
                f"{name} and a ranker both learn from {file!r}, so the ranker would trust the column more than it deserves; "
                "right would be one of them, or two files"
            )
    files |= columns
    return {name: read_grades(folder / f, catalog.vocabulary) for name, f in files.items() if f and (folder / f).is_file()}


def read_grades(path: Path, items: Vocabulary) -> Grades:
    """The grades in a CSV file with the columns query, item and grade. Items that the shop does not have (any more) do not count.

    NotFound when there is no file; BadData names the lines that are wrong, and why.
    """
    if not path.is_file():
        raise NotFound(f"{path} is not there; right would be a CSV file with the columns {', '.join(HEAD)}")
    grades: dict[str, dict[int, float]] = {}
    wrong: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if set(HEAD) - set(rows.fieldnames or ()):
            raise BadData(f"{path} begins with {rows.fieldnames}; right would be the columns {', '.join(HEAD)}")
        for row in rows:
            query, item, grade = ((row[name] or "").strip() for name in HEAD)
            reason = reason_against(query, item, grade) or _other(grades, query, items.number(item), grade)
            if reason:
                wrong.append(f"line {rows.line_num}: {reason}")
            elif (number := items.number(item)) >= 0:
                grades.setdefault(query, {})[number] = float(grade)
    if wrong:
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise BadData(f"{path}: {'; '.join(wrong[:NAMED])}{more}")
    return Grades(grades)


def reason_against(query: str, item: str, grade: str) -> str:
    """Why a row cannot be read; "" when it can."""
    if not query or not item:
        return f"the {'query' if not query else 'item'} is empty"
    try:
        value = float(grade)
    except ValueError:
        return f"grade {grade!r} is no number"
    return "" if math.isfinite(value) and value >= 0 else f"grade {grade} is not 0 or more"


def _other(grades: Mapping[str, Mapping[int, float]], query: str, item: int, grade: str) -> str:
    known = grades.get(query, {}).get(item)
    return "" if known is None or known == float(grade) else f"{query!r} has another grade of this item, {known:g}, above"


def judged_by(funnel: Funnel, grades: Grades, time: float, surface: str, keep: int = 0) -> Judgements:
    """What the funnel finds for the graded queries at `time` (epoch seconds), the `keep` best fused of each, 0 = all.

    What nobody graded has gain 0 and was not seen.
    """
    size = len(grades)
    queries = Queries.of(size, text=tuple(grades.of), surface=(surface,) * size, time=np.full(size, time))
    found, trace = funnel.retrieve(queries, None, keep)
    if trace.errors:
        raise RongheError(f"parts failed while graded queries were answered: {trace.errors}")
    grade = grade_of(found, grades)
    gain = np.nan_to_num(grade, nan=0.0).astype(np.float32)
    return Judgements(trace.queries, found, gain, ~np.isnan(grade))


def grade_of(found: Candidates, grades: Grades) -> NDArray[np.float64]:
    """The grade of each candidate; NaN where nobody gave one (rows,)."""

    def each() -> Iterator[float]:
        for at, of in enumerate(grades.of.values()):
            yield from (of.get(item, math.nan) for item in found.of_query(at).tolist())

    return np.fromiter(each(), dtype=np.float64, count=len(found.item))
