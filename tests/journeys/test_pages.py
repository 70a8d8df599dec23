"""The shop's pages in a real browser: search, click, a changed shelf, why, basket, two languages, a phone."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from served import listening

PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.browser


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


def test_a_late_suggestion_takes_nobody_s_choice_away(look: Callable[..., Any]):
    page = look()
    held: list[Any] = []

    def of(text: str) -> Callable[[Any], bool]:
        return lambda asked: asked.url.endswith(f"/suggest?q={text}")

    page.route("**/suggest*", lambda route: held.append(route) if of("che")(route.request) else route.continue_())
    box = page.get_by_role("combobox")
    with page.expect_response(of("ch")):
        box.type("ch")
    page.wait_for_selector("#suggestions li")
    with page.expect_request(of("che")):
        box.type("e")
    page.keyboard.press("ArrowDown")
    with page.expect_response(of("che")):
        held[0].continue_()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    assert page.locator("#suggestions li[aria-selected=true]").count() == 1


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
        page.locator(".chosen .chip.on").click()
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
    assert page.inner_text("#shelf-home h2") == "For you"
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


def test_on_a_phone_the_menu_stays_on_the_screen_and_the_tab_one_is_on_is_in_sight(look: Callable[..., Any]):
    page = look(viewport=PHONE)
    page.locator("details.menu summary").click()
    box = page.locator(".menu-body").bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]
    page.goto("/console/synonyms")
    box = page.locator(".tabs [aria-current]").bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]


def test_the_switch_of_the_order_stands_beside_the_heading(look: Callable[..., Any]):
    page = look("/search?q=" + "tea" * 100)
    switch, heading = (page.locator(f".results-head {one}").bounding_box() for one in (".switch", "h1"))
    assert switch["x"] > heading["x"] + heading["width"]
    assert abs(switch["y"] - heading["y"]) < 24
    assert heading["height"] < 160  # however long the words are


def test_who_adds_by_keyboard_stays_at_the_card(look: Callable[..., Any]):
    page = look("/search?q=tea")
    card = page.locator(".grid .card").first
    name = card.locator(".card-title").inner_text()
    card.locator("form button").press("Enter")
    page.wait_for_selector("#basket-count:not([hidden])")
    assert name in page.evaluate("document.activeElement.closest('.card').textContent")


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


def test_texts_of_the_catalogue_are_never_run_and_keep_to_the_page(browser: Any, pages_shop: Path):
    evil = '<img src=x onerror="document.title=1">"\'><script>document.title=2</script>' + "W" * 170
    with listening(pages_shop) as (where, engine):
        engine.put_items([{"id": "evil", "title": evil, "brand": evil, "category": evil, "description": evil, "price": 1.0}])
        page = browser.new_context(base_url=where).new_page()
        for path in ("/search?q=onerror", "/item/evil", f"/search?q={evil}"):
            page.goto(path)
            assert page.title() not in ("1", "2")
            assert page.locator("main script, main img[src=x]").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        engine.delete_items(["evil"])
