"""How what is known of items follows their catalogue: new texts and files are read at once, what is known of buyers stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.errors import NotReady
from ronghe.kernels.resized import resized
from ronghe.methods.encoders.media.kept import features_of
from ronghe.methods.encoders.multimodal.fused import Fused, Known, Part, alive
from ronghe.methods.encoders.multimodal.gathering import Wording
from ronghe.methods.encoders.multimodal.heads import Gate, Head
from ronghe.methods.encoders.multimodal.senses import FILES, SENSES, names_of

AT_ONCE = 200  # files that are read while the shop waits for the change; others are read by the next training


@dataclass(frozen=True, eq=False)
class Follower:
    """What reads items anew. heads: by sense, "typed" reads texts."""

    wording: Wording
    heads: Mapping[str, Head]
    gate: Gate

    def followed(self, known: Known, catalog: Catalog, other: NDArray[np.int64]) -> Known:
        """What is known, with the items `other` as the catalogue has them."""
        parts = tuple(self._part(part, name, catalog, other) for part, name in zip(known.parts, SENSES, strict=True))
        events, row = resized(known.events, len(catalog), 0), resized(known.row, len(catalog), -1)
        cut = [replace(part, row=part.row[other]) for part in parts]
        new = Fused.of(cut, self.gate, events[other], alive(catalog)[other])
        fused = Fused(np.concatenate([known.fused.vectors, new.vectors]), np.concatenate([known.fused.share, new.share]))
        row[other] = np.where(new.there, len(known.fused.vectors) + np.arange(len(other)), -1)
        return Known(parts, events, fused, row)

    def _part(self, part: Part, name: str, catalog: Catalog, other: NDArray[np.int64]) -> Part:
        row = resized(part.row, len(catalog), -1)
        if name in ("says", "facts"):
            raw, at = self.wording.said(catalog, other, name)
            return _appended(part, row, other, self.heads["typed"], raw, at)
        if name not in FILES or name not in self.heads:
            return replace(part, row=row)
        try:
            read = features_of(catalog.media, FILES[name], _few(names_of(catalog, other, name)))
        except NotReady:  # what reads such files is not installed where this serves
            row[other] = -1
            return replace(part, row=row)
        return _appended(part, row, other, self.heads[name], read.features, read.row)


def _appended(
    part: Part, row: NDArray[np.int64], other: NDArray[np.int64], head: Head, raw: NDArray[Any], at: NDArray[np.int64]
) -> Part:
    row[other] = np.where(at >= 0, len(part.vectors) + at, -1)
    new = head(raw).astype(np.float16) if len(raw) else part.vectors[:0]
    return replace(part, vectors=np.concatenate([part.vectors, new]), row=row)


def _few(names: Sequence[str]) -> list[str]:
    kept = set(list(dict.fromkeys(filter(None, names)))[:AT_ONCE])
    return [name if name in kept else "" for name in names]
