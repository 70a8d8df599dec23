"""Prices said in words, English and Chinese: "under $50", "between 20 and 40", "50元以下", "不超过100块"."""

import re
from dataclasses import dataclass

_N = r"(\d[\d,]*(?:\.\d+)?)"
_SIGN = r"(?:us\$|\$|€|£|¥|￥|rmb|usd|eur)?\s*"
_MONEY = r"(?:\s*(?:dollars?|bucks|usd|eur|euros?|pounds|rmb|yuan|元|块钱|块|刀|€|£|\$))"
_UNITS = r"inch(?:es)?|in|ft|feet|mm|cm|m|km|ml|cl|l|oz|g|kg|lbs?|gb|tb|mb|mbps|gbps|w|watts?|kw|v|volts?|mah|hz|khz|mhz|ghz|mp|dpi"
_TIMES = r"months?|years?|yrs?|days?|hours?|hrs?|minutes?|min|weeks?|people|persons?|pieces?|pcs|pages?|ppm|degrees?|%|\"|″|'|x"
_NO_UNIT = rf"(?![\d.,]*\d)(?!\s*-?\s*(?:{_UNITS}|{_TIMES})(?![a-z]))"  # "under 50 inch" is no price
_AMOUNT = rf"{_SIGN}{_N}(?:{_MONEY}|{_NO_UNIT})"
_BELOW = r"(?:not? (?:more than|over|above)|(?<!not )(?<!no )(?:under|below|less than)|cheaper than|up to|at most|max(?:imum)?|<=?)"
_ABOVE = r"(?:not? (?:less than|under|below)|over|above|more than|at least|from|min(?:imum)?|>=?)"
_YUAN = r"\s*(?:元|块钱|块|rmb)"
_CHINESE_END = r"(?:的)?"
_PATTERNS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (rf"(?<![a-z])between\s+{_SIGN}{_N}{_MONEY}?\s+and\s+{_AMOUNT}", "both"),
        (rf"(?<![\w.]){_N}(?:{_YUAN})?\s*[-~到至]\s*{_N}{_YUAN}(?:之间)?{_CHINESE_END}", "both"),
        (rf"(?<![a-z]){_BELOW}\s*{_AMOUNT}", "max"),
        (rf"(?<![\w.]){_SIGN}{_N}{_MONEY}?\s+or\s+less(?![a-z])", "max"),
        (rf"(?<![\w.]){_N}{_YUAN}\s*(?:及以下|以下|以内|之内|之下){_CHINESE_END}", "max"),
        (rf"(?:不要?(?:超过|高于|多于|大于)|(?<!不)(?:低于|少于|小于)|最多)\s*{_N}{_YUAN}{_CHINESE_END}", "max"),
        (rf"(?<![a-z]){_ABOVE}\s*{_AMOUNT}", "min"),
        (rf"(?<![\w.]){_N}{_YUAN}\s*(?:及以上|以上|起){_CHINESE_END}", "min"),
        (rf"(?:不(?:低于|少于|小于)|高于|超过|大于|至少)\s*{_N}{_YUAN}{_CHINESE_END}", "min"),
    )
)


@dataclass(frozen=True)
class Bounds:
    """text: the rest of what was typed · low, high: inclusive, in the shop's currency, None = open."""

    text: str
    low: float | None = None
    high: float | None = None


def bounds_of(text: str) -> Bounds:
    """The first price of each kind that a text (lower case, simplified) says, and the text without it."""
    low = high = None
    for pattern, kind in _PATTERNS:
        found = pattern.search(text)
        if found is None or (kind != "max" and low is not None) or (kind != "min" and high is not None):
            continue
        amounts = [float(amount.replace(",", "")) for amount in found.groups()]
        low = min(amounts) if kind != "max" else low
        high = max(amounts) if kind != "min" else high
        text = f"{text[: found.start()]} {text[found.end() :]}"
    return Bounds(" ".join(text.split()).strip(" ,，"), low, high)
