"""Versions are whole or not there; one flipped bit is caught; switches and rollbacks are atomic (C1)."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.core.errors import BadArtifact, NotFound
from ronghe.core.queries import History
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.versions import Versions, verify

PARTS = {"retrieve": {"a": Vocabulary(("x", "y")), "b": History.empty(4)}}


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "models")


def test_a_written_version_loads_and_is_not_current_yet(versions: Versions) -> None:
    version = versions.write(PARTS, {"trained": "now", "items": 2})
    parts, meta = versions.load(version)
    assert parts["retrieve"]["a"].ids == ("x", "y")
    assert meta["items"] == 2
    assert versions.current() is None


def test_rollback_returns_to_what_served_before(versions: Versions) -> None:
    first, second, third = (versions.write(PARTS, {}) for _ in range(3))
    for version in (first, second, third):
        versions.switch(version)
    assert versions.rollback() == second
    assert versions.rollback() == first
    with pytest.raises(NotFound, match="no earlier version"):
        versions.rollback()
    assert versions.current() == first


def test_switching_to_and_fro_keeps_the_way_back(versions: Versions) -> None:
    first, second = versions.write(PARTS, {}), versions.write(PARTS, {})
    for version in (first, second, first):
        versions.switch(version)
    assert versions.earlier() == [second, first]
    assert versions.rollback() == second


@pytest.mark.parametrize("name", ["../x", ".draft", "", "nothing"])
def test_no_path_but_a_version_is_ever_opened(versions: Versions, name: str) -> None:
    versions.write(PARTS, {})
    with pytest.raises(NotFound):
        versions.load(name)


def test_a_failed_write_leaves_nothing_behind(versions: Versions) -> None:
    with pytest.raises(BadArtifact):
        versions.write({"retrieve": {"a": Vocabulary(("x",)), "bad": {"f": {1}}}}, {})
    assert versions.all() == []
    assert list(versions.folder.iterdir()) == []


@settings(max_examples=60)
@given(data=st.data())
def test_every_flipped_bit_and_every_cut_is_caught(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    versions = Versions(tmp_path_factory.mktemp("v") / "models")
    version = versions.write({"retrieve": {"w": {"w": np.arange(6, dtype=np.float32)}}}, {"note": "n"})
    folder = versions.folder / version
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(files))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        content = content[:at]
    path.write_bytes(bytes(content))
    try:
        verify(folder)
    except BadArtifact:
        return
    # a flipped bit in the manifest's white space changes no meaning; anything else must have been caught
    assert path.name == "manifest.json"
    assert versions.load(version)[1]["note"] == "n"


@pytest.mark.parametrize("damage", [b"[]", b"null", b"{", b"\xff"])
@pytest.mark.parametrize("name", ["meta.json", "manifest.json"])
def test_a_damaged_note_of_a_version_leaves_the_others_listed_and_in_turn(versions: Versions, name: str, damage: bytes) -> None:
    first, second = versions.write(PARTS, {}), versions.write(PARTS, {})
    versions.switch(second)
    (versions.folder / second / name).write_bytes(damage)
    assert {one.version: one.ok for one in versions.all()} == {first: True, second: False}
    assert versions.in_turn() == [second, first]
    with pytest.raises(BadArtifact):
        versions.load(second)


def test_a_damaged_note_of_what_serves_counts_as_none_and_a_switch_mends_it(versions: Versions) -> None:
    version = versions.write(PARTS, {})
    (versions.folder / "current").write_bytes(b"\xff\xfe")
    assert versions.current() is None
    versions.switch(version)
    assert versions.current() == version


def test_an_unknown_version_is_refused_without_saying_where_versions_lie(versions: Versions) -> None:
    with pytest.raises(NotFound) as refused:
        versions.switch("../x")
    assert str(versions.folder) not in str(refused.value)
