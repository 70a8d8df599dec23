"""Whoever takes up a version asks it once on every surface, before shoppers do; nothing that fails then stops a switch."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from little import Broken
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.engine.engine import Engine
from ronghe.engine.live import Live
from served import fit, searched, small_shop


class Heard:
    """A retriever that finds nothing and remembers on which surfaces it was asked."""

    def __init__(self) -> None:
        self.surfaces: Counter[str] = Counter()

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        self.surfaces.update(set(queries.surface))
        return Candidates.none(len(queries))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine.open(small_shop(tmp_path / "shop", versions=1))) as engine:
        yield engine


def with_parts(live: Live, role: str, part: Any) -> Live:
    """The version with every part of a role as this one."""
    return replace(live, parts={**live.parts, role: dict.fromkeys(live.parts[role], part)})


def fails(*given: Any, **named: Any) -> None:
    raise RuntimeError("out of order")


def test_each_surface_is_asked_once(engine: Engine) -> None:
    heard = Heard()
    live = with_parts(engine.keeper.live, "retrieve", heard)
    live.warm()
    once = {name: len(engine.recipe.surfaces[name].retrieve) for name in engine.surfaces()}
    assert heard.surfaces == once
    live.warm()
    assert heard.surfaces == once


def test_what_shoppers_are_asked_for_is_at_hand(engine: Engine) -> None:
    live = replace(engine.keeper.live)
    live.warm()
    assert {"facets", "bound", "funnels", "columns", "suggester"} <= set(live.__dict__)


@pytest.mark.parametrize("role", ["understand", "retrieve", "filter", "choose"])
def test_a_part_that_fails_keeps_no_other_from_being_asked(engine: Engine, role: str) -> None:
    heard = Heard()
    live = with_parts(with_parts(engine.keeper.live, "retrieve", heard), role, Broken())
    live.warm()
    assert set(heard.surfaces) == (set() if role == "retrieve" else set(engine.surfaces()))


@pytest.mark.parametrize(
    "broken",
    [
        "ronghe.engine.facets.Facets.attributes", "ronghe.methods.lexical.suggest.Suggester.suggest",
        "ronghe.methods.lexical.spelling.SpellingModel.rewrite", "ronghe.engine.live.Live._ask",
    ],
)  # fmt: skip
def test_a_version_is_taken_up_though_it_could_not_be_warmed(engine: Engine, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, others = fit(engine), fit(engine)
    monkeypatch.setattr(broken, property(fails) if broken.endswith("attributes") else fails)
    engine.switch(ours)
    assert engine.keeper.live.version == ours
    engine.keeper.versions.switch(others)  # as another process does
    assert engine.refresh()
    assert engine.keeper.live.version == others
    monkeypatch.undo()
    assert searched(engine, "tea").total == 10


def test_a_version_that_cannot_be_put_together_is_still_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    served, other = engine.keeper.live.version, fit(engine)
    monkeypatch.setattr("ronghe.engine.live.funnel_of", fails)
    with pytest.raises(RuntimeError, match="out of order"):
        engine.switch(other)
    assert engine.keeper.live.version == served == engine.keeper.versions.current()
