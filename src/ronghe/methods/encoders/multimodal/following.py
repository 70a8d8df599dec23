"""How a MultimodalModel follows its catalogue: new texts and files are read at once, what is known of buyers stays."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.errors import NotReady
from ronghe.kernels.resized import resized
from ronghe.methods.encoders.media.kept import features_of
from ronghe.methods.encoders.multimodal.fused import Fused, Part, known_of
from ronghe.methods.encoders.multimodal.gathering import said
from ronghe.methods.encoders.multimodal.senses import FILES, SENSES, names_of

if TYPE_CHECKING:
    from ronghe.methods.encoders.multimodal.heads import Head
    from ronghe.methods.encoders.multimodal.model import MultimodalModel

AT_ONCE = 200  # files that are read while the shop waits for the change; others are read by the next training


def followed(model: "MultimodalModel", catalog: Catalog, other: NDArray[np.int64]) -> "MultimodalModel":
    """The model with the items `other` as the catalogue has them."""
    size = len(catalog)
    parts = tuple(_part(model, part, name, catalog, other) for part, name in zip(model.parts, SENSES, strict=True))
    events = resized(model.events, size, 0)
    cut = [replace(part, row=part.row[other]) for part in parts]
    new = Fused.of(cut, model.gate, events[other], known_of(catalog)[other])
    fused = Fused(np.concatenate([model.fused.vectors, new.vectors]), np.concatenate([model.fused.share, new.share]))
    row = resized(model.row, size, -1)
    row[other] = np.where(new.there, len(model.fused.vectors) + np.arange(len(other)), -1)
    return replace(model, parts=parts, events=events, fused=fused, row=row)


def _part(model: "MultimodalModel", part: Part, name: str, catalog: Catalog, other: NDArray[np.int64]) -> Part:
    row = resized(part.row, len(catalog), -1)
    if name in ("says", "facts"):
        raw, at = said(model.learner, catalog, other, name)
        return _appended(part, row, other, model.heads["typed"], raw, at)
    if name not in FILES or name not in model.heads:
        return replace(part, row=row)
    try:
        read = features_of(catalog.media, FILES[name], _few(names_of(catalog, other, name)))
    except NotReady:  # what reads such files is not installed where this serves
        row[other] = -1
        return replace(part, row=row)
    return _appended(part, row, other, model.heads[name], read.features, read.row)


def _appended(
    part: Part, row: NDArray[np.int64], other: NDArray[np.int64], head: "Head", raw: NDArray[Any], at: NDArray[np.int64]
) -> Part:
    row[other] = np.where(at >= 0, len(part.vectors) + at, -1)
    new = head(raw).astype(np.float16) if len(raw) else part.vectors[:0]
    return replace(part, vectors=np.concatenate([part.vectors, new]), row=row)


def _few(names: Sequence[str]) -> list[str]:
    kept = set(list(dict.fromkeys(filter(None, names)))[:AT_ONCE])
    return [name if name in kept else "" for name in names]
