"""`bench chinese`: titles are typed as its kinds say, and what sounds right is found."""

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks.chinese import run
from benchmarks.chinese_typing import KINDS, typed
from benchmarks.options import Options

TITLES = ("纯棉毛巾", "记忆枕头", "四件套装", "牛皮鞋子")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    goods = [
        {
            "id": str(n),
            "name": name,
            "brief": "",
            "category_path": ["居家"],
            "attributes": {},
            "retail_price": "9.00",
            "image_url": "",
        }
        for n, name in enumerate(TITLES)
    ]
    (tmp_path / "goods.json").write_text(json.dumps(goods, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def test_each_kind_types_a_title_its_own_way() -> None:
    rng = np.random.default_rng(0)
    made = {kind: typed("纯棉毛巾", kind, rng) for kind in KINDS}
    assert (made["title words"], made["pinyin"], made["initials"]) == ("纯棉毛巾", "chunmianmaojin", "cmmj")
    assert made["half pinyin"] == "纯棉maojin"
    assert len(made["missing character"]) == 3
    assert sum(a != b for a, b in zip(made["wrong homophone"], "纯棉毛巾", strict=True)) == 1
    assert typed("記憶枕頭", "traditional", rng) == "記憶枕頭"


def test_pinyin_finds_what_words_alone_do_not(folder: Path) -> None:
    found = run(Options(folder, only="words"))
    assert found["pinyin: bm25, characters as they are"]["hit@1"] == 0
    assert found["pinyin: + pinyin, letters"]["hit@1"] >= 0.75
    assert found["title words: + simplified characters"]["hit@1"] == 1
