"""Every python block of the README and of docs/ runs, file by file, in the folder of a small real shop."""

import contextlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if BLOCK.search(p.read_text(encoding="utf-8"))]
NEEDS_SHOP = re.compile(r"Engine\.open|localhost|127\.0\.0\.1")


def blocks(page: Path) -> list[tuple[int, str]]:
    text = page.read_text(encoding="utf-8")
    return [(text[: found.start(1)].count("\n"), found[1]) for found in BLOCK.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_python_of_a_page_runs(page: Path, request: pytest.FixtureRequest, tmp_path: Path):
    needs_shop = any(NEEDS_SHOP.search(code) for _, code in blocks(page))
    folder = request.getfixturevalue("shop_copy").parent if needs_shop else tmp_path
    names: dict[str, object] = {"__name__": "page"}
    with contextlib.chdir(folder):
        for line, code in blocks(page):
            exec(compile("\n" * line + code, str(page), "exec"), names)  # the line numbers are the page's
