"""`bench colours`: a colour and a kind are asked for, and what is both is right."""

import json
from pathlib import Path

from benchmarks.colours import catalog_of, questions, run
from benchmarks.options import Options

GOODS = (
    ("加厚毛巾", "红色"), ("纯棉毛巾", "白色"), ("浴室毛巾", "红色"), ("大号窗帘", "红色"),
    ("小号窗帘", "白色"), ("方形窗帘", "蓝色"),
)  # fmt: skip


def folder_of(folder: Path) -> Path:
    rows = [
        {"id": str(n), "name": name, "brief": "", "category_path": ["居家"], "attributes": {"颜色": colour}, "retail_price": "9",
         "image_url": ""}
        for n, (name, colour) in enumerate(GOODS)
    ]  # fmt: skip
    (folder / "goods.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return folder


def test_questions_are_a_colour_and_a_kind_and_what_is_both_is_right(tmp_path: Path) -> None:
    asked, right = questions(catalog_of(Options(data=folder_of(tmp_path)))[0])
    assert dict(zip(asked, right, strict=True)) == {
        "红色窗帘": {3}, "白色窗帘": {4}, "蓝色窗帘": {5}, "红色毛巾": {0, 2}, "白色毛巾": {1},
    }  # fmt: skip


def test_light_colours_leave_nothing_of_another_kind(tmp_path: Path) -> None:
    figures = run(Options(data=folder_of(tmp_path), only="words"))
    assert figures["bm25, light colours"]["precision@10"] == 1.0
    assert figures["bm25, colours as heavy as kinds"]["precision@10"] < 1.0
    assert figures["bm25, light colours"]["recall@10"] == 1.0
