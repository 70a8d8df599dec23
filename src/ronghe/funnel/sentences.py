"""Reasons as a shopper reads them, in English and Chinese."""

from collections.abc import Sequence

from ronghe.core.slates import Reason, Reasons

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "rule": "picked by the shop",
        "held": "held back by the shop",
        "bought": "because you bought {items}",
        "liked": "because you liked {items}",
        "viewed": "because you looked at {items}",
        "basket": "goes with {items} in your basket",
        "alike": "similar to {items}",
        "together": "often bought together with {items}",
        "history": "fits what you have chosen before",
        "again": "you have bought this before",
        "habit": "you buy this about every {words} days",
        "due": "you buy this about every {words} days, and it is time again",
        "words": "matches “{words}”",
        "also": "also searched: {words}",
        "without": "says that it is without {words}",
        "kind": "from {words}, where such things mostly are",
        "meaning": "means something like “{words}”",
        "looks": "its picture fits",
        "sounds": "its sound fits",
        "sells": "chosen by the same people",
        "described": "it is described like that",
        "popular": "popular now",
        "new": "new here",
        "taste": "from a range you like to buy from",
        "price": "at a price you usually pay",
        "start": "where every item starts",
        "rank": "as the ranker {part} sees it",
        "part": "found by {part}",
        "column": "from {part}",
    },
    "zh": {
        "rule": "店家推荐",
        "held": "被店家后置",
        "bought": "因为你买过{items}",
        "liked": "因为你喜欢{items}",
        "viewed": "因为你看过{items}",
        "basket": "与你购物车里的{items}很搭",
        "alike": "与{items}相似",
        "together": "常与{items}一起购买",
        "history": "符合你以往的选择",
        "again": "你以前买过",
        "habit": "你大约每{words}天买一次",
        "due": "你大约每{words}天买一次，又到时候了",
        "words": "与“{words}”匹配",
        "also": "同时搜索了：{words}",
        "without": "标明不含{words}",
        "kind": "来自“{words}”，此类商品多在其中",
        "meaning": "与“{words}”意思相近",
        "looks": "图片相符",
        "sounds": "声音相符",
        "sells": "同样的顾客也选它",
        "described": "描述相近",
        "popular": "近期热门",
        "new": "新品上架",
        "taste": "来自你常买的品类",
        "price": "价格符合你的习惯",
        "start": "所有商品的起点",
        "rank": "由排序模型{part}给出",
        "part": "由{part}找到",
        "column": "来自{part}",
    },
}
UNTOLD = frozenset({"held", "start", "rank", "part", "column"})  # for whoever looks into the machine, not for shoppers
MOST_ITEMS = 2  # items that a sentence names


def sentence(reason: Reason, titles: Sequence[str], language: str = "en") -> str:
    """One sentence; titles: of all items by number; language: "zh…" for Chinese, English otherwise.

    A code that has no sentence, or whose sentence lacks its items or words, is said as coming from its part.
    """
    said = SENTENCES["zh" if language.lower().startswith("zh") else "en"]
    items = listed([titles[i] for i in reason.items[:MOST_ITEMS] if 0 <= i < len(titles) and titles[i]], language)
    words = " ".join(reason.words)
    form = said.get(reason.code, said["part"])
    if ("{items}" in form and not items) or ("{words}" in form and not words):
        form = said["history"] if "{items}" in form else said["part"]
    return form.format(items=items, words=words, part=reason.part.partition(":")[2] or reason.part)


def listed(names: Sequence[str], language: str) -> str:
    """Names as one part of a sentence."""
    joint = "和" if language.lower().startswith("zh") else " and "
    return joint.join(names)


def is_told(reason: Reason) -> bool:
    """True for reasons that a shopper should read: known to them, and in favour of the item."""
    return reason.code == "rule" or (reason.code not in UNTOLD and reason.weight > 0)


def headline(reasons: Reasons, titles: Sequence[str], language: str = "en") -> str:
    """The sentence of the first reason that can be told; "" when there is none."""
    return next((sentence(reason, titles, language) for reason in reasons if is_told(reason)), "")
