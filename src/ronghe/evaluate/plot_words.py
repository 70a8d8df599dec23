"""What the plots say, in English and Chinese."""

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
}


def say(key: str, language: str) -> str:
    """A sentence of WORDS; English for languages other than Chinese."""
    return WORDS[key][1 if language.startswith("zh") else 0]


def slice_name(name: str, report: Report, language: str) -> str:
    """A slice in words, with how many shoppers it holds where that is known."""
    count = report.counts.get(f"{name} shoppers")
    label = say(name, language) if name in WORDS else name
    return label if count is None else f"{label} ({count:,})"
