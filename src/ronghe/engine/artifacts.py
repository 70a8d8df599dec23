"""Models on disk: plain arrays + JSON, never pickle. One save and load serves every model.

A model is a frozen dataclass; its fields are arrays, CSR matrices, numbers, strings, bytes, tuples, lists, dicts, or models.
"""

import json
import math
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ronghe.core.errors import BadArtifact

MOVED = {
    "ronghe.methods.columns.word_rows": "ronghe.methods.word_rows",
    "ronghe.methods.encoders.multimodal.model": "ronghe.methods.encoders.multimodal.multimodal",
}  # modules that models were saved under before they moved
_PLAIN = (str, bool, int, type(None))


def save_model(model: Any, folder: Path) -> None:
    """Writes `model` into the new folder: model.json and one .npy an array. BadArtifact names a field that cannot be kept."""
    folder.mkdir(parents=True)
    writer = _Writer(folder)
    tree = writer.node(model, type(model).__name__)
    (folder / "model.json").write_text(json.dumps(tree, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def load_model(folder: Path) -> Any:
    """The model that save_model wrote there. BadArtifact when it is not whole or names code that is not a Ronghe model."""
    try:
        tree = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        return _read(tree, folder)
    except BadArtifact:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise BadArtifact(f"model in {folder} cannot be read: {type(error).__name__}: {error}") from error


def arrays_of(model: Any) -> list[np.ndarray[Any, Any]]:
    """Every array inside a model."""
    if isinstance(model, np.ndarray):
        return [model]
    if sp.issparse(model):
        return [model.data]
    if is_dataclass(model):
        return [a for field in fields(model) for a in arrays_of(getattr(model, field.name))]
    if isinstance(model, dict):
        return [a for value in model.values() for a in arrays_of(value)]
    if isinstance(model, (tuple, list)) and not (model and isinstance(model[0], str)):
        return [a for value in model for a in arrays_of(value)]
    return []


class _Writer:
    """Turns values into JSON nodes, arrays into numbered files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def array(self, value: np.ndarray[Any, Any], where: str) -> str:
        if value.dtype.hasobject:
            raise BadArtifact(f"{where} is an array of Python objects; right would be numbers, or a tuple of strings")
        name = f"{self.count:03d}.npy"
        self.count += 1
        np.save(self.folder / name, np.ascontiguousarray(value).reshape(value.shape), allow_pickle=False)
        return name

    def node(self, value: Any, where: str) -> Any:
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"$float": repr(value)}
        if isinstance(value, np.generic):
            return self.node(value.item(), where)
        if isinstance(value, np.ndarray):
            return {"$array": self.array(value, where)}
        if isinstance(value, bytes):
            return {"$bytes": self.array(np.frombuffer(value, dtype=np.uint8), where)}
        if sp.issparse(value):
            matrix = value.tocsr()
            parts = [self.array(part, where) for part in (matrix.data, matrix.indices, matrix.indptr)]
            return {"$csr": parts, "shape": list(matrix.shape)}
        if is_dataclass(value) and not isinstance(value, type):
            kind = f"{type(value).__module__}:{type(value).__qualname__}"
            held = {f.name: self.node(getattr(value, f.name), f"{where}.{f.name}") for f in fields(value) if f.init}
            return {"$model": kind, "fields": held}
        if isinstance(value, (tuple, list)):
            kind = "$tuple" if isinstance(value, tuple) else "$list"
            return {kind: [self.node(v, f"{where}[{i}]") for i, v in enumerate(value)]}
        if isinstance(value, dict):
            return {"$dict": [[self.node(k, where), self.node(v, f"{where}[{k!r}]")] for k, v in value.items()]}
        raise BadArtifact(f"{where} is a {type(value).__name__}, which cannot be saved; see ronghe/core/roles.py for what can")


def _read(node: Any, folder: Path) -> Any:
    if not isinstance(node, dict):
        return node
    if "$array" in node:
        return _array(node["$array"], folder)
    if "$bytes" in node:
        return _array(node["$bytes"], folder).tobytes()
    if "$csr" in node:
        return sp.csr_matrix(tuple(_array(name, folder) for name in node["$csr"]), shape=tuple(node["shape"]))
    if "$float" in node:
        return float(node["$float"])
    if "$tuple" in node:
        return tuple(_read(v, folder) for v in node["$tuple"])
    if "$list" in node:
        return [_read(v, folder) for v in node["$list"]]
    if "$dict" in node:
        return {_read(k, folder): _read(v, folder) for k, v in node["$dict"]}
    return class_of(node["$model"])(**{name: _read(value, folder) for name, value in node["fields"].items()})


def _array(name: str, folder: Path) -> np.ndarray[Any, Any]:
    if Path(name).name != name:
        raise BadArtifact(f"array name {name!r} in {folder} leaves the folder; right would be a plain file name")
    loaded: np.ndarray[Any, Any] = np.load(folder / name, allow_pickle=False)
    return loaded


def class_of(kind: str) -> type[Any]:
    """The class of models that were saved as "module:Class", wherever it is now. BadArtifact unless it is one of this package."""
    module, _, name = kind.partition(":")
    if not module.startswith("ronghe.") or "." in name:
        raise BadArtifact(f"model of class {kind!r}; right would be a class of the package ronghe")
    found: type[Any] = getattr(import_module(MOVED.get(module, module)), name)
    if not is_dataclass(found):
        raise BadArtifact(f"model of class {kind!r}, which is not a frozen model")
    return found
