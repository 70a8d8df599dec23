"""How Chinese is typed on a latin keyboard: the syllables of a word, their initials, and what sounds alike."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

Syllables = tuple[str, ...]

LATIN = re.compile(r"[a-z]+")
MOST_READINGS = 4  # readings of a word with several characters that have more than one
MOST_MIXED = 4  # characters of a word that may be typed partly by syllables, partly by initials
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))  # what many speakers do not tell apart


@lru_cache(maxsize=131_072)
def readings(word: str) -> tuple[Syllables, ...]:
    """The readings of a word of simplified Chinese characters, the likeliest first, a syllable a character: 银行 is yin hang,
    as dictionaries say of words; of a word that they lack each character has up to two readings. ü is v. () where a
    character has none.
    """
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    told = PHRASES_DICT.get(word) or [PINYIN_DICT.get(ord(one), "").split(",") for one in word]
    heard = [list(dict.fromkeys(map(_plain, several[:2]))) for several in told]
    if len(heard) != len(word) or not all(map(all, heard)):
        return ()
    return tuple(islice(product(*heard), MOST_READINGS))


@lru_cache(maxsize=4_096)
def _plain(syllable: str) -> str:
    """A syllable without its tone."""
    letters = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    return "".join(one for one in letters.replace("u\u0308", "v") if "a" <= one <= "z")


def keys(syllables: Syllables) -> Iterator[str]:
    """What may be typed for these syllables beside them all: initials (mj), and of a short word any mix of the two (maoj, mjin)."""
    yield "".join(one[0] for one in syllables)
    if len(syllables) <= MOST_MIXED:
        for typed in product(*((one, one[0]) for one in syllables)):
            yield "".join(typed)


def alike(letters: str) -> str:
    """The letters with what sounds alike written alike: shuang as suan."""
    for one, other in _ALIKE:
        letters = letters.replace(one, other)
    return letters


def heard(run: str, at: Sequence[str]) -> Iterator[str]:
    """What a run of characters may sound like, letters only; `at`: the run cut into words."""
    several = [readings(word) for word in at]
    if all(several) and "".join(at) == run:
        for chosen in islice(product(*several), MOST_READINGS):
            yield "".join(letter for word in chosen for letter in word)
