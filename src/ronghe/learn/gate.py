"""The gate before serving: a version that is broken, silent or worse than what it replaces stays outside, and why."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadArtifact
from ronghe.core.queries import History, Queries
from ronghe.engine.assemble import check_finite, funnel_of
from ronghe.engine.recipe import Recipe
from ronghe.evaluate.report import MAIN, Report

TOLERANCE = 0.2  # a version may score so much (relative) below the last one: test days differ from week to week
ASKED = 32  # shoppers that a version must be able to answer


def refused(
    recipe: Recipe, parts: Mapping[str, Any], data: Dataset, surface: str, report: Report | None, last: Report | None
) -> str | None:
    """Why these parts must not serve; None when they may."""
    try:
        check_finite(parts)
    except BadArtifact as error:
        return str(error)
    return silent(recipe, parts, data, surface) or (worse(report, last) if report is not None else None)


def silent(recipe: Recipe, parts: Mapping[str, Any], data: Dataset, surface: str) -> str | None:
    """Why the funnel cannot answer its busiest shoppers with real items and finite scores; None when it can."""
    count = np.bincount(data.signs.user, minlength=1)
    users = np.argsort(-count, kind="stable")[: min(ASKED, np.count_nonzero(count))]
    if not len(users):
        return None  # nothing has happened yet: nobody waits for an answer of taste
    history = History.of_users(data.events, users, recipe.shop.memory)
    queries = Queries.of(
        len(users), time=np.full(len(users), data.as_of), user=users, surface=(surface,) * len(users), history=history
    )
    slates, trace = funnel_of(recipe, parts, surface)(queries, recipe.surfaces[surface].k, np.random.default_rng(0))
    if trace.errors:
        return f"parts fail when they are asked: {trace.errors}"
    if (slates.shown.counts == 0).any():
        return f"{int((slates.shown.counts == 0).sum())} of {len(users)} shoppers with a history get an empty answer"
    if not np.isfinite(slates.shown.score).all():
        return "scores that are not finite are shown; right would be finite ones"
    if slates.shown.item.max() >= len(data.catalog):
        return f"item number {slates.shown.item.max()} is shown, of a catalogue of {len(data.catalog)}"
    return None


def worse(report: Report, last: Report | None) -> str | None:
    """Why a version may not serve by its report: worse than popularity, or well below the last version; None when it may."""
    now, popular = report.final.scores[MAIN].mean, report.system("popular").scores[MAIN].mean
    if not now >= popular:
        return f"{MAIN} of the funnel is {now:.4f}, below {popular:.4f} of what is popular"
    if last is not None and now < last.final.scores[MAIN].mean * (1 - TOLERANCE):
        before = last.final.scores[MAIN].mean
        return f"{MAIN} of the funnel is {now:.4f}, more than {TOLERANCE:.0%} below {before:.4f} of the version that serves"
    return None
