"""Why an item is near: what it says, shows, sounds like and who buys it, each with its exact share of the likeness."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reason, Reasons
from ronghe.methods.encoders.multimodal.fused import Known
from ronghe.methods.encoders.multimodal.senses import SENSES

PART = "retrieve:multimodal"
CODES = {"looks": "looks", "sounds": "sounds", "sells": "sells"}  # of a sense that has a sentence of its own


def reasons_of(
    known: Known, queries: Queries, shown: Candidates, vectors: NDArray[np.float32], scores: NDArray[np.float32]
) -> Sequence[Reasons]:
    """Reasons of each row, weightiest first; () where it has no score. vectors (queries, dim): the questions · scores (rows,)."""
    found: list[Reasons] = []
    for query, item, score in zip(shown.query.tolist(), shown.item.tolist(), scores.tolist(), strict=True):
        found.append(() if score != score else _told(known, queries, query, item, score, vectors[query]))
    return found


def _told(known: Known, queries: Queries, query: int, item: int, score: float, asked: NDArray[np.float32]) -> Reasons:
    share = known.fused.share[known.row[item]]
    at = np.array([item])
    weights = {name: float(share[n] * (known.parts[n][at][0] @ asked)) for n, name in enumerate(SENSES) if share[n] > 0}
    weights[max(weights, key=lambda name: weights[name])] += score - sum(weights.values())  # vectors are rounded
    said = sum(weights.pop(name, 0.0) for name in ("says", "facts"))
    reasons = [Reason(CODES[name], (), (), weight, PART) for name, weight in weights.items()]
    if said:
        reasons.append(_said(queries, query, said))
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _said(queries: Queries, query: int, weight: float) -> Reason:
    if queries.text[query]:
        return Reason("meaning", (), (queries.text[query],), weight, PART)
    if queries.media[query] is None:
        return Reason("alike", (int(queries.anchor[query]),), (), weight, PART)
    return Reason("described", (), (), weight, PART)
