"""The console's pages in a real browser: a request's trace, the evaluation, models and rollback, the rules' editor."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import report

pytestmark = pytest.mark.browser


def test_the_evaluation_speaks_the_language_of_the_page_and_can_be_read_on_a_phone(look: Callable[..., Any], pages_shop: Path):
    (pages_shop / "reports").mkdir(exist_ok=True)
    for version in (path.name for path in (pages_shop / "models").iterdir() if path.is_dir()):
        (pages_shop / "reports" / f"{version}.json").write_text(report().to_json())
    page = look("/console/report?lang=zh", viewport={"width": 390, "height": 844})
    assert "位顾客" in page.locator(".plots svg").first.text_content()
    assert page.locator(".plots svg").first.bounding_box()["width"] >= 600


@pytest.mark.parametrize("damage", [b"[]", b"{", b"{}", b"\xff"])
def test_a_damaged_report_is_said_on_its_page(look: Callable[..., Any], pages_shop: Path, damage: bytes):
    (pages_shop / "reports").mkdir(exist_ok=True)
    version = next(path.name for path in (pages_shop / "models").iterdir() if path.is_dir())
    (pages_shop / "reports" / f"{version}.json").write_bytes(damage)
    page = look(f"/console/report?version={version}")
    assert "report" in page.inner_text(".flash.bad")
    assert page.input_value("select[name=version]") == version


def test_proposals_of_synonyms_keep_to_a_phone(look: Callable[..., Any], pages_shop: Path):
    one = {"one": "couch", "other": "sofa for the living room", "both_ways": True, "score": 0.9, "support": 12, "chance": 0.0}
    held = {"mined": 1.0, "proposals": [{**one, "source": "catalogue"}]}
    (pages_shop / "synonyms-proposed.json").write_text(json.dumps(held), encoding="utf-8")
    page = look("/console/synonyms", viewport={"width": 390, "height": 844})
    assert page.locator(".verdict").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


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
