"""What is saved is what is loaded; what cannot be saved safely is refused."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.core.errors import BadArtifact
from ronghe.core.queries import History
from ronghe.core.vocabulary import Vocabulary
from ronghe.engine.artifacts import arrays_of, load_model, save_model
from ronghe.engine.recipe import Surface


def test_arrays_and_their_types_come_back(tmp_path: Path) -> None:
    before = History.empty(3)
    save_model(before, tmp_path / "m")
    after = load_model(tmp_path / "m")
    assert type(after) is History
    for name in ("splits", "item", "time", "kind", "amount"):
        assert getattr(after, name).dtype == getattr(before, name).dtype
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_tuples_stay_tuples(tmp_path: Path) -> None:
    before = Surface(retrieve=("a", "b"), k=7)
    save_model(before, tmp_path / "m")
    assert load_model(tmp_path / "m") == before


def test_nested_values_come_back(tmp_path: Path) -> None:
    before = {"csr": sp.csr_matrix(np.eye(3, dtype=np.float32)), "bytes": b"\x00\xff", "inf": float("inf"), 3: [None, True, "é"]}
    save_model(before, tmp_path / "m")
    after = load_model(tmp_path / "m")
    np.testing.assert_array_equal(after["csr"].toarray(), np.eye(3))
    assert (after["bytes"], after["inf"], after[3]) == (b"\x00\xff", float("inf"), [None, True, "é"])
    assert len(arrays_of(after)) == 1


@dataclass(frozen=True)
class Foreign:
    """A class outside the package."""

    n: int = 1


def test_an_unsavable_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadArtifact, match=r"dict\['f'\] is a set"):
        save_model({"f": {1, 2}}, tmp_path / "m")


@pytest.mark.parametrize(
    "kind", ["os:system", "builtins:eval", "ronghe.core.errors:RongheError", "ronghe.cli:main", "ronghe.nowhere:X"]
)
def test_only_frozen_models_of_the_package_are_ever_made(tmp_path: Path, kind: str) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"$model": kind, "fields": {}}))
    with pytest.raises(BadArtifact):
        load_model(tmp_path)


def test_a_class_outside_the_package_does_not_load(tmp_path: Path) -> None:
    save_model(Foreign(), tmp_path / "m")
    with pytest.raises(BadArtifact, match="class of the package ronghe"):
        load_model(tmp_path / "m")


def test_an_array_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"$array": "../x.npy"}))
    with pytest.raises(BadArtifact, match="leaves the folder"):
        load_model(tmp_path)


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "000.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (tmp_path / "model.json").write_text(json.dumps({"$array": "000.npy"}))
    with pytest.raises(BadArtifact):
        load_model(tmp_path)


def test_vocabularies_are_models_too(tmp_path: Path) -> None:
    save_model(Vocabulary(("a", "b")), tmp_path / "m")
    assert load_model(tmp_path / "m").number("b") == 1
