"""Phrases of a shop found in a text: tokens are words or single Chinese characters, the longest phrase wins."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from ronghe.core.text import clean, simplified

LONGEST = 8  # tokens of a phrase
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")  # of a `plain` text
Phrase = tuple[str, ...]


def plain(text: str) -> str:
    """The text as it is compared: clean, simplified characters, lower case."""
    return simplified(clean(text)).lower()


@lru_cache(maxsize=65_536)
def phrase(text: str) -> Phrase:
    """The tokens of a text; a plural word without its s."""
    return tuple(_single(token) for token in TOKEN.findall(plain(text)))


def spans_in(text: str, known: Mapping[Phrase, int]) -> Iterator[tuple[int, int, int]]:
    """Start and end in a `plain` text, and number, of the known phrases that `found_in` finds."""
    tokens = [(hit.start(), hit.end(), _single(hit.group())) for hit in TOKEN.finditer(text)]
    said, at = tuple(token for _, _, token in tokens), 0
    while at < len(said):
        for end in range(min(len(said), at + LONGEST), at, -1):
            if (number := known.get(said[at:end])) is not None:
                yield tokens[at][0], tokens[end - 1][1], number
                at = end - 1
                break
        at += 1


def found_in(said: Phrase, known: Mapping[Phrase, int]) -> Iterator[int]:
    """The numbers of the known phrases in a text, from left to right, the longest at each place, none within another."""
    at = 0
    while at < len(said):
        for end in range(min(len(said), at + LONGEST), at, -1):
            if (number := known.get(said[at:end])) is not None:
                yield number
                at = end - 1
                break
        at += 1


def _single(token: str) -> str:
    return token[:-1] if len(token) > 3 and token[-1] == "s" and token[-2] not in "sui" else token
