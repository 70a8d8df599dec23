"""What is served of it: the vector of each item, and how words, pictures, sounds and items ask for the nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.media import PICTURE
from ronghe.core.queries import Queries
from ronghe.core.restated import restated, text_digest
from ronghe.core.slates import Reasons
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.multimodal.fused import Float16, Fused, Part
from ronghe.methods.encoders.multimodal.heads import Gate, Head, unit
from ronghe.methods.encoders.multimodal.senses import FILES
from ronghe.methods.encoders.named import encoder_of
from ronghe.methods.encoders.near_items import Questions, likeness, nearest_items
from ronghe.methods.encoders.nearest import TextVectors, nearest_texts
from ronghe.methods.encoders.vector_index import VectorIndex

if TYPE_CHECKING:
    from ronghe.methods.encoders.multimodal.multimodal import Multimodal

NEAR = 0.6  # of the best match's cosine: what comes to less is no answer to what was typed
REMEMBERED = 4_096  # typed texts whose vectors are kept at hand
NAMES = "image"  # what an item names beside what it says: a model of its files must look at it again, too


@dataclass(frozen=True, eq=False)
class MultimodalModel:
    """heads: by sense, "typed" reads texts · parts: one a sense, in the order of SENSES · events (items,): what the gate heard of ·
    fused: vectors of items as they were last looked at · index of the first index.size of them · row (items,): the vector of each
    item, -1 none · digest (items,) of what each says and names · floor: cosine below which strangers are · said (texts, d):
    what items say, as the encoder reads it: what is typed must be like some of it · wrong: some files not read, and why.
    """

    learner: "Multimodal"
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

    @staticmethod
    def of(
        learner: "Multimodal",
        heads: Mapping[str, Head],
        gate: Gate,
        parts: tuple[Part, ...],
        events: NDArray[np.int64],
        fused: Fused,
        floor: float,
        catalog: Catalog,
        said: Float16,
        wrong: Mapping[str, str],
    ) -> "MultimodalModel":
        """The model over a catalogue, with a fresh index."""
        index = VectorIndex.of(learner.index, fused.vectors.astype(np.float32))
        row = np.where(fused.there, np.arange(len(catalog)), -1)
        held = dict(heads), gate, parts, events, fused, index, row
        return MultimodalModel(learner, *held, text_digest(catalog, NAMES), floor, said, dict(wrong))

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
        from ronghe.methods.encoders.multimodal.reasons import reasons_of

        return reasons_of(self, queries, shown, self._questions(queries).vectors)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "MultimodalModel":
        """This model with what the `changed` items say and name now."""
        other, digest = restated(self.digest, catalog, changed, NAMES)
        if not len(other):
            return self
        from ronghe.methods.encoders.multimodal.following import followed

        new = replace(followed(self, catalog, other), digest=digest)
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


def parted(row: NDArray[np.int64], head: Head | None, raw: NDArray[Any], items: NDArray[np.int64], size: int, dim: int) -> Part:
    """Vectors of one sense, and whose they are: row (n,) of `items` (n,) in a catalogue of `size`."""
    whose = np.full(size, -1, dtype=np.int64)
    if head is None:
        return Part(np.zeros((0, dim), dtype=np.float16), whose)
    whose[items] = row
    return Part(head(raw).astype(np.float16), whose)
