"""A browser for journeys through the pages, and the small shop that it looks at."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from served import listening, small_shop

CHROMIUM = os.environ.get("RONGHE_CHROMIUM") or shutil.which("chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def pages_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop that `look` looks at."""
    return small_shop(tmp_path_factory.mktemp("pages") / "shop")


@pytest.fixture(scope="module")
def address(pages_shop: Path) -> Iterator[str]:
    """Where that shop's service listens."""
    with listening(pages_shop) as (where, _):
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; pip install '.[dev]'")
    if CHROMIUM is None:
        pytest.skip("no Chromium: set RONGHE_CHROMIUM or install Debian's chromium")
    with playwright.sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM, args=ARGS) as opened:
        yield opened


@pytest.fixture
def look(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """look(path, …) opens a page as a new visitor; nothing may be said on its console."""
    said: list[str] = []
    contexts = []

    def opened(path: str = "/", viewport: dict[str, int] | None = None, **given: Any) -> Any:
        context = browser.new_context(base_url=address, viewport=viewport or {"width": 1280, "height": 900}, **given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in said if "status of 400" not in text] == []  # a browser says so of every refused form
