"""Negatives said in words, English and Chinese: "biscuits without sugar", "headset -wireless", "不要辣的零食"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

import rjieba

from ronghe.methods.understand.phrases import phrase

MOST_WORDS = 3  # words of one thing that shall not be there
NAMED, SAID, UNKNOWN = 2, 1, 0  # how a shop knows words: as a name of a facet, out of titles, or not at all

_END = r"(?![^\W_])"
_NO_NEGATIVE = r"(?:does|do|did|is|are|was|were|will|can|could|should|would|has|have|had)\s+not"  # "does not turn on"
_ENGLISH = r"but\s+no|(?<=\s)no|but\s+not|not|without|w/o|excluding|except(?:\s+for)?"
_HAN = r"(?<!要)不要|不想要|不含|不包含|不包括|不带|不加|(?<!是)不是|(?<!有)没有"  # 要不要, 是不是 and 有没有 ask
_NEGATIVE = re.compile(
    rf"(?<![^\W_])(?<!-)(?:(?P<none>{_NO_NEGATIVE})|(?P<english>{_ENGLISH})){_END}\s+"
    r'|(?<!\S)[-−](?:"(?P<quoted>[^"]+)"|(?P<minus>[^\W\d_]{2,}(?:-[^\W\d_]+)*)(?=[\s,;]|$))'
    rf"|(?P<han>{_HAN})\s*(?:带有|含有|任何|[有含带用太])?\s*"
)
_BEFORE = re.compile(rf"(?:(?:any|an?|the|made|of|in|with|for|too|very|added|containing){_END}\s+)*")  # "not made of leather"
_NOTHING = re.compile(rf"(?:only|just|your|my|our|more|less|included|available){_END}")  # "not only", "not included"
_VERB = re.compile(rf"[a-z]+ing{_END}")  # "not working"
_WORD = re.compile(r"[\s(\[]*([^\s,;，、。；()\[\]]+)")
_STOP = re.compile(
    rf"\s*(?:for|with|in|on|to|from|by|at|under|over|below|above|between|and|or|nor|but|not|no|without|that|which){_END}|\s+[-−]"
)
_MORE = re.compile(r"\s+(?:and|or|nor|&)\s+|\s*,\s*(?=[^,]+\s(?:and|or|nor|&)\s)")
_HAN_CLAUSE = re.compile(r"([^\s的,，、。；;!！?？]+)(?:\s*的)?")
_HAN_JOINT = re.compile(r"\s*(?:以及|还有|或者|[、和或与及])\s*")

Span = tuple[int, int, int]  # start and end of what is denied, and where the text goes on


class Shop(Protocol):
    """What a shop knows of words."""

    def known(self, words: str) -> int:
        """NAMED, SAID or UNKNOWN."""

    def hyphens(self, left: str, right: str) -> bool:
        """Whether the shop writes two words as one."""


@dataclass(frozen=True)
class Denied:
    """text: the rest of what was typed · words: what shall not be there, each as it was typed."""

    text: str
    words: tuple[str, ...] = ()


def denied(text: str, shop: Shop) -> Denied:
    """What a `plain` text denies that the shop knows. A text that says nothing else is left as it is."""
    rest, words, at = text, list[str](), 0
    while (found := _NEGATIVE.search(rest, at)) is not None:
        spans = _denied_by(found, shop)
        at = found.start() if spans else found.end()
        if spans:
            words += [rest[start:end] for start, end, _ in spans]
            rest = f"{rest[: found.start()]} {rest[spans[-1][2] :]}"
    return Denied(" ".join(rest.split()).strip(" ,，"), tuple(dict.fromkeys(words))) if words else Denied(text)


def _denied_by(found: "re.Match[str]", shop: Shop) -> list[Span]:
    """What one negative denies; [] = nothing that the shop knows, or nothing else is said."""
    before = phrase(found.string[: found.start()])
    if found["none"]:
        return []
    if found["english"]:
        return _listed(found, bool(before), shop, _of_english, _MORE)
    if found["han"]:
        return _listed(found, bool(before), shop, _of_han, _HAN_JOINT)
    kind = "quoted" if found["quoted"] else "minus"
    if before and shop.hyphens(before[-1], found[kind]):  # "smart -ups" is a name
        return []
    more = before or phrase(found.string[found.end() :])
    return [(*found.span(kind), found.end())] if more and shop.known(found[kind]) else []


def _listed(
    found: "re.Match[str]", before: bool, shop: Shop, of: "Callable[[re.Match[str], int, bool, Shop], Iterator[Span]]",
    joint: "re.Pattern[str]",
) -> list[Span]:  # fmt: skip
    """One thing after the other, each the best known and the longest that leaves something to search for."""
    text, spans, at = found.string, list[Span](), found.end()
    while True:
        may = [span for span in of(found, at, before, shop) if before or phrase(text[span[2] :])]
        knows = {span: shop.known(text[span[0] : span[1]]) for span in may}
        best = max(may, key=lambda span: (knows[span], span[1]), default=None)
        if best is None or not knows[best]:
            return spans
        spans.append(best)
        if (more := joint.match(text, best[2])) is None:
            return spans
        at = more.end()


def _of_english(found: "re.Match[str]", at: int, before: bool, shop: Shop) -> Iterator[Span]:
    """One, two or three words, as far as a preposition, a comma or another negative."""
    text, start = found.string, _BEFORE.match(found.string, at).end()  # type: ignore[union-attr]
    if _NOTHING.match(text, start) or (found["english"] == "not" and _VERB.match(text, start)):
        return
    at = start
    for _ in range(MOST_WORDS):
        word = None if _STOP.match(text, at) else _WORD.match(text, at)
        if word is None or (found["english"].endswith("no") and any(map(str.isdigit, word[1]))):  # No. 7
            return
        at = word.end()
        yield start, at, at


def _of_han(found: "re.Match[str]", at: int, before: bool, shop: Shop) -> Iterator[Span]:
    """All as far as 的, a mark or a space; the first of several that are listed; or, where nothing stands before and no 的 behind
    it, its first words, if the shop knows the rest as well.
    """
    clause = _HAN_CLAUSE.match(found.string, at)
    if clause is None:
        return
    said, start = clause[1], clause.start()
    yield start, clause.end(1), clause.end()
    parts = _HAN_JOINT.split(said)
    if len(parts) > 1 and all(part and shop.known(part) for part in parts):
        yield start, start + len(parts[0]), start + len(parts[0])
    if not before and clause.end() == clause.end(1):
        for end in accumulate(map(len, rjieba.cut(said))):
            if shop.known(said[end:]):
                yield start, start + end, start + end
