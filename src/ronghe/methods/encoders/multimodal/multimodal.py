"""One vector an item out of all that is known of it, found by words, by a picture, by a sound, or by another item.

Heads lay pictures (EfficientNet-lite0), sounds (musicnn) and who buys what into the space of the text encoder; a gate says how
much each counts, by how much is known of the item. Learning needs torch (the extra `train`) where there is more than texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.media import PICTURE
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.methods.encoders.item_text import check_says
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.multimodal.following import Follower
from ronghe.methods.encoders.multimodal.fused import Float16, Fused, Known, Part
from ronghe.methods.encoders.multimodal.gathering import Wording, gathered
from ronghe.methods.encoders.multimodal.heads import Gate, Head, unit
from ronghe.methods.encoders.multimodal.learning import Learnt, learnt
from ronghe.methods.encoders.multimodal.lessons import Course
from ronghe.methods.encoders.multimodal.reasons import reasons_of
from ronghe.methods.encoders.multimodal.senses import FILES
from ronghe.methods.encoders.named import check_encoder, encoder_of
from ronghe.methods.encoders.near_items import Questions, likeness, nearest_items
from ronghe.methods.encoders.nearest import TextVectors, nearest_texts
from ronghe.methods.encoders.vector_index import VectorIndex, check_kind

NAMES = "image"  # what an item names beside what it says: a model of its files must look at it again, too
NEAR = 0.6  # of the best match's cosine: what comes to less is no answer to what was typed
REMEMBERED = 4_096  # typed texts whose vectors are kept at hand


@dataclass(frozen=True)
class Multimodal:
    """Learns MultimodalModel from what items say and name: pictures (`image`) and sounds (the attribute `sound`) out of the folder
    [shop] media, and who buys what.

    encoder: of texts, as in semantic · index: as in semantic · says: fields of an item that make its text, in this order ·
    captions: texts of each item that are learnt from: the whole, the title, and others drawn by chance · factors: width of what
    is known of who buys it, 0 = nothing is asked of that · width: numbers of a file that heads look at · hidden: units of a head ·
    epochs: times that every item is looked at, at most; 0 = heads stay as the closed form has them · batch: items a step ·
    rate: of the steps (Adam) · held: share of the items that say when to stop; after that it learns from all · cutoff: cosine
    below which what is typed or sent finds nothing; of what is typed, less than .6 of the best match is no answer anyway ·
    alike: cosine below which an item is not similar to another, 0 = as strangers tell.
    """

    encoder: str = "minilm"
    index: str = "auto"
    says: tuple[str, ...] = ("title", "category", "brand", "attributes")
    captions: int = 4
    factors: int = 64
    width: int = 512
    hidden: int = 256
    epochs: int = 20
    batch: int = 512
    rate: float = 0.002
    held: float = 0.1
    cutoff: float = 0.0
    alike: float = 0.0

    def __post_init__(self) -> None:
        check_encoder(self.encoder)
        check_kind("multimodal.index", self.index)
        check_says("multimodal.says", self.says)
        require(1 <= self.captions <= 50, "captions", self.captions, "from 1 to 50")
        require(0 <= self.factors <= 1024, "factors", self.factors, "from 0 to 1024")
        require(2 <= self.width <= 4096, "width", self.width, "from 2 to 4096")
        require(1 <= self.hidden <= 8192, "hidden", self.hidden, "from 1 to 8192")
        require(0 <= self.epochs <= 10_000, "epochs", self.epochs, "from 0 to 10000")
        require(self.batch >= 2, "batch", self.batch, "2 or more")
        require(0 < self.rate < 1, "rate", self.rate, "above 0, below 1")
        require(0 <= self.held <= 0.5, "held", self.held, "from 0 to 0.5")
        for name in ("cutoff", "alike"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "a cosine from 0 to 1")

    @property
    def timeless(self) -> bool:
        """Whether it learns from the catalogue alone: then training fits it once."""
        return self.factors == 0

    @property
    def wording(self) -> Wording:
        """How words of items are read."""
        return Wording(self.encoder, self.says)

    @property
    def course(self) -> Course:
        """How it learns."""
        return Course(self.width, self.hidden, self.epochs, self.batch, self.rate, self.held)

    def fit(self, data: Dataset, compute: Compute) -> "MultimodalModel":
        """Heads, gate and vectors of the catalogue as it is. NotReady where torch is needed and not installed."""
        raw = gathered(self.wording, self.captions, self.factors, data, compute)
        return MultimodalModel.of(self, learnt(raw, data.catalog, self.course, compute), data.catalog)


@dataclass(frozen=True, eq=False)
class MultimodalModel:
    """heads: by sense, "typed" reads texts · parts: one a sense, in the order of SENSES · events (items,): what the gate heard of ·
    fused: vectors of items as they were last looked at · index of the first index.size of them · row (items,): the vector of each
    item, -1 none · digest (items,) of what each says and names · floor: cosine below which strangers are · said (texts, d):
    what items say, as the encoder reads it: what is typed must be like some of it · wrong: some files not read, and why ·
    unread: by kind of file, how many could not be read when it learnt, of how many that items name.
    """

    learner: Multimodal
    heads: dict[str, Head]
    gate: Gate
    parts: tuple[Part, ...]
    events: NDArray[np.int64]
    fused: Fused
    index: VectorIndex
    row: NDArray[np.int64]
    digest: NDArray[np.uint64]
    floor: float
    said: Float16
    wrong: dict[str, str]
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)

    @staticmethod
    def of(learner: Multimodal, learnt: Learnt, catalog: Catalog) -> "MultimodalModel":
        """The model over a catalogue, with a fresh index."""
        known, digest = learnt.known, text_digest(catalog, NAMES)
        index = VectorIndex.of(learner.index, known.fused.vectors.astype(np.float32))
        held = learnt.heads, learnt.gate, known.parts, known.events, known.fused, index, known.row
        return MultimodalModel(learner, *held, digest, learnt.floor, learnt.said, learnt.wrong, learnt.unread)

    @property
    def senses(self) -> tuple[str, ...]:
        """Kinds of media that it has learnt to read."""
        return tuple(FILES[name].name for name in FILES if name in self.heads)

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items nearest to what was typed and sent, or, where nothing was, to the item looked at; else nothing."""
        return nearest_items(self._texts, self._questions(queries), queries.allowed, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Cosine of each candidate with its question; NaN where there is no question, or it is a stranger (rows,)."""
        return likeness(self.item_vectors, self._questions(queries), candidates)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each sense adds to the likeness."""
        asked = self._questions(queries)
        return reasons_of(self.known, queries, shown, asked.vectors, likeness(self.item_vectors, asked, shown))

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "MultimodalModel":
        """This model with what the `changed` items say and name now."""
        other, digest = restated(self.digest, catalog, changed, NAMES)
        if not len(other):
            return self
        known = Follower(self.learner.wording, self.heads, self.gate).followed(self.known, catalog, other)
        new = replace(self, parts=known.parts, events=known.events, fused=known.fused, row=known.row, digest=digest)
        if "_vector" in self.__dict__:  # what was typed is read as before
            new.__dict__["_vector"] = self.__dict__["_vector"]
        return new

    def asked(self, queries: Queries, at: int) -> NDArray[np.float32] | None:
        """The unit vector of what was typed and sent (dim,); None where nothing was that it can read."""
        text, media = queries.text[at].strip(), queries.media[at]
        found = [self._vector(text)[0]] if text else []
        if media is not None and (head := self.heads.get("looks" if media.kind == PICTURE else "sounds")) is not None:
            found.append(head(media.features[None])[0])
        return unit(np.sum(found, axis=0)[None])[0] if found else None

    @property
    def known(self) -> Known:
        """What is known of items."""
        return Known(self.parts, self.events, self.fused, self.row)

    @cached_property
    def item_vectors(self) -> ItemVectors:
        """Unit vectors of items by number, 0 where nothing is known."""
        return ItemVectors(self.fused.vectors, self.row)

    @cached_property
    def _texts(self) -> TextVectors:
        return TextVectors(self.fused.vectors, self.index, self.row)

    @cached_property
    def _vector(self) -> Any:
        """What is typed as a unit vector, and how alike it is to what some item says, as the encoder reads both."""
        encoder, said = encoder_of(self.learner.encoder), self.said.astype(np.float32)

        @lru_cache(maxsize=REMEMBERED)
        def read(text: str) -> tuple[NDArray[np.float32], float]:
            raw = encoder.encode_queries([text])
            return self.heads["typed"](raw)[0], float((said @ raw[0]).max(initial=0.0))

        return read

    @cached_property
    def _least(self) -> Any:
        """The cosine that counts for a typed text; infinite where it has nothing to do with anything that items say."""
        encoder = encoder_of(self.learner.encoder)

        @lru_cache(maxsize=REMEMBERED)
        def least(text: str) -> float:
            vector, alike = self._vector(text)
            if alike < encoder.cutoff:
                return float("inf")
            [(_, best)] = nearest_texts(self._texts, vector[None], 1, np.zeros(1), [None])
            return max(self.learner.cutoff, NEAR * float(best.max(initial=0.0)))

        return least

    def _questions(self, queries: Queries) -> Questions:
        """What was typed and sent, else the item looked at, as vectors."""
        sent = np.array(
            [bool(text) or media is not None for text, media in zip(queries.text, queries.media, strict=True)], dtype=bool
        )
        found = Questions.none(np.where(sent, -1, queries.anchor), self.fused.vectors.shape[1])
        for at, anchor in enumerate(found.anchor.tolist()):
            asked = self.asked(queries, at)
            if asked is not None:
                alone = queries.media[at] is None  # something is always nearest to a picture
                found.vectors[at] = asked
                found.floor[at] = self._least(queries.text[at].strip()) if alone else self.learner.cutoff
            elif 0 <= anchor < len(self.row) and self.row[anchor] >= 0:
                found.vectors[at], found.floor[at] = self.fused.vectors[self.row[anchor]], self.learner.alike or self.floor
        return found
