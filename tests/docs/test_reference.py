"""The reference is complete: every method, setting, command, route and environment variable is in docs/, as the code has it."""

import importlib.util
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from ronghe.methods import METHODS, method

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLES = tables()


@pytest.mark.parametrize("page", ["methods.md", "commands.md"])
def test_the_page_says_what_the_code_says(page: str):
    path = REFERENCE / page
    assert path.read_text(encoding="utf-8") == TABLES.tables()[path], "out of date: run `make docs`"


@pytest.mark.parametrize("name", METHODS)
def test_every_setting_of_a_method_has_a_meaning(name: str):
    kind = method(name)
    silent = [f.name for f in fields(kind) if f.init and not TABLES.meanings(kind).get(f.name)]
    assert not silent, f"the docstring of {kind.__name__} does not say `name: meaning` of {silent}"


@pytest.mark.parametrize("name", METHODS)
def test_every_method_says_what_it_is(name: str):
    assert f"### {name}\n" in (REFERENCE / "methods.md").read_text(encoding="utf-8")
    assert len(method(name).__doc__ or "") > 20


def test_every_section_of_the_recipe_is_in_the_settings():
    from ronghe.engine.recipe import FUSIONS, Shop, Split, Surface

    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    kinds = [Shop, Split, Surface]
    missing = [
        f"{kind.__name__}.{f.name}" for kind in kinds for f in fields(kind) if f"| `{f.name}` | `{TABLES.default(f)}` |" not in page
    ]
    rows = [(name, f) for name, kind in FUSIONS.items() for f in fields(kind) if f.init]
    missing += [f"{name}.{f.name}" for name, f in rows if f"`{f.name}` | `{TABLES.default(f)}` |" not in page]
    assert not missing, f"docs/reference/settings.md lacks these with their defaults: {missing}"
    assert all(f"`{name}`" in page for name in FUSIONS)


def test_every_environment_variable_is_in_the_settings():
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    missing = {name for name in TABLES.environment(ROOT) if f"| `{name}` |" not in page}
    assert not missing


def test_every_route_is_in_the_reference():
    from ronghe.service.api.table import ROUTES

    page = "\n".join(p.read_text(encoding="utf-8") for p in REFERENCE.glob("*.md"))
    missing = [
        f"{r.method} {r.path}" for r in ROUTES if f"{r.method} {r.path}" not in page and f"| {r.method} | `{r.path}` |" not in page
    ]
    assert not missing
