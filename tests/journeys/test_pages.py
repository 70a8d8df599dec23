"""The pages in a real browser: search, click, a changed shelf, why, basket, two languages, a phone, the console."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from reports import report
from served import listening, small_shop

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; pip install '.[dev]'")
CHROMIUM = os.environ.get("RONGHE_CHROMIUM") or shutil.which("chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync"]
PHONE = {"width": 390, "height": 844}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: set RONGHE_CHROMIUM or install Debian's chromium"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(tmp_path_factory.mktemp("pages") / "shop")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with listening(folder) as (where, _):
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
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


def titles(page: Any, shelf: str) -> list[str]:
    found: list[str] = page.locator(f"#shelf-{shelf} .card-title").all_inner_texts()
    return found


def test_search_by_keyboard_with_suggestions(look: Callable[..., Any]):
    page = look()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.get_by_role("combobox")
    box.type("che")
    page.wait_for_selector("#suggestions li")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#suggestions li[aria-selected=true]")
    assert chosen.count() == 1
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#suggestions").is_hidden()
    assert box.input_value() == "che"
    box.fill("chese")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=chese")
    assert "cheese" in page.inner_text("h1").lower()
    assert "chese" in page.inner_text(".results-head .note")
    assert page.locator(".grid .card").count() == 10


def test_facets_sort_and_price_narrow_the_results(look: Callable[..., Any]):
    page = look("/search?q=cheese")
    with page.expect_navigation():
        page.get_by_role("checkbox", name="Lind").click()
    assert page.locator(".grid .card").count() == 5
    with page.expect_navigation():
        page.select_option("#sort", "-price")
    prices = [float(text.strip("€")) for text in page.locator(".grid .price").all_inner_texts()]
    assert prices == sorted(prices, reverse=True)
    with page.expect_navigation():
        page.fill("input[name=max]", "2.3")
        page.keyboard.press("Enter")
    assert page.locator(".grid .card").count() == 2
    with page.expect_navigation():
        page.locator(".chip.on").click()
    assert page.locator(".grid .card").count() == 4


def test_paging_goes_through_all_items_once(look: Callable[..., Any]):
    page = look("/search")
    seen = page.locator(".grid .card-title").all_inner_texts()
    while page.locator("a[rel=next]").count():
        with page.expect_navigation():
            page.locator("a[rel=next]").click()
        seen += page.locator(".grid .card-title").all_inner_texts()
    assert len(seen) == len(set(seen)) == 60


def test_nonsense_finds_nothing_and_says_what_to_do(look: Callable[..., Any]):
    page = look("/search?q=qzxvwkpt")
    assert page.locator(".grid .card").count() == 0
    assert page.locator(".empty").is_visible()
    assert page.locator("#shelf-popular .card").count() > 0


def test_a_click_changes_the_shelf_and_says_why(look: Callable[..., Any]):
    page = look()
    before = titles(page, "home")
    page.goto("/search?q=tea")
    page.locator(".grid .card-link").first.click()
    page.wait_for_url("**/item/**")
    assert page.locator("#shelf-item .card").count() > 0
    name = page.inner_text("h1")
    page.locator(".item .button").click()
    page.wait_for_selector(".item .done")
    assert page.inner_text("#basket-count") == "1"
    page.goto("/")
    after = titles(page, "home")
    assert after != before
    page.locator("#shelf-home a[data-why]").first.click()
    dialog = page.locator("dialog#why")
    dialog.wait_for()
    assert name.split(" ")[0] in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_a_card_fills_the_basket_without_leaving_the_page(look: Callable[..., Any]):
    page = look()
    before = titles(page, "home")
    page.locator("#shelf-popular form[data-live] button").first.click()
    page.wait_for_selector("#basket-count:not([hidden])")
    assert page.url.endswith("/")
    assert page.locator("#said").inner_text() != ""
    page.goto("/basket")
    assert page.locator(".line").count() == 1
    assert page.locator("#shelf-basket .card").count() > 0
    page.locator(".line form button").click()
    page.wait_for_selector(".empty")
    page.goto("/")
    page.locator("#shelf-popular form[data-live] button").first.click()
    page.wait_for_selector("#basket-count:not([hidden])")
    page.goto("/basket")
    page.locator(".total .button").click()
    page.wait_for_selector(".flash.good")
    page.goto("/")
    assert titles(page, "home") != before


def test_everything_works_without_scripts(look: Callable[..., Any]):
    page = look(java_script_enabled=False)
    with page.expect_navigation():
        page.locator("#shelf-popular form button").first.click()
    assert page.inner_text("#basket-count") == "1"
    with page.expect_navigation():
        page.locator("#shelf-popular a[data-why]").first.click()
    assert "/why/" in page.url
    page.goto("/search?q=tea")
    assert page.locator(".grid .card").count() == 10


def test_acting_as_a_shopper_shows_their_shelves(look: Callable[..., Any]):
    page = look()
    guest = titles(page, "home")
    page.locator("details.menu summary").click()
    page.select_option("#shopper", "u1")
    with page.expect_navigation():
        page.locator(".menu-body .button").click()
    assert page.inner_text("#acting") == "u1"
    assert titles(page, "home") != guest
    assert titles(page, "again")


def test_the_language_is_switched_and_kept(look: Callable[..., Any]):
    page = look()
    with page.expect_navigation():
        page.locator("a.language").click()
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.inner_text("#shelf-popular h2") == "正在热卖"
    page.goto("/basket")
    assert page.inner_text("h1") == "你的购物篮"
    assert look(locale="zh-CN").inner_text("#shelf-popular h2") == "正在热卖"


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 640}], ids=["phone", "small phone"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=tea",
        "/item/i1",
        "/basket",
        "/console",
        "/console/trace?surface=home&user=u1",
        "/console/models",
        "/console/report",
        "/console/rules",
        "/nothing-here",
    ],
)
def test_a_phone_does_not_scroll_sideways(browser: Any, address: str, path: str, viewport: dict[str, int]):
    context = browser.new_context(base_url=address, viewport=viewport)
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    shown = "[...document.querySelectorAll('button, .chip, .top-link, summary')].filter(e => e.offsetParent)"
    assert page.evaluate(shown + ".filter(e => e.offsetHeight < 24).length") == 0
    context.close()


def test_what_was_done_to_a_search_is_said_in_words_that_stand_apart(look: Callable[..., Any]):
    boxes = [one.bounding_box() for one in look("/search?q=chese").locator(".results-head .note > *").all()]
    assert [a["x"] + a["width"] + 8 <= b["x"] or a["y"] < b["y"] for a, b in pairwise(boxes)] == [True, True]


def test_the_evaluation_speaks_the_language_of_the_page_and_can_be_read_on_a_phone(look: Callable[..., Any], folder: Path):
    (folder / "reports").mkdir(exist_ok=True)
    for version in (path.name for path in (folder / "models").iterdir() if path.is_dir()):
        (folder / "reports" / f"{version}.json").write_text(report().to_json())
    page = look("/console/report?lang=zh", viewport=PHONE)
    assert "位顾客" in page.locator(".plots svg").first.text_content()
    assert page.locator(".plots svg").first.bounding_box()["width"] >= 600


def test_the_console_traces_a_request(look: Callable[..., Any]):
    page = look("/console")
    assert "60" in page.inner_text(".numbers")
    page.get_by_role("link", name="Trace").click()
    page.select_option("select[name=surface]", "home")
    page.fill("input[name=user]", "u1")
    page.locator(".trace-form .button").click()
    page.wait_for_selector(".funnel")
    stages = [text for text in page.locator(".stage").all_inner_texts() if text]
    assert stages[:3] == ["Understand", "Retrieve", "Fuse"]
    assert page.locator(".evidence tbody tr").count() == 20
    assert page.locator(".funnel-bar").count() >= 5
    assert "ease" in page.inner_text(".evidence thead")
    page.goto("/console/trace?surface=moon")
    assert "moon" in page.inner_text(".flash.bad")


def test_a_model_is_rolled_back_in_the_console(look: Callable[..., Any]):
    page = look("/console/models")
    before = page.inner_text("tr.current code")
    page.locator("#rollback").click()
    page.wait_for_selector(".flash.good")
    after = page.inner_text("tr.current code")
    assert after != before
    page.locator(".models form .button").first.click()
    page.wait_for_selector(f"tr.current:has-text('{before}')")


def test_rules_are_edited_and_their_errors_named_by_line(look: Callable[..., Any]):
    page = look("/console/rules")
    page.fill("textarea#rules", "# mine\n\n[[pinn]]\n")
    with page.expect_response(re.compile("/console/rules")) as answered:
        page.locator("form .button").click()
    assert answered.value.status == 400
    assert "Line 3" in page.inner_text("#wrong")
    assert page.input_value("textarea#rules") == "# mine\n\n[[pinn]]\n"
    page.fill("textarea#rules", "# mine\n")
    page.locator("form .button").click()
    page.wait_for_selector(".flash.good")
    assert page.input_value("textarea#rules") == "# mine\n"


def test_texts_of_the_catalogue_are_never_run_and_keep_to_the_page(browser: Any, folder: Path):
    evil = '<img src=x onerror="document.title=1">"\'><script>document.title=2</script>' + "W" * 170
    with listening(folder) as (where, engine):
        engine.put_items([{"id": "evil", "title": evil, "brand": evil, "category": evil, "description": evil, "price": 1.0}])
        page = browser.new_context(base_url=where).new_page()
        for path in ("/search?q=onerror", "/item/evil", f"/search?q={evil}"):
            page.goto(path)
            assert page.title() not in ("1", "2")
            assert page.locator("main script, main img[src=x]").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        engine.delete_items(["evil"])
