"""A shop's life on the command line: asked, explained, trained again, rolled back; and every answer as JSON."""

import json
import shutil
from pathlib import Path

import pytest

from real_shop import SAMPLE, ronghe


def asked(*words: str, shop: Path) -> dict | list:
    return json.loads(ronghe(*words, "--json", "--shop", str(shop), folder=shop.parent).stdout)


def shopper(shop: Path) -> str:
    from contextlib import closing

    from ronghe.engine.engine import Engine

    with closing(Engine.open(shop)) as engine:
        return engine.shoppers(1)[0]


def test_status_counts_what_was_loaded(real_shop: Path):
    status = asked("status", shop=real_shop)
    assert status["counts"]["items"] > 5_000
    assert status["counts"]["events"] > 1_000
    assert status["model"]


def test_search_finds_what_was_typed(real_shop: Path):
    answer = asked("search", "milk", "-k", "5", shop=real_shop)
    assert len(answer["items"]) == 5
    assert all("milk" in item["title"].lower() for item in answer["items"])


def test_search_forgives_a_typo_and_says_so(real_shop: Path):
    answer = asked("search", "choclate", shop=real_shop)
    assert answer["meant"] == "chocolate"
    assert answer["items"]


def test_a_facet_narrows_the_search(real_shop: Path):
    answer = asked("search", "milk", "--filter", "brand=House brand", "--price-max", "3", shop=real_shop)
    assert answer["items"]
    assert {item["brand"] for item in answer["items"]} == {"House brand"}


def test_nonsense_finds_nothing(real_shop: Path):
    assert asked("search", "xqzvw", "jjkkw", shop=real_shop)["items"] == []


def test_a_recommendation_can_be_explained_afterwards(real_shop: Path):
    answer = asked("recommend", shopper(real_shop), "--why", "-k", "5", shop=real_shop)
    assert len(answer["items"]) == 5
    assert any(item["reasons"] for item in answer["items"])
    told = asked("explain", answer["slate"], shop=real_shop)
    assert [item["id"] for item in told["items"]] == [item["id"] for item in answer["items"]]
    assert any(item["reasons"] for item in told["items"])


def test_similar_answers_with_other_items(real_shop: Path):
    item = asked("search", "milk", "-k", "1", shop=real_shop)["items"][0]["id"]
    found = [one["id"] for one in asked("similar", item, "-k", "5", shop=real_shop)["items"]]
    assert len(found) == 5
    assert item not in found


def test_evaluate_shows_the_report_of_a_version(real_shop: Path):
    version = asked("models", shop=real_shop)[0]["version"]
    report = asked("evaluate", "--version", version, shop=real_shop)
    assert report


def test_models_are_trained_switched_and_rolled_back(shop_copy: Path):
    first = asked("models", shop=shop_copy)[0]["version"]
    done = asked("train", "--no-evaluate", shop=shop_copy)
    assert done["serves"]
    assert done["version"] != first
    assert asked("models", "rollback", shop=shop_copy) == {"current": first}
    assert asked("models", "switch", done["version"], shop=shop_copy) == {"current": done["version"]}
    assert [m["version"] for m in asked("models", shop=shop_copy) if m["current"]] == [done["version"]]


def test_ingesting_the_same_again_adds_nothing(shop_copy: Path):
    before = asked("status", shop=shop_copy)["counts"]
    ronghe("ingest", "complete-journey", "--sample", SAMPLE, folder=shop_copy.parent)
    assert asked("status", shop=shop_copy)["counts"]["events"] == before["events"]


def test_the_doctor_finds_a_flipped_bit_and_names_the_remedy(shop_copy: Path):
    victim = next(p for p in sorted((shop_copy / "models").rglob("*.npy")) if p.stat().st_size > 1_000)
    data = bytearray(victim.read_bytes())
    data[500] ^= 1
    victim.write_bytes(data)
    told = json.loads(ronghe("doctor", "--json", "--port", "1", "--shop", str(shop_copy), folder=shop_copy.parent, status=2).stdout)
    sick = [check for check in told["checks"] if not check["ok"] and check["name"] == "model"]
    assert len(sick) == 1
    assert "SHA-256" in sick[0]["found"]
    assert "ronghe" in sick[0]["remedy"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("status",), "ronghe init"),
        (("recommend", "--filter", "brand"), "FACET=VALUE"),
        (("init", "--recipe", "nothing"), "grocery"),
        (("bench", "nothing"), "load"),
    ],
    ids=" ".join,
)
def test_an_error_is_one_line_that_says_what_would_be_right(words: tuple[str, ...], told: str, tmp_path: Path):
    done = ronghe(*words, folder=tmp_path, status=2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("ronghe: ")
    assert told in done.stderr


def test_chinese_is_spoken_when_asked(real_shop: Path):
    said = ronghe("--lang", "zh", "search", "milk", "-k", "1", "--shop", str(real_shop), folder=real_shop.parent).stdout
    assert "名称" in said
    assert "共" in said


def told(*words: str, shop: Path) -> tuple[str, str]:
    done = ronghe(*words, "--shop", str(shop), folder=shop.parent)
    return done.stdout, done.stderr


def test_who_is_not_known_is_answered_as_a_stranger_and_told_so(real_shop: Path):
    said, _ = told("recommend", "nobody-at-all", "-k", "2", shop=real_shop)
    assert "Nothing is known of 'nobody-at-all'" in said
    assert shopper(real_shop) in said
    assert "Nothing is known" not in told("recommend", shopper(real_shop), "-k", "2", shop=real_shop)[0]


def test_a_trace_is_a_table_and_an_explanation_names_titles(real_shop: Path):
    said, _ = told("search", "milk", "--trace", "-k", "2", shop=real_shop)
    fused = [line.split()[:2] for line in said.splitlines() if line.strip().startswith("fuse")]
    assert fused == [["fuse", "ReciprocalRank"], ["fuse", "facets-in-words"], ["fuse", "likely-category"]]
    answer = asked("search", "milk", "-k", "2", shop=real_shop)
    assert answer["items"][0]["title"][:20] in told("explain", answer["slate"], shop=real_shop)[0]


def test_a_model_that_cannot_be_read_is_told_with_every_answer(real_shop: Path, tmp_path: Path):
    shop = Path(shutil.copytree(real_shop, tmp_path / "shop"))
    version = (shop / "models" / "current").read_text().split()[0]
    next((shop / "models" / version).rglob("*.json")).write_text("{")
    said, complaint = told("search", "milk", "-k", "2", shop=shop)
    assert version in complaint
    assert "milk" in said.lower()
