"""What was ever saved can be loaded: a class that moves is still found where it was."""

from dataclasses import is_dataclass
from pathlib import Path

import pytest

from ronghe.engine.artifacts import class_of

EVER_SAVED = (Path(__file__).parent / "saved_classes.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("kind", EVER_SAVED)
def test_a_class_that_models_were_saved_under_is_still_found(kind: str) -> None:
    assert is_dataclass(class_of(kind)), "name the module it is in now in engine/artifacts.MOVED"
