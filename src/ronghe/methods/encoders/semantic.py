"""Search and likeness by meaning: cosine of sentence vectors."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe, require
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.slates import Reason, Reasons
from ronghe.kernels.keyed import picked
from ronghe.methods.encoders.cost.choice import Choice, choice_for, path_of, variants_in
from ronghe.methods.encoders.folder import FolderEncoder, stamp_of, tokenizer_of
from ronghe.methods.encoders.item_text import FIELDS, item_texts
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.named import ENCODERS, TextEncoder, check_encoder, encoder_of
from ronghe.methods.encoders.nearest import TextVectors, cosines, nearest_texts
from ronghe.methods.encoders.onnx_text import OnnxText, Reader, session_of
from ronghe.methods.encoders.vector_index import KINDS, VectorIndex

PART = "retrieve:semantic"
REMEMBERED = 4_096  # typed texts whose vectors are kept at hand
MANY, HUGE = 5_000, 200_000  # distinct texts above which "auto" is "hnsw", and "ivf"


@dataclass(frozen=True)
class Semantic:
    """Learns SemanticModel: a vector of what each item says. Items that say the same share one.

    encoder: "minilm" (English), "e5" (Chinese and a hundred other languages; needs the extra zh), or a folder with model.onnx
    and tokenizer.json, such as "encoders/NAME" in the shop folder, which `ronghe fine-tune` writes · index: "exact", "int8",
    "binary", "hnsw", "ivf", "lsh", "annoy", or "auto": exact up to 5,000 distinct texts, hnsw up to 200,000, ivf above · says:
    fields of an item that make its text, in this order · cutoff: cosine below which a typed text finds nothing, 0 = the
    encoder's own · alike: cosine below which an item is not similar to another · int8: read what is typed through a copy of the
    network in int8: half the time, and vectors a cosine of .99 away (e5 has no such copy) · budget_ms: milliseconds of
    processor that a typed text may take, as measured on this machine at training: the best variant of the encoder's folder that
    fits is used, 0 = the encoder as it is · width: how many numbers of a vector count, the first ones, 0 = all; for encoders
    that learnt nested widths.
    """

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    encoder: str = "minilm"
    index: str = "auto"
    says: tuple[str, ...] = ("title", "category")
    cutoff: float = 0.0
    alike: float = 0.4
    int8: bool = True
    budget_ms: float = 0.0
    width: int = 0

    def __post_init__(self) -> None:
        check_encoder(self.encoder)
        if self.index != "auto" and self.index not in KINDS:
            raise BadRecipe(f"semantic.index is {self.index!r}; right would be one of auto, {', '.join(KINDS)}")
        if not self.says or set(self.says) - set(FIELDS):
            raise BadRecipe(f"semantic.says is {list(self.says)}; right would be some of {', '.join(FIELDS)}")
        require(0 <= self.budget_ms < np.inf, "semantic.budget_ms", self.budget_ms, "0 or more milliseconds")
        require(self.width >= 0, "semantic.width", self.width, "0 or more")
        for name in ("cutoff", "alike"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadRecipe(f"semantic.{name} is {getattr(self, name)}; right would be a cosine from 0 to 1")

    def within(self, folder: Path) -> "Semantic":
        """The same in a shop folder: an encoder that lies there is found whoever asks, from wherever."""
        there = folder / self.encoder
        return replace(self, encoder=str(there.resolve())) if self.encoder not in ENCODERS and there.is_dir() else self

    @property
    def stamp(self) -> str:
        """Changes when the files of an encoder in a folder do; "" for others."""
        if self.encoder in ENCODERS:
            return ""
        names = variants_in(Path(self.encoder)) if self.budget_ms else ("",)
        return " ".join(stamp_of(path_of(self.encoder, name)) for name in names)

    def fit(self, data: Dataset, compute: Compute) -> "SemanticModel":
        """Vectors of the catalogue as it is, and their index."""
        texts = item_texts(data.catalog, np.arange(len(data.catalog)), self.says)
        distinct = list(dict.fromkeys(text for text in texts if text))
        choice = choice_for(self.encoder, distinct, self.budget_ms, self.int8) if self.budget_ms else None
        learner = self if choice is None else replace(self, encoder=path_of(self.encoder, choice.name))
        encoder = encoder_of(learner.encoder)
        vectors = self.cut(encoder.encode(distinct, threads=compute.threads, track=compute.track)).astype(np.float16)
        place = {text: at for at, text in enumerate(distinct)}
        row = np.array([place.get(text, -1) for text in texts], dtype=np.int64)
        kind = self.index if self.index != "auto" else auto(len(distinct))
        index = VectorIndex.of(kind, vectors.astype(np.float32))
        small = encoder.small() if self.int8 else b""
        model = SemanticModel(learner, vectors, digests(distinct), row, index, text_digest(data.catalog), small, choice)
        if not isinstance(encoder, FolderEncoder):
            return model  # else: the folder may be gone, or hold another network, when it serves
        return replace(model, small=small or encoder.network(), tokens=encoder.tokens, cutoff=encoder.cutoff)

    def cut(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The first `width` numbers of vectors, of unit length."""
        if not 0 < self.width < vectors.shape[1]:
            return vectors
        first = vectors[:, : self.width]
        return np.asarray(first / np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class SemanticModel:
    """vectors (texts, dim) of unit length · known (texts,): a number for each text · row (items,): text of each item, -1 none ·
    index of the first index.size texts; later ones are multiplied exactly · digest (items,) of what each item says ·
    small: the network in int8 that reads what is typed; empty = the encoder reads it · choice: of the encoder, where there was a
    budget; `learner` names the chosen one · tokens: its tokenizer, where the encoder lay in a folder, and cutoff: the cosine below
    which a typed text finds nothing then; the folder is not asked any more.
    """

    learner: Semantic
    vectors: NDArray[np.float16]
    known: NDArray[np.uint64]
    row: NDArray[np.int64]
    index: VectorIndex
    digest: NDArray[np.uint64]
    small: bytes = b""
    choice: Choice | None = None
    tokens: str = ""
    cutoff: float = 0.0

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items nearest to each typed text, or, where nothing was typed, to the item looked at; else nothing."""
        vectors, floor = self._questions(queries)
        asked = np.flatnonzero(floor < np.inf)
        items: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(queries)
        scores: list[NDArray[np.float32]] = [np.zeros(0, dtype=np.float32)] * len(queries)
        found = nearest_texts(self._texts, vectors[asked], k + 1, floor[asked], [queries.allowed[at] for at in asked])
        for at, (texts, cosine) in zip(asked.tolist(), found, strict=True):
            items[at], scores[at] = self._items_of(texts, cosine, k, queries.allowed[at], self._anchor(queries, at))
        return Candidates.of_lists(items, scores)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Cosine of each candidate with its question; NaN where there is no question, no text, or it is a stranger (rows,)."""
        vectors, floor = self._questions(queries)
        query = candidates.query
        held = self.item_vectors[candidates.item]
        parts = [cosines(held[a:b], vectors[at]) for at, (a, b) in enumerate(pairwise(candidates.splits))]
        cosine = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
        own = queries.anchor[query] == candidates.item
        stranger = (cosine < floor[query]) | (own & np.array([not text for text in queries.text], dtype=bool)[query])
        return np.where(stranger, np.nan, cosine).astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """The typed text, or the item looked at, that each item is like."""
        reasons: list[Reasons] = []
        for query, item, cosine in zip(shown.query.tolist(), shown.item.tolist(), self.score(queries, shown).tolist(), strict=True):
            text, anchor = queries.text[query], int(queries.anchor[query])
            if cosine != cosine:
                reasons.append(())
            elif text:
                reasons.append((Reason("meaning", (), (text,), cosine, PART),))
            else:
                reasons.append((Reason("alike", (anchor,), (), cosine, PART),) if item != anchor else ())
        return reasons

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "SemanticModel":
        """This model with what the `changed` items say now; texts never seen before are encoded at once."""
        other, digest = restated(self.digest, catalog, changed)
        if not len(other):
            return self
        texts = item_texts(catalog, other, self.learner.says)
        number = digests(texts)
        fresh = {int(n): text for n, text in zip(number.tolist(), texts, strict=True) if text and int(n) not in self._place}
        new = self._said(list(fresh.values())).astype(np.float16) if fresh else self.vectors[:0]
        place = {**self._place, **{n: len(self.vectors) + at for at, n in enumerate(fresh)}}
        row = np.full(len(catalog), -1, dtype=np.int64)
        row[: len(self.row)] = self.row[: len(catalog)]
        row[other] = [place[n] if text else -1 for n, text in zip(number.tolist(), texts, strict=True)]
        known = np.concatenate([self.known, np.array(list(fresh), dtype=np.uint64)])
        other_shop = replace(self, vectors=np.concatenate([self.vectors, new]), known=known, row=row, digest=digest)
        if "_vector" in self.__dict__:  # what was typed is read as before
            other_shop.__dict__["_vector"] = self.__dict__["_vector"]
        return other_shop

    @cached_property
    def item_vectors(self) -> ItemVectors:
        """Unit vectors of items by number, 0 where an item says nothing."""
        return ItemVectors(self.vectors, self.row)

    @property
    def encoder(self) -> TextEncoder:
        """What made the vectors."""
        return encoder_of(self.learner.encoder)

    @cached_property
    def _place(self) -> dict[int, int]:
        return {number: at for at, number in enumerate(self.known.tolist())}

    @cached_property
    def _texts(self) -> TextVectors:
        return TextVectors(self.vectors, self.index, self.row)

    @cached_property
    def _vector(self) -> "Callable[[str], NDArray[np.float32]]":
        read = self._own or (self.encoder.reader(self.small) if self.small else self.encoder.encode_queries)
        return lru_cache(maxsize=REMEMBERED)(lambda text: self.learner.cut(read([text]))[0])

    @cached_property
    def _own(self) -> Reader | None:
        """Reads texts with the network that the model keeps itself; None where it does not keep all that this needs."""
        return OnnxText(session_of(self.small), tokenizer_of(self.tokens)).encode_each if self.tokens else None

    def _said(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors of what items say (texts, dim)."""
        return self.learner.cut((self._own or self.encoder.encode)(texts))

    @property
    def _cutoff(self) -> float:
        return self.cutoff if self.tokens else self.encoder.cutoff

    def _anchor(self, queries: Queries, at: int) -> int:
        return -1 if queries.text[at] else int(queries.anchor[at])

    def _questions(self, queries: Queries) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The vector of each query (queries, dim) and the cosine that counts (queries,); infinite where there is no question."""
        vectors = np.zeros((len(queries), self.vectors.shape[1]), dtype=np.float32)
        floor = np.full(len(queries), np.inf)
        for at, text in enumerate(queries.text):
            anchor = int(queries.anchor[at])
            if text.strip():
                vectors[at], floor[at] = self._vector(text), self.learner.cutoff or self._cutoff
            elif not text and 0 <= anchor < len(self.row) and self.row[anchor] >= 0:
                vectors[at], floor[at] = self.vectors[self.row[anchor]], self.learner.alike
        return vectors, floor

    def _items_of(
        self, texts: NDArray[np.int64], cosine: NDArray[np.float32], k: int, may: NDArray[np.bool_] | None, anchor: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The items that say these texts, in this order, at most k."""
        items, which = self._texts.items_of(texts)
        keep = items != anchor
        if may is not None:
            keep &= picked(may, items)
        items, which = items[keep], which[keep]
        order = np.lexsort((items, -cosine[which]))[:k]
        return items[order], cosine[which[order]]


def auto(texts: int) -> str:
    """The kind of index that suits so many texts: exact reads them all, hnsw a few hundred, ivf is built soonest."""
    return "ivf" if texts > HUGE else "hnsw" if texts > MANY else "exact"


def digests(texts: Sequence[str]) -> NDArray[np.uint64]:
    """A number for each text (texts,), the same on every machine."""
    joined = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)
