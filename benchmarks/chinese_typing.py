"""Ways to type a Chinese title: some of its words, in traditional characters, by their sound, or with a slip."""

from collections import defaultdict
from functools import cache

import numpy as np

from ronghe.methods.lexical.han_words import cut, runs
from ronghe.methods.lexical.sounds import readings

KINDS = ("title words", "traditional", "pinyin", "initials", "half pinyin", "wrong homophone", "missing character")
MOST = 2  # words of a query


def typed(title: str, kind: str, rng: np.random.Generator) -> str:
    """A query of one kind: up to two neighbouring words of the title, without a gap, and what `kind` does to them."""
    words = _words(title, rng)
    plain = "".join(words)
    if kind == "traditional":
        return _traditional(plain)
    if kind == "pinyin":
        return "".join(letter for word in words for letter in _sound(word))
    if kind == "initials":
        return "".join(letter[0] for word in words for letter in _sound(word))
    if kind == "half pinyin":
        return "".join([*words[:-1], *_sound(words[-1])]) if len(words) > 1 else words[0][0] + "".join(_sound(words[0])[1:])
    if kind == "title words":
        return plain
    at = int(rng.integers(len(plain)))
    other = plain[at] if kind == "wrong homophone" else ""
    if kind == "wrong homophone":
        may = [at for at in rng.permutation(len(plain)).tolist() if _alike(plain[at])]
        at, other = (may[0], str(rng.choice(_alike(plain[may[0]])))) if may else (at, other)
    return plain[:at] + other + plain[at + 1 :]


def _words(title: str, rng: np.random.Generator) -> list[str]:
    found = [word for run in runs(title) for word in cut(run)]
    start = int(rng.integers(max(len(found) - MOST + 1, 1)))
    return found[start : start + MOST] or [title]


def _sound(word: str) -> list[str]:
    return list(readings(word)[0]) if readings(word) else [word]


def _alike(character: str) -> list[str]:
    """Other common characters of the same sound."""
    sound = readings(character)
    return [other for other in _common()[sound[0]] if other != character] if sound else []


@cache
def _common() -> dict[tuple[str, ...], list[str]]:
    """Sound -> the characters of level 1 of GB 2312 (3,755 common ones) that sound so."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            character = bytes([high, low]).decode("gb2312", "ignore")
            if character and (sound := readings(character)):
                found[sound[0]].append(character)
    return found


def _traditional(text: str) -> str:
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(text))
