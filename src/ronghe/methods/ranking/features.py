"""The features of a ranker: evidence of the parts and numeric columns, as one matrix; what is missing is NaN."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates

# Numbers that only tell equal from unequal, and what a filter has already decided: no feature.
NOT_FEATURES = frozenset({"item:available", "item:brand", "item:category", "item:department", "item:group"})


def feature_names(candidates: Candidates, columns: Sequence[str]) -> tuple[str, ...]:
    """Evidence and columns that can be learnt from, in a fixed order; columns: only these, none named = all numeric ones."""
    looked_up = columns or [name for name, values in candidates.columns.items() if is_feature(name, values)]
    evidence = [name for name in candidates.evidence if not name.startswith(("rank:", "rule:"))]
    return tuple(sorted(evidence)) + tuple(sorted(looked_up))


def is_feature(name: str, values: NDArray[Any]) -> bool:
    """True for numbers whose size means something."""
    return name not in NOT_FEATURES and values.dtype.kind in "fiub"


def feature_matrix(names: Iterable[str], candidates: Candidates) -> NDArray[np.float32]:
    """Features (rows, names), column by column in memory; NaN where a part or column is missing."""
    names = tuple(names)
    held: Mapping[str, NDArray[Any]] = {**candidates.evidence, **candidates.columns}
    matrix = np.empty((len(candidates.item), len(names)), dtype=np.float32, order="F")
    for at, name in enumerate(names):
        matrix[:, at] = held.get(name, np.nan)
    return matrix


def part_of(feature: str) -> str:
    """What a feature speaks for: "fuse:ease" and "retrieve:ease" for the part "retrieve:ease", a column for itself."""
    stage, _, name = feature.partition(":")
    return f"retrieve:{name}" if stage == "fuse" and name != "total" else feature
