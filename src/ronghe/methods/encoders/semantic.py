"""Search and likeness by meaning: cosine of sentence vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
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
from ronghe.methods.encoders.cost.choice import Choice, choice_for, path_of, variants_in
from ronghe.methods.encoders.folder import FolderEncoder, stamp_of, tokenizer_of
from ronghe.methods.encoders.item_text import check_says, item_texts
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.named import ENCODERS, TextEncoder, check_encoder, encoder_of
from ronghe.methods.encoders.near_items import Questions, likeness, nearest_items
from ronghe.methods.encoders.nearest import TextVectors
from ronghe.methods.encoders.onnx_text import OnnxText, Reader, session_of
from ronghe.methods.encoders.text_rows import TextRows
from ronghe.methods.encoders.vector_index import VectorIndex, check_kind

PART = "retrieve:semantic"
REMEMBERED = 4_096  # typed texts whose vectors are kept at hand


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
        check_kind("semantic.index", self.index)
        check_says("semantic.says", self.says)
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
        rows, texts = TextRows.of(item_texts(data.catalog, np.arange(len(data.catalog)), self.says))
        choice = choice_for(self.encoder, texts, self.budget_ms, self.int8) if self.budget_ms else None
        learner = self if choice is None else replace(self, encoder=path_of(self.encoder, choice.name))
        encoder = encoder_of(learner.encoder)
        vectors = self.cut(encoder.encode(texts, threads=compute.threads, track=compute.track)).astype(np.float16)
        index = VectorIndex.of(self.index, vectors.astype(np.float32))
        small = encoder.small() if self.int8 else b""
        model = SemanticModel(learner, vectors, rows.known, rows.row, index, text_digest(data.catalog), small, choice)
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
        return nearest_items(self._texts, self._questions(queries), queries.allowed, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Cosine of each candidate with its question; NaN where there is no question, no text, or it is a stranger (rows,)."""
        return likeness(self.item_vectors, self._questions(queries), candidates)

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
        rows, fresh = TextRows(self.known, self.row).restated(other, texts, len(catalog))
        new = self._said(fresh).astype(np.float16) if fresh else self.vectors[:0]
        vectors = np.concatenate([self.vectors, new])
        other_shop = replace(self, vectors=vectors, known=rows.known, row=rows.row, digest=digest)
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

    def _questions(self, queries: Queries) -> Questions:
        """What was typed, else the item looked at, as vectors."""
        typed = np.array([bool(text) for text in queries.text], dtype=bool)
        asked = Questions.none(np.where(typed, -1, queries.anchor), self.vectors.shape[1])
        for at, (text, anchor) in enumerate(zip(queries.heavy, asked.anchor.tolist(), strict=True)):
            if text.strip():
                asked.vectors[at], asked.floor[at] = self._vector(text), self.learner.cutoff or self._cutoff
            elif 0 <= anchor < len(self.row) and self.row[anchor] >= 0:
                asked.vectors[at], asked.floor[at] = self.vectors[self.row[anchor]], self.learner.alike
        return asked
