"""What the plots and tables of a report say, in English and Chinese."""

from ronghe.evaluate.report import DISCOVERY, NEW_SHELF, REPEAT, Report

WORDS = {
    "accuracy": (
        "mean over {queries:,} shoppers; whiskers hold 95 % of bootstrap means",
        "{queries:,} 位顾客的平均值; 线段含 95 % 的自助均值",
    ),
    "recall title": ("Recall at k", "前 k 位召回率"),
    "recall": (
        "share of what a shopper went on to want that stands in the first k places; k below, logarithmic",
        "顾客随后想要的商品中, 排在前 k 位的比例; 横轴为 k (对数)",
    ),
    "slices title": ("Who gains", "谁受益"),
    "slices": (
        "{metric} where it was a repeat or something new, and by how much is known of the shopper",
        "{metric}: 按复购与新发现, 以及对顾客的了解程度",
    ),
    "coverage title": ("Accuracy and coverage", "准确率与覆盖率"),
    "coverage": (
        "{metric} (up) over the share of the catalogue in anybody's first {cut} places (right)",
        "纵轴 {metric}, 横轴为出现在任何人前 {cut} 位的商品占目录的比例",
    ),
    REPEAT: ("repeat purchases", "复购"),
    DISCOVERY: ("discoveries", "新发现"),
    NEW_SHELF: ("discoveries, only new things shown", "新发现 (只展示新商品)"),
    "new": ("new shoppers", "新顾客"),
    "cold": ("cold shoppers", "冷启动顾客"),
    "warm": ("warm shoppers", "普通顾客"),
    "regular": ("regulars", "常客"),
    "coverage of all": ("coverage", "覆盖率"),
    "gini": ("Gini", "基尼系数"),
    "novelty": ("novelty", "新颖度"),
    "category distance": ("category distance", "类目距离"),
    "miscalibration": ("miscalibration", "口味偏差"),
    "popularity": ("popularity", "热度"),
    "popularity lift": ("popularity lift", "热度提升"),
    "constructed": (
        "Known-item search is constructed: words of titles stand in for typed queries; items of that title are right.",
        "已知商品搜索的查询是构造的: 用标题中的词代替顾客输入的词; 同名商品都算正确。",
    ),
}


def say(key: str, language: str) -> str:
    """A sentence of WORDS; English for languages other than Chinese."""
    return WORDS[key][1 if language.startswith("zh") else 0]


def metric_name(name: str, language: str) -> str:
    """A metric in words, where it has some."""
    key = "coverage of all" if name == "coverage" else name
    return say(key, language) if key in WORDS else name


def note_in(note: str, language: str) -> str:
    """A note of a report, which is kept in English, in another language where it is known there."""
    return next((say(key, language) for key, (english, _) in WORDS.items() if english == note), note)


def slice_name(name: str, report: Report, language: str) -> str:
    """A slice in words, with how many shoppers it holds where that is known."""
    count = report.counts.get(f"{name} shoppers")
    label = say(name, language) if name in WORDS else name
    return label if count is None else f"{label} ({count:,})"
