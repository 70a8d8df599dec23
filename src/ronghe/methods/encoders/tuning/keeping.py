"""The state of a course on disk: whole or not there, so that a course that was killed goes on where it was. No pickle."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from ronghe.core.whole_file import sync

FILE, STATE = "state.json", "state-"


@dataclass(frozen=True)
class Kept:
    """tensors by name · told: step, curves and what else is no tensor."""

    tensors: dict[str, Tensor]
    told: dict[str, Any]


def keep(folder: Path, key: str, kept: Kept) -> None:
    """Writes a state aside, then renames it; older ones go. What is there when the power fails is the old state or the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    save_file({name: value.contiguous() for name, value in kept.tensors.items()}, draft / "state.safetensors")
    digest = hashlib.sha256((draft / "state.safetensors").read_bytes()).hexdigest()
    (draft / FILE).write_text(json.dumps({"key": key, "sha256": digest, **kept.told}), encoding="utf-8")
    for path in (*draft.iterdir(), draft):
        sync(path)
    whole = folder / f"{STATE}{kept.told['step']:08d}"
    shutil.rmtree(whole, ignore_errors=True)
    os.replace(draft, whole)
    sync(folder)
    for path in folder.glob(f"{STATE}*"):
        if path != whole:
            shutil.rmtree(path, ignore_errors=True)


def found(folder: Path, key: str) -> Kept | None:
    """The newest whole state of the same course (`key`); None where there is none."""
    for path in sorted(folder.glob(f"{STATE}*"), reverse=True):
        try:
            told = json.loads((path / FILE).read_text(encoding="utf-8"))
            content = (path / "state.safetensors").read_bytes()
        except (OSError, ValueError):
            continue
        if told.get("key") == key and told.get("sha256") == hashlib.sha256(content).hexdigest():
            return Kept(load_file(path / "state.safetensors"), told)
    return None


def forget(folder: Path) -> None:
    """Removes what was kept."""
    for path in [*folder.glob(f"{STATE}*"), *folder.glob(".draft-*")]:
        shutil.rmtree(path, ignore_errors=True)
