"""The hash of a module's code: its source and that of every Ronghe module it imports, directly or through others."""

import ast
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "ronghe"


@cache
def code_hash(*modules: str) -> str:
    """Changes when the source of one of `modules`, or of a Ronghe module that they import, does."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            source = _source(name)
            found[name] = hashlib.sha256(source.encode()).hexdigest()
            waiting += _imports(source)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]


def _source(module: str) -> str:
    spec = find_spec(module)
    return Path(spec.origin).read_text(encoding="utf-8") if spec is not None and spec.origin else ""


def _imports(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.split(".")[0] == PACKAGE and _is_module(name)]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # ronghe.a.Name, where a is a module and Name a class
        return False
