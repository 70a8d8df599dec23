"""Question and item read together by one small transformer (Nogueira & Cho 2019, arXiv:1901.04085), for the few best alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe, require
from ronghe.core.events import KIND, LIKING
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.searches import Searches
from ronghe.kernels.segments import order_within, place_of
from ronghe.methods import METHODS, method
from ronghe.methods.encoders.cross.lessons import lessons_of
from ronghe.methods.encoders.cross.pieces import Pieces
from ronghe.methods.encoders.cross.reading import Reading
from ronghe.methods.encoders.item_text import check_says, item_texts
from ronghe.methods.encoders.text_rows import TextRows

COLUMN = "pair:cross"
DEPTH, TOGETHER = 50, 64  # finds of a question among which rivals are · questions asked together
Scores = NDArray[np.float32]
Grades = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class CrossEncoder:
    """Learns CrossEncoderModel from questions that it makes of what items say. It gives the column pair:cross.

    checkpoint: "minilm" or a folder as transformers writes them, of the BERT kind · layers: of the checkpoint's that are kept,
    evenly, 0 = all · says: fields of an item that are read, in this order · pieces: word pieces of an item that are read · keep:
    best candidates of a question that are read, 0 = all; the others have no value · lessons: questions that it learns from,
    at most · rivals: items that do not answer, a lesson · finds: method that finds near rivals, "" = all are drawn · rate:
    how large learning steps are at first · batch: lessons a step · rounds: how often each lesson is read · clicks: learn from what
    was clicked and bought after it was typed, too; it is then taught anew at every moment at which the shop is looked at ·
    judged: file in the shop folder with the columns query, item and grade to learn from, too; no ranker may learn from it then.
    """

    checkpoint: str = "minilm"
    layers: int = 0
    says: tuple[str, ...] = ("category", "title")
    pieces: int = 24
    keep: int = 30
    lessons: int = 1000
    rivals: int = 3
    finds: str = "bm25"
    rate: float = 1e-4
    batch: int = 16
    rounds: int = 1
    clicks: bool = False
    judged: str = ""

    def __post_init__(self) -> None:
        for name, least in {"layers": 0, "pieces": 1, "keep": 0, "lessons": 0, "rivals": 1, "batch": 1, "rounds": 1}.items():
            require(getattr(self, name) >= least, name, getattr(self, name), f"{least} or more")
        require(not (self.clicks and self.judged), "judged", repr(self.judged), '"" where clicks are learnt from')
        require(self.pieces <= 256, "pieces", self.pieces, "256 or less")
        require(0 < self.rate < 1, "rate", self.rate, "above 0 and below 1")
        check_says("says", self.says)
        if self.finds and METHODS.get(self.finds, ("",))[0] != "retrieve":
            raise BadRecipe(f"finds is {self.finds!r}; right would be a method of [retrieve] that answers to words, such as 'bm25'")

    @property
    def timeless(self) -> bool:
        """Whether it learns from the catalogue alone, so that training fits it once."""
        return not self.clicks

    def fit(self, data: Dataset, compute: Compute, grades: Grades | None = None) -> "CrossEncoderModel":
        """The network, taught by the catalogue, then by clicks, if so set, or by grades: of each query, item number -> grade."""
        return self.model(self.pupil(data, compute, grades), data.catalog)

    def pupil(self, data: Dataset, compute: Compute, grades: Grades | None = None) -> Any:
        """What has learnt so far, and could learn more (cross.pupil.Pupil)."""
        from ronghe.methods.encoders.cross.pupil import Pupil, graded_lessons

        rng = np.random.default_rng(compute.seed)
        lessons = lessons_of(data.catalog, self.finder(data, compute), self.lessons, self.rivals, rng)
        start = Pupil.of(self.checkpoint, self.layers, data.catalog, self.says, self.pieces, compute.seed)
        taught = start.after(lessons, self.pace, compute)
        known = grades or (clicked(data.searches) if self.clicks else {})
        more = graded_lessons(known, len(data.catalog), self.rivals, rng)
        some = more.of(rng.permutation(len(more))[: self.lessons])
        return taught.after(some, replace(self.pace, rate=self.rate / 2), compute) if len(some) else taught

    @property
    def pace(self) -> Any:
        """How fast it learns."""
        from ronghe.methods.encoders.cross.training import Pace

        return Pace(self.rate, self.batch, self.rounds)

    def model(self, pupil: Any, catalog: Catalog) -> "CrossEncoderModel":
        """What a pupil of this catalogue knows, ready to serve."""
        rows, _ = TextRows.of(item_texts(catalog, np.arange(len(catalog)), self.says))
        reading = Reading(pupil.small(), pupil.reader)
        return CrossEncoderModel(self, reading, pupil.texts, rows.known, rows.row, text_digest(catalog))

    def finder(self, data: Dataset, compute: Compute) -> Callable[[Sequence[str]], Sequence[NDArray[np.int64]]]:
        """The items near each question, best first."""
        if not self.finds:
            return lambda texts: [np.zeros(0, dtype=np.int64)] * len(texts)
        part = method(self.finds)().fit(data, compute)

        def found(texts: Sequence[str]) -> list[NDArray[np.int64]]:
            near: list[NDArray[np.int64]] = []
            for at in range(0, len(texts), TOGETHER):
                some = tuple(texts[at : at + TOGETHER])
                got = part.retrieve(Queries.of(len(some), text=some), DEPTH)
                near += [got.of_query(query) for query in range(len(some))]
            return near

        return found


@dataclass(frozen=True, eq=False)
class CrossEncoderModel:
    """reading: the network · texts (texts,) in word pieces · known (texts,): a number for each · row (items,): text of each item,
    -1 none · digest (items,) of what each item says.
    """

    learner: CrossEncoder
    reading: Reading
    texts: Pieces
    known: NDArray[np.uint64]
    row: NDArray[np.int64]
    digest: NDArray[np.uint64]

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return (COLUMN,)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """How well each of the `keep` best candidates answers what was typed (rows,): the logarithm of the odds that it does;
        NaN where nothing was typed, the item says nothing, or better ones took the places.
        """
        score = np.full(len(candidates.item), np.nan, dtype=np.float32)
        best = order_within(candidates.score, candidates.item, candidates.splits)
        within = place_of(candidates.splits) < (self.learner.keep or len(best))
        typed = np.array([bool(text.strip()) for text in queries.text], dtype=bool)
        rows = best[within & typed[candidates.query]]
        item = candidates.item[rows]
        known = (item >= 0) & (item < len(self.row))
        at = np.where(known, self.row.take(item, mode="clip"), -1) if len(self.row) else np.full(len(item), -1)
        for query in np.unique(candidates.query[rows]):
            mine = (candidates.query[rows] == query) & (at >= 0)
            score[rows[mine]] = self._read(queries.text[int(query)].strip(), at[mine])
        return dict.fromkeys(names, score)

    def teacher(self) -> "Callable[[Sequence[str], NDArray[np.int64]], Scores]":
        """What an encoder can learn margins from: scores of questions and items, row by row; 0 where an item says nothing."""

        def score(questions: Sequence[str], item: NDArray[np.int64]) -> Scores:
            rows = [(text.strip(), row) for text, row in zip(questions, self.row[item].tolist(), strict=True)]
            found = [float(self._read(text, np.array([row]))[0]) if text and row >= 0 else 0.0 for text, row in rows]
            return np.array(found, dtype=np.float32)

        return score

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "CrossEncoderModel":
        """This model with what the `changed` items say now."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        texts = item_texts(catalog, other, self.learner.says)
        rows, fresh = TextRows(self.known, self.row).restated(other, texts, len(catalog))
        said = self.texts.joined(self.reading.reader.said(fresh, self.learner.pieces))
        return replace(self, texts=said, known=rows.known, row=rows.row, digest=digest)

    def _read(self, text: str, rows: NDArray[np.int64]) -> Scores:
        """Scores of the texts at `rows` (n,) for one question."""
        return self.reading.of(text, self.known[rows], [self.texts.text(int(row)) for row in rows])


def clicked(searches: Searches) -> dict[str, dict[int, float]]:
    """text -> item -> how much it was wanted after that was typed, 0 … 1: the most that somebody did with it."""
    found: dict[str, dict[int, float]] = {}
    for text, item, kind in zip(searches.text, searches.item.tolist(), searches.kind.tolist(), strict=True):
        wanted = float(LIKING[kind])
        if item >= 0 and text.strip() and kind != KIND["search"] and wanted > 0:
            of = found.setdefault(text.strip(), {})
            of[item] = max(of.get(item, 0.0), wanted)
    return found
