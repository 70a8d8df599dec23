"""What speaks for an item that was shown, as a shopper reads it."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from ronghe.funnel.sentences import UNTOLD


def merged(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """What speaks for an item, weightiest first: parts that say the same speak with one voice, and a rule of the shop, which
    weighs nothing in the score, as loud as the loudest. What speaks against it, and where every item starts, are among all
    figures; so are parts that have no words for a shopper, unless nothing else speaks for it.
    """
    told = speaking(reasons, {"rule", *UNTOLD}) or speaking(reasons, {"rule", "start"})
    loudest = told[0][1] if told else 1.0
    rules = dict.fromkeys(reason["sentence"] for reason in reasons if reason.get("code") == "rule")
    return [*((sentence, loudest) for sentence in rules), *told]


def speaking(reasons: Sequence[Mapping[str, Any]], without: Set[str]) -> list[tuple[str, float]]:
    """Sentences with the sum of their weights, weightiest first, where it is above 0; `without`: codes left out."""
    weight: dict[str, float] = {}
    for reason in reasons:
        if reason.get("code") not in without:
            weight[reason["sentence"]] = weight.get(reason["sentence"], 0.0) + reason["weight"]
    return sorted(((sentence, w) for sentence, w in weight.items() if w > 0), key=lambda one: -one[1])
