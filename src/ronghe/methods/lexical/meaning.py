"""What typed words ask for: which words of the shop's lexicon may stand for each of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.queries import Also
from ronghe.methods.lexical.lexicon import Lexicon
from ronghe.methods.lexical.text import has_han, stem, words

MOST_WORDS = 32  # words of one query that count
ENDING = 0.5  # weight of a word that merely begins with what was typed
_SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@dataclass(frozen=True)
class Other:
    """What was not typed and yet answers: words that an item must all say · weight: of what they add · at: which of the typed words
    they answer, where an item does not say these itself · said: a synonym as the shop writes it; "" = the same, written otherwise.
    """

    words: tuple[int, ...]
    weight: float
    at: tuple[int, ...]
    said: str = ""


@dataclass(frozen=True)
class Asked:
    """said: the words as typed · info: how much each tells of the kind, in nats · word -> (weight, which of `said` it answers) ·
    others: what else answers, the weightiest first.
    """

    said: tuple[str, ...]
    info: tuple[float, ...]
    answers: dict[int, tuple[float, tuple[int, ...]]]
    others: tuple[Other, ...] = ()

    def label(self, at: Sequence[int]) -> str:
        """The typed words at these places."""
        return " ".join(self.said[place] for place in at)


def asked(
    text: str, lexicon: Lexicon, info: NDArray[np.float32], unknown: float, also: Sequence[Also] = (), light: Sequence[str] = ()
) -> Asked:  # fmt: skip
    """The reading of a typed text. info (words,): how much a word of the lexicon tells; `unknown`: a word nobody says.

    A word that no item says may be two words written as one, a number and its unit or model, Chinese characters, or the
    beginning of a longer word. Two words may also be one written apart ("head set"). A measure is also told by other words
    (1 TB by 1000 GB), and `also` says which words stand for others. `light` words tell nothing beside others.
    """
    said = [part for word in list(dict.fromkeys(words(text)))[:MOST_WORDS] for part in _known_parts(word, lexicon)]
    said = list({stem(word): word for word in reversed(said)}.values())[::-1]
    readings = [_readings(word, lexicon, info) for word in said]
    answers: dict[int, tuple[float, tuple[int, ...]]] = {}
    for at, reading in enumerate(readings):
        for word, weight in reading:
            old_weight, old_at = answers.get(word, (0.0, ()))
            answers[word] = (max(weight, old_weight), (*old_at, at))
    for at, joined in _joined(said, lexicon):
        answered = {at, at + 1}.union(*(answers[joined][1],) if joined in answers else ())
        answers[joined] = (1.0, tuple(sorted(answered)))
    tells = [max((float(info[w]) for w, _ in reading), default=-1.0) for reading in readings]
    others = [*_measures(said, lexicon), *_synonyms(said, tells, lexicon, info, also)]
    for at, known in enumerate(tells):
        if known < 0:  # nobody says it: what stands for it tells as much as it would
            tells[at] = max((min(float(info[w]) for w in o.words) for o in others if at in o.at), default=unknown)
    tells = _without(said, tells, light)
    return Asked(tuple(said), tuple(tells), answers, tuple(sorted(others, key=lambda other: -other.weight)))


def _without(said: Sequence[str], tells: list[float], light: Sequence[str]) -> list[float]:
    """What the typed words tell, light ones nothing, unless there are no others."""
    held = {stem(word) for one in light for word in words(one)}
    left = [0.0 if stem(word) in held else told for word, told in zip(said, tells, strict=True)]
    return left if any(left) else tells


def _measures(said: Sequence[str], lexicon: Lexicon) -> list[Other]:
    """Other words for the measures among the typed words."""
    return [Other((number,), 1.0, (at,)) for at, word in enumerate(said) for number in lexicon.same_measure(word)]


def _synonyms(
    said: Sequence[str], tells: Sequence[float], lexicon: Lexicon, info: NDArray[np.float32], also: Sequence[Also]
) -> list[Other]:
    """What `also` has for the typed words; a rarer word adds no more than the typed one would."""
    place = {stem(word): at for at, word in enumerate(said)}
    found = []
    for typed, other, weight in also:
        at = tuple(dict.fromkeys(place[s] for s in map(stem, words(typed)) if s in place))
        numbers = [lexicon.number.get(stem(word), -1) for word in words(other)]
        if at and numbers and min(numbers) >= 0:
            most, theirs = sum(max(tells[a], 0.0) for a in at), sum(float(info[n]) for n in numbers)
            held_back = min(1.0, most / theirs) if most > 0 and theirs > 0 else 1.0
            found.append(Other(tuple(dict.fromkeys(numbers)), weight * held_back, at, other))
    return found


def _readings(word: str, lexicon: Lexicon, info: NDArray[np.float32]) -> list[tuple[int, float]]:
    number = lexicon.number.get(stem(word))
    if number is not None:
        return [(number, 1.0)]
    if len(word) < (1 if has_han(word) else 3):
        return []
    return [(n, ENDING) for n in lexicon.starting(word, -info)]


def _known_parts(word: str, lexicon: Lexicon) -> Sequence[str]:
    """The word, or the parts it falls into when nobody says it whole, nor in another way."""
    if stem(word) in lexicon.number or lexicon.same_measure(word):
        return (word,)
    parts = tuple(word) if has_han(word) else tuple(p for p in _SEAM.split(word) if p)
    if len(parts) > 1 and any(stem(p) in lexicon.number for p in parts):
        return parts
    return _two_words(word, lexicon) if len(word) >= 7 and word.isalpha() else (word,)


def _two_words(word: str, lexicon: Lexicon) -> Sequence[str]:
    halves = [(word[:at], word[at:]) for at in range(3, len(word) - 2)]
    known = [pair for pair in halves if all(stem(half) in lexicon.number for half in pair)]
    return max(known, key=lambda pair: min(map(len, pair))) if known else (word,)


def _joined(said: Sequence[str], lexicon: Lexicon) -> list[tuple[int, int]]:
    pairs = [(at, lexicon.number.get(stem(said[at] + said[at + 1]))) for at in range(len(said) - 1)]
    return [(at, number) for at, number in pairs if number is not None]
