"""Whatever is typed is answered sensibly: empty, endless, emoji, mixed scripts, control characters, right to left, stop words."""

import asyncio
from pathlib import Path

import pytest

from served import Served, small_shop

UNDERSTAND = "facets-in-words = {}\nsynonyms = {}"
NOTHING = [
    "🙂🙂🙂", "👩‍👩‍👧‍👦", "!!!???", "…", "\u202e\u202d", "\u200b\u200b", "qwertz asdfgh", "量子力学", "שלום", "مرحبا بالعالم",
    "0" * 400, "--", "' OR 1=1 --",
]  # fmt: skip
ALL = ["", "   ", "\t\n", "\u3000"]
CHEESE = [
    "cheese 🙂", "cheese\u202e", "\u202bcheese\u202c", "ＣＨＥＥＳＥ", "che\u00adese", "cheese\x00\x1f", "CHEESE!!!",
    "<b>cheese</b>", "&#99;heese", "奶酪 cheese שלום", "cheese " * 140,
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_shop(tmp_path_factory.mktemp("strange") / "shop", versions=0, understand=UNDERSTAND)
    (folder / "synonyms.txt").write_text("fromage, cheese\n", encoding="utf-8")
    return folder


def test_every_text_gets_a_sensible_answer_everywhere(folder: Path):
    async def run() -> None:
        async with Served(folder) as served:
            client = served.client
            for text in (*NOTHING, *ALL, *CHEESE):
                for answer in (
                    await client.get("/v1/search", params={"text": text}), await client.post("/v1/search", json={"text": text}),
                    await client.get("/v1/search", params={"text": text, "sort": "price"}),
                    await client.get("/v1/search", params={"text": text, "literal": "true"}),
                    await client.get("/v1/suggest", params={"text": text}), await client.get("/search", params={"q": text}),
                    await client.get("/suggest", params={"q": text}),
                ):  # fmt: skip
                    assert answer.status_code in (200, 400), (text, answer.status_code)
                    assert answer.status_code == 200 or any(ord(c) < 32 for c in text), text
            for text in NOTHING:
                found = (await client.post("/v1/search", json={"text": text})).json()
                assert (found["total"], found["items"], found["relaxed"]) == (0, [], []), text
            for text in ALL:
                answer = await client.post("/v1/search", json={"text": text})
                if answer.status_code == 200:
                    assert answer.json()["total"] == 60, text
            for text in CHEESE:
                answer = await client.post("/v1/search", json={"text": text})
                if answer.status_code == 200:
                    assert answer.json()["items"][0]["title"].split()[1] == "Cheese", text

    asyncio.run(run())


def test_a_text_without_end_is_refused_and_says_how_long_one_may_be(folder: Path):
    async def run() -> None:
        async with Served(folder) as served:
            for text in ("cheese " * 1_500, "x" * 10_240, "奶" * 10_240):
                for answer in (
                    await served.client.post("/v1/search", json={"text": text}),
                    await served.client.get("/search", params={"q": text[:5_000]}),
                    await served.client.get("/v1/suggest", params={"text": text[:5_000]}),
                ):  # fmt: skip
                    assert answer.status_code == 400
                    assert "1000" in answer.text or "1,000" in answer.text

    asyncio.run(run())


def test_only_words_that_everything_says_are_answered_as_they_are(folder: Path):
    async def run() -> None:
        async with Served(folder) as served:
            found = (await served.client.get("/v1/search", params={"text": "the and of"})).json()
            assert (found["total"], found["relaxed"]) == (0, [])
            everything = (await served.client.get("/v1/search", params={"text": "oz"})).json()
            assert everything["total"] == 0 or everything["items"], "a measure without its number"
            many = (await served.client.get("/v1/search", params={"text": "cheese of the xyzzy"})).json()
            assert many["items"][0]["title"].split()[1] == "Cheese"

    asyncio.run(run())
