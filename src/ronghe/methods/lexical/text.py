"""Text to words: the one analysis that search, spelling and suggestions share, English and Chinese."""

import re
from collections.abc import Iterable
from functools import lru_cache

import rjieba
import tantivy

from ronghe.core.text import clean, simplified
from ronghe.methods.lexical.measures import written_one_way

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]+")
_HYPHENED = re.compile(r"\b([^\W\d_]+)[-‐‑]([^\W\d_]+)\b")
_PATTERN = r"\d+(?:\.\d+)+[\p{L}\p{M}]*|[\p{L}\p{M}\p{N}]+"  # 43.2cm, 4gb, dv7 are one word each
_LONGEST = 64  # letters of a word that is kept; longer ones are noise


def _analyzer(stem: bool) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(_PATTERN))
    for part in (tantivy.Filter.remove_long(_LONGEST), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(part)
    return (builder.filter(tantivy.Filter.stemmer("english")) if stem else builder).build()


_STEMMED, _PLAIN = _analyzer(stem=True), _analyzer(stem=False)


def has_han(text: str) -> bool:
    """Whether Chinese characters occur."""
    return not text.isascii() and HAN.search(text) is not None


def words(text: str) -> list[str]:
    """The words as typed, in order: lower case, without accents, not stemmed; Chinese cut into words and their parts."""
    return _cut(_tidy(text), _PLAIN)


def terms(text: str) -> list[str]:
    """What an index keeps of a text: stemmed words in order; after them both halves of "wi-fi" as "wifi"."""
    text = _tidy(text)
    found: list[str] = _cut(text, _STEMMED)
    if "-" in text:
        found += [stem(left + right) for left, right in _HYPHENED.findall(text)]
    return found


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of one word as `words` gives it (Snowball English); Chinese words stay as they are."""
    if has_han(word):
        return word
    found = _STEMMED.analyze(word)
    return str(found[0]) if len(found) == 1 else word


def _tidy(text: str) -> str:
    """Characters and numbers written one way: 蘋果 as 苹果, 1,440 as 1440, 15 oz as 15oz, 17" as 17in."""
    return written_one_way(simplified(clean(text)))


def _cut(text: str, analyzer: tantivy.TextAnalyzer) -> list[str]:
    if not has_han(text):
        return list(analyzer.analyze(text))
    found: list[str] = []
    start = 0
    for run in HAN.finditer(text):
        found += analyzer.analyze(text[start : run.start()])
        found += _parts(run.group())
        start = run.end()
    return found + list(analyzer.analyze(text[start:]))


def _parts(run: str) -> Iterable[str]:
    found: list[str] = rjieba.cut_for_search(run)
    return found
