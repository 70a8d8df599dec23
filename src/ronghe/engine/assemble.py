"""A recipe and fitted parts become the funnel of a surface."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadArtifact
from ronghe.core.roles import Adaptive, Compute, Leaning
from ronghe.engine.artifacts import arrays_of
from ronghe.engine.recipe import ROLES, Recipe
from ronghe.funnel.funnel import Funnel, Stage
from ronghe.methods.policy.ruled import ruled
from ronghe.methods.policy.rules import BoundRules

Parts = Mapping[str, Mapping[str, Any]]  # role -> name -> model
FIRST_MINUTE = ("bm25", "popular", "recent")  # methods that are fitted at once where nothing was trained yet


def fit_part(recipe: Recipe, role: str, name: str, data: Dataset, compute: Compute) -> Any:
    """The model of one part; a part that learns nothing is its own model. Ranks learn from judgements: see learn/train."""
    learner = recipe.parts[role][name].learner
    return learner.fit(data, compute) if hasattr(learner, "fit") else learner


def first_minute(recipe: Recipe, data: Dataset, compute: Compute) -> Parts:
    """What a shop can serve before anything was trained: words, popularity, news, and the rules of the house."""
    parts: dict[str, dict[str, Any]] = {}
    for role in ("understand", "retrieve", "columns", "filter", "choose"):
        names = [n for n, p in recipe.parts[role].items() if role != "retrieve" or p.method in FIRST_MINUTE]
        parts[role] = {name: fit_part(recipe, role, name, data, compute) for name in names}
    return {**parts, "rank": {}}


def completed(recipe: Recipe, parts: Parts) -> Parts:
    """The parts with those that learn nothing taken from the recipe as it is now: a new filter needs no training."""
    full = {role: dict(parts.get(role, {})) for role in ROLES}
    for role, named in recipe.parts.items():
        full[role] |= {name: part.learner for name, part in named.items() if not hasattr(part.learner, "fit")}
    return full


def lacking(recipe: Recipe, parts: Parts) -> list[str]:
    """Parts that the recipe names and training has not yet fitted, as "role:name"."""
    return [f"{role}:{name}" for role, named in recipe.parts.items() for name in named if name not in parts.get(role, {})]


def funnel_of(recipe: Recipe, parts: Parts, surface: str, rules: BoundRules | None = None) -> Funnel:
    """The funnel that answers `surface`. Parts that were not fitted are left out; rules, when given, wrap the policy."""
    asked = recipe.surfaces[surface]
    chosen = parts["choose"][asked.choose]
    if not asked.variants and "variants_once" in getattr(chosen, "__dataclass_fields__", ()):
        chosen = replace(chosen, variants_once=False)
    policy = with_vectors(chosen, parts)
    stages = [Stage(n, parts["rank"][n], recipe.parts["rank"][n].learner.keep) for n in asked.rank if n in parts["rank"]]
    return Funnel(
        understand=parts["understand"],
        retrievers={name: parts["retrieve"][name] for name in asked.retrieve if name in parts["retrieve"]},
        fuse=recipe.fuse[asked.fuse],
        columns=parts["columns"],
        filters={name: parts["filter"][name] for name in asked.filter},
        cascade=tuple(stages),
        policy=ruled(rules, policy) if rules is not None else policy,
        depth=asked.depth,
        leans={name: part for name, part in parts["understand"].items() if isinstance(part, Leaning)},
    )


def with_vectors(policy: Any, parts: Parts) -> Any:
    """A policy that measures likeness, given the item vectors of the first part that has some."""
    if not hasattr(policy, "with_vectors"):
        return policy
    held = [part.item_vectors for part in parts["retrieve"].values() if hasattr(part, "item_vectors")]
    return policy.with_vectors(held[0]) if held else policy


def adapted(parts: Parts, catalog: Catalog, changed: NDArray[np.int64]) -> Parts:
    """The same parts in a shop whose items `changed` (numbers) are now as `catalog` says."""
    return {
        role: {name: m.with_catalog(catalog, changed) if isinstance(m, Adaptive) else m for name, m in models.items()}
        for role, models in parts.items()
    }


def check_finite(parts: Parts) -> None:
    """BadArtifact when a retriever holds a number that is not finite: it could never answer."""
    for name, model in parts.get("retrieve", {}).items():
        for array in arrays_of(model):
            if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
                raise BadArtifact(f"retrieve:{name} holds NaN or infinite numbers; right would be finite ones; train again")
