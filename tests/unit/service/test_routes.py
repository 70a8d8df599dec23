"""docs/reference/routes.md says what the live router says: every route, its method and its scope; and nothing more."""

import re
from pathlib import Path

from ronghe.engine.engine import Engine
from ronghe.service.app import create_app
from ronghe.service.guard import Guarded

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "routes.md"
LINE = re.compile(r"^\| (\w+) \| `([^`]+)` \| (\w+) \| \S", re.MULTILINE)
OTHERS = {("GET", "/openapi.json", "open"), ("GET", "/static/{path}", "open")}  # not ours to guard: a document and files


def test_every_route_is_documented_with_its_scope(folder: Path):
    engine = Engine.open(folder)
    try:
        routes = [r for r in create_app(engine).routes if isinstance(r, Guarded)]
        live = {(method, r.path.replace(":path", ""), r.endpoint.needs) for r in routes for method in r.methods}  # type: ignore[attr-defined]
    finally:
        engine.close()
    assert len(live) > 35
    assert set(LINE.findall(PAGE.read_text(encoding="utf-8"))) == live | OTHERS


def test_there_are_no_other_routes(folder: Path):
    engine = Engine.open(folder)
    try:
        others = [r.path for r in create_app(engine).routes if not isinstance(r, Guarded)]  # type: ignore[attr-defined]
    finally:
        engine.close()
    assert sorted(others) == ["/openapi.json", "/static"]
