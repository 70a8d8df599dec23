"""The Chinese words of a shop by what may be typed for them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ronghe.methods.lexical.sounds import alike, keys, readings

ByKey = Mapping[str, list[str]]


@dataclass(frozen=True, eq=False)
class Tables:
    """said_by: word -> items that say it. The others lead to words, those first that most items say, from · whole: all syllables ·
    partly: initials and mixed forms · like: `alike` of all syllables · short: a word of three characters or more less one.
    """

    said_by: Mapping[str, int]
    whole: ByKey
    partly: ByKey
    like: ByKey
    short: ByKey

    @staticmethod
    def of(said_by: Mapping[str, int]) -> "Tables":
        """The tables of a shop that says these words."""
        whole, partly, like, short = (defaultdict[str, list[str]](list) for _ in range(4))
        for word in sorted(said_by, key=lambda word: (-said_by[word], len(word), word)):
            for syllables in readings(word):
                whole["".join(syllables)].append(word)
                like[alike("".join(syllables))].append(word)
                for key in dict.fromkeys(keys(syllables)):
                    partly[key].append(word)
            for at in range(len(word) if len(word) >= 3 else 0):
                short[word[:at] + word[at + 1 :]].append(word)
        return Tables(said_by, dict(whole), dict(partly), dict(like), dict(short))
