"""A Chinese shop: what people type there, well or badly, is answered sensibly and never with a fault."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recipes import recipe
from ronghe.core.limits import QUERY
from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from served import Served
from store_of_world import handed_over

RECIPE = recipe("""
[shop]
name = "网易小铺"
currency = "CNY"
language = "zh"

[understand]
pinyin = {}
facets-in-words = {}
spelling = {}

[retrieve]
bm25 = {}
popular = {}
recent = {}

[surface.home]
retrieve = ["popular", "recent"]

[surface.search]
retrieve = ["bm25"]

[surface.browse]
retrieve = ["popular", "recent"]

[surface.item]
retrieve = ["popular", "recent"]
""")
TITLES = {
    "towel": ("纯棉毛巾", "洗护 > 毛巾", ["红色", "白色"], 29.0), "bath": ("加厚浴巾", "洗护 > 毛巾", ["蓝色"], 89.0),
    "shoes": ("轻便运动鞋", "服饰 > 鞋子", ["珊瑚红"], 45.0), "boots": ("牛皮鞋子", "服饰 > 鞋子", ["真朱红"], 450.0),
    "pillow": ("記憶枕", "居家 > 被枕", ["白色"], 99.0), "box": ("ＡＢＣ收纳盒１２３", "居家 > 收纳", ["黑色"], 19.0),
    "kana": ("タオル 日式", "洗护 > 毛巾", ["白色"], 39.0), "rare": ("𠮷野家 𠀀 龘靐", "饮食 > 糕点", ["白色"], 9.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        {"id": name, "title": title, "category": path, "attributes": {"颜色": colours}, "price": price, "language": "zh"}
        for name, (title, path, colours, price) in TITLES.items()
    ]
    return handed_over(tmp_path_factory.mktemp("zh"), RECIPE, items=rows)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    with closing(Engine.open(folder)) as engine:
        yield engine


def found(engine: Engine, text: str, **more: Any) -> list[str]:
    (answer,) = engine.ask([Request("search", text=text, **more)])
    assert isinstance(answer, Answer), answer
    return [one.id for one in answer.items]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("毛巾", "towel"), ("maojin", "towel"), ("mj", "towel"), ("毛jin", "towel"), ("毛今", "towel"), ("毛\u200b巾", "towel"),
        ("\ufeff毛\u200d巾\u200e", "towel"), ("毛 巾", "towel"), ("记忆枕", "pillow"), ("記憶枕", "pillow"), ("jiyizhen", "pillow"),
        ("abc123", "box"), ("ＡＢＣ", "box"), ("１２３", "box"), ("收納盒", "box"), ("ﾀｵﾙ", "kana"), ("タオル", "kana"),
        ("𠀀", "rare"), ("龘靐", "rare"), ("𠮷野家", "rare"), ("運動鞋", "shoes"), ("yundong鞋", "shoes"), ("毛巾😀", "towel"),
        ("纯棉 towel 毛巾", "towel"),
    ],
)  # fmt: skip
def test_what_is_typed_in_any_script_and_width_finds_it(engine: Engine, typed: str, first: str) -> None:
    assert found(engine, typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["50元以下的红色鞋子", "５０元以下的红色鞋子", "50元以下的紅色鞋子", "不超过50块 红色 鞋子"])
def test_facets_in_words_are_understood_in_any_width_and_script(engine: Engine, typed: str) -> None:
    assert found(engine, typed) == ["shoes"]  # boots cost 450, the bath towel is blue, the towel is no shoe


def test_suggestions_go_on_from_traditional_characters_sounds_and_wide_letters(engine: Engine) -> None:
    for typed, text in (
        ("純", "纯棉毛巾"),
        ("jiyi", "記憶枕"),
        ("记忆", "記憶枕"),
        ("ａｂｃ", "ABC收纳盒123"),
        ("yd", "轻便运动鞋"),
    ):
        assert text in [one.text for one in engine.suggest(typed)], typed


BAD = (
    "汉" * QUERY, "毛巾" * 500, "龘" * 999 + "巾", "𠀀" * 1000, "\u200b" * 1000, "ﾀ" * 1000, "１" * 1000, "mj" * 500,
    "maojin" * 160, "毛j" * 400, "😀" * 1000, "\u0301" * 1000, "ā" * 1000, "\u202e毛巾", "?*[](){}^$|\\毛巾", "'\"--毛巾",
    "\U000e0001毛", "\U0002fa1f" * 100, "豈" * 100, "ㄇㄠˊ ㄐㄧㄣ", "모건", "maojin'" * 100, "' ' '", "a b c d e f g h i j",
    "毛今" * 24,
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input_is_answered(engine: Engine, number: int) -> None:
    for sort in ("relevance", "price"):
        (answer,) = engine.ask([Request("search", text=BAD[number], sort=sort)])
        assert isinstance(answer, Answer), answer
        assert len(answer.items) <= len(TITLES)
    engine.suggest(BAD[number])


def test_over_http_a_text_is_answered_or_refused_with_its_reason_and_pages_speak_chinese(folder: Path) -> None:
    async def run() -> None:
        async with Served(folder) as shop:
            for text in BAD:
                for path in ("/v1/search", "/v1/suggest"):
                    assert (await shop.client.get(path, params={"text": text})).status_code in (200, 400), (path, text[:20])
                assert (await shop.client.get("/search", params={"q": text, "lang": "zh"})).status_code in (200, 400)
            long = await shop.client.get("/v1/search", params={"text": "汉字" * 1_700})  # 10 kB
            assert long.status_code == 400
            assert "3400 characters" in json.dumps(long.json())
            page = (await shop.client.get("/search", params={"q": "红色毛今", "lang": "zh"})).text
            assert "纯棉毛巾" in page
            assert "红色" in page
            assert "个性化排序" in page

    asyncio.run(run())


@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_the_kind_of_thing_weighs_more_than_its_colour(engine: Engine, sort: str) -> None:
    shoes, towels = engine.ask([Request("search", text=text, sort=sort) for text in ("红色鞋子", "黑色毛巾")])
    assert isinstance(shoes, Answer)
    assert isinstance(towels, Answer)
    assert {one.id for one in shoes.items} == {"shoes", "boots"}, "and no red towel"
    assert (shoes.total, shoes.relaxed) == (2, ())
    assert {one.id for one in towels.items} == {"towel", "bath", "kana"}, "of which none is black; and no black box"
    assert towels.relaxed == (("facets", "black"),)
