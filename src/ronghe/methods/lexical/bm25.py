"""Full-text search: BM25 over weighted fields, with a cut-off so that nonsense finds nothing."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache, reduce
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Also, Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.slates import Reason, Reasons
from ronghe.kernels.keyed import mask_of, picked, summed, values_at
from ronghe.kernels.top import best_of
from ronghe.methods.lexical.item_words import FIELDS, field_words
from ronghe.methods.lexical.lexicon import Lexicon
from ronghe.methods.lexical.meaning import Asked, asked
from ronghe.methods.lexical.postings import Postings
from ronghe.methods.lexical.text import terms
from ronghe.methods.lexical.weighing import FieldWords, Weighing, information

Found = tuple[NDArray[np.int64], NDArray[np.float32]]
PART = "retrieve:bm25"
REMEMBERED = 64  # texts whose matches are kept at hand, so that one request finds them once
FRESH_SHARE, FRESH_LEAST = 0.1, 2_000  # changed items that are kept apart before the index is put together anew


@dataclass(frozen=True)
class BM25:
    """Learns BM25Model: which items say which words.

    k1: how soon a repeated word stops adding, 0 = at once · b: how much long fields are held back, 0 … 1 ·
    title, brand, category, attributes, description: how many times as much a word counts there, 0 = not searched ·
    least: share of what a query tells (its words' information) that an item must match; below it nothing is found ·
    near: share of the best match's own share that every other match must reach.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    k1: float = 0.8
    b: float = 0.5
    title: float = 5.0
    brand: float = 1.0
    category: float = 2.0
    attributes: float = 1.0
    description: float = 1.0
    least: float = 0.4
    near: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            high = 1.0 if name in ("b", "least", "near") else 100.0
            if not 0.0 <= value <= high:
                raise BadRecipe(f"bm25.{name} is {value}; right would be a number from 0 to {high:g}")

    def fit(self, data: Dataset, compute: Compute) -> "BM25Model":
        """The index of the catalogue as it is."""
        return self.of_words(field_words(data.catalog, np.arange(len(data.catalog)), terms), text_digest(data.catalog))

    def of_words(self, fields: FieldWords, digest: NDArray[np.uint64]) -> "BM25Model":
        """The index of items that say `fields`. digest (items,): see BM25Model."""
        lexicon = Lexicon.of(dict.fromkeys(word for lists in fields.values() for said in lists for word in said))
        weighing = Weighing.of(fields, self.k1, self.b, {name: getattr(self, name) for name in FIELDS})
        word, item, count = weighing.counts(fields, lexicon.number.__getitem__, max(len(lexicon), 1))
        info = information(np.bincount(word, minlength=len(lexicon)), len(digest))
        base = Postings.of(word, item, weighing.impact(count, info[word]), len(lexicon))
        nothing = np.zeros(0, dtype=np.int64)
        return BM25Model(self, weighing, lexicon, info.astype(np.float32), base, Postings.empty(), nothing, digest)


@dataclass(frozen=True, eq=False)
class BM25Model:
    """info (words,) in nats · base: postings when last put together · fresh: postings of `changed`, the items since changed
    (ascending), which hold instead of base's · digest (items,) of what each item says, 0 = not indexed.
    """

    learner: BM25
    weighing: Weighing
    lexicon: Lexicon
    info: NDArray[np.float32]
    base: Postings
    fresh: Postings
    changed: NDArray[np.int64]
    digest: NDArray[np.uint64]

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k best matches of each typed text; nothing where none was typed."""
        asked = zip(queries.text, queries.also, queries.light, queries.allowed, strict=True)
        found = [self._best(self._found(text, also, light), k, may) for text, also, light, may in asked]
        return Candidates.of_lists([items for items, _ in found], [scores for _, scores in found])

    def matches(
        self, text: str, limit: int, also: tuple[Also, ...] = (), light: tuple[str, ...] = ()
    ) -> NDArray[np.int64]:  # fmt: skip
        """All items that match a text, ascending; the best `limit` where there are more."""
        items, score = self._found(text, also, light)
        return items if len(items) <= limit else np.sort(items[best_of(score, limit)])

    def of_word(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Items that say a word (as `terms` gives it), ascending, and what it adds to the score of each."""
        number = self.lexicon.number.get(word)
        items, impact = self._rows(number) if number is not None else (self.base.item[:0], self.base.impact[:0])
        if not len(self.changed):
            return items, impact
        order = np.argsort(items, kind="stable")
        return items[order], impact[order]

    def tells(self, word: str) -> float:
        """What a word (as `terms` gives it) tells, in nats."""
        number = self.lexicon.number.get(word)
        return float(information(0, len(self.digest)) if number is None else self.info[number])

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Each candidate's score as `retrieve` gives it; NaN where it does not match (rows,)."""
        parts = [np.zeros(0, dtype=np.float32)]
        for query, said in enumerate(zip(queries.text, queries.also, queries.light, strict=True)):
            items, score = self._found(*said)
            parts.append(values_at(candidates.of_query(query), items, score, float("nan")))
        return np.concatenate(parts)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """The words that each item matches, typed ones and what stood for them, with their part of its score."""
        reasons: list[Reasons] = []
        for query, (text, also) in enumerate(zip(queries.text, queries.also, strict=True)):
            items = shown.of_query(query)
            reasons += self._reasons(self._asked(text, also), items) if text else [()] * len(items)
        return reasons

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "BM25Model":
        """This model with what the `changed` items say now; what words tell stays as it was learned."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        fields = field_words(catalog, other, terms)
        return self._with(fields, other, digest)._settled()

    def _with(self, fields: FieldWords, items: NDArray[np.int64], digest: NDArray[np.uint64]) -> "BM25Model":
        lexicon = self.lexicon.extended(word for lists in fields.values() for said in lists for word in said)
        new = information(1, len(self.digest)).repeat(len(lexicon) - len(self.lexicon))
        info = np.concatenate([self.info, new.astype(np.float32)])
        word, at, count = self.weighing.counts(fields, lexicon.number.__getitem__, max(len(lexicon), 1))
        more = Postings.of(word, items[at], self.weighing.impact(count, info[word]), len(lexicon))
        fresh = self.fresh.without(mask_of(items)).with_more(more)
        return replace(self, lexicon=lexicon, info=info, fresh=fresh, changed=np.union1d(self.changed, items), digest=digest)

    def _settled(self) -> "BM25Model":
        """This model with base and fresh put together, once much has changed."""
        if len(self.changed) <= max(FRESH_LEAST, FRESH_SHARE * len(self.digest)):
            return self
        base = self.base.without(mask_of(self.changed)).with_more(self.fresh)
        return replace(self, base=base, fresh=Postings.empty(), changed=np.zeros(0, dtype=np.int64))

    def _best(self, found: Found, k: int, may: NDArray[np.bool_] | None) -> Found:
        items, score = found
        best = best_of(score, k, None if may is None else picked(may, items))
        return items[best], score[best]

    @cached_property
    def _found(self) -> "Callable[[str, tuple[Also, ...], tuple[str, ...]], Found]":
        return lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, text: str, also: tuple[Also, ...], light: tuple[str, ...]) -> Found:
        """Every item that matches, ascending, and its score."""
        wish = self._asked(text, also, light)
        found = self._pieces(wish)
        items, score, places = summed([p.items for p in found], [p.impact for p in found], len(self.digest))
        if not len(items):
            return items, score.astype(np.float32)
        share = _shares(wish, found, places, len(items))
        keep = share >= max(self.learner.least * sum(wish.info), self.learner.near * share.max()) - 1e-6
        return items[keep], score[keep].astype(np.float32)

    def _asked(self, text: str, also: tuple[Also, ...], light: tuple[str, ...] = ()) -> Asked:
        return asked(text, self.lexicon, self.info, float(information(0, len(self.digest))), also, light)

    def _pieces(self, wish: Asked) -> list["Piece"]:
        """What each word adds to which items; one that was not typed is silent where an item says all that it stands for."""
        found = []
        for word, (weight, at) in wish.answers.items():
            items, impact = self._rows(word)
            found.append(Piece(items, impact * np.float32(weight), at, Reason("words", (), (wish.label(at),), 0.0, PART)))
        for other in wish.others:
            items, impact = self._rows_of_all(other.words)
            said = np.logical_and.reduce([_any_says(items, [p for p in found if at in p.at]) for at in other.at])
            reason = (
                Reason("also", (), (other.said,), 0.0, PART)
                if other.said
                else Reason("words", (), (wish.label(other.at),), 0.0, PART)
            )
            found.append(Piece(items[~said], impact[~said] * np.float32(other.weight), other.at, reason))
        return found

    def _rows_of_all(self, words: tuple[int, ...]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Items that say all these words, and what these add together."""
        rows = [self._rows(word) for word in words]
        if len(rows) == 1:
            return rows[0]
        items = reduce(np.intersect1d, [said_by for said_by, _ in rows])
        impact = np.zeros(len(items), dtype=np.float32)
        for said_by, each in rows:
            order = np.argsort(said_by, kind="stable")
            impact += values_at(items, said_by[order], each[order], 0.0)
        return items, impact

    def _rows(self, word: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        items, impact = self.base.of_word(word)
        if not len(self.changed):
            return items, impact
        stays = ~picked(self._stale, items)
        new, more = self.fresh.of_word(word)
        return np.concatenate([items[stays], new]), np.concatenate([impact[stays], more])

    @cached_property
    def _stale(self) -> NDArray[np.bool_]:
        return mask_of(self.changed)

    def _reasons(self, wish: Asked, items: NDArray[np.int64]) -> list[Reasons]:
        part: list[list[Reason]] = [[] for _ in items]
        for piece in self._pieces(wish):
            order = np.argsort(piece.items, kind="stable")
            gain = values_at(items, piece.items[order], piece.impact[order], 0.0)
            for row in np.flatnonzero(gain):
                part[row].append(replace(piece.reason, weight=float(gain[row])))
        return [tuple(sorted(reasons, key=lambda reason: -reason.weight)) for reasons in part]


@dataclass(frozen=True, eq=False)
class Piece:
    """What one word adds: impact (rows,) of items (rows,) · at: which of the typed words it answers · reason, not yet weighed."""

    items: NDArray[np.int32]
    impact: NDArray[np.float32]
    at: tuple[int, ...]
    reason: Reason


def _any_says(items: NDArray[np.int32], pieces: Sequence[Piece]) -> NDArray[np.bool_]:
    """Which of the items are among those of any piece (items,)."""
    said = np.zeros(len(items), dtype=bool)
    for piece in pieces:
        said |= np.isin(items, piece.items)
    return said


def _shares(wish: Asked, found: Sequence[Piece], places: Sequence[NDArray[np.int64]], items: int) -> NDArray[np.float64]:
    """How much of what was asked each item answers, in nats (items,); `places` of the items of each piece."""
    share = np.zeros(items)
    for at, tells in enumerate(wish.info):
        lists = [where for where, piece in zip(places, found, strict=True) if at in piece.at]
        if lists:
            share[lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))] += tells
    return share
