"""What was asked, put otherwise: a typing error, a word less, two words as one, a word as two."""

import numpy as np

LEAST = 4  # letters of a word in which somebody errs


def put_otherwise(text: str, rng: np.random.Generator, share: float) -> str:
    """The text, or, as often as `share` (0 to 1) says, the text with one change."""
    if rng.random() >= share:
        return text
    words = text.split()
    ways = (
        [_mistyped, _mistyped] + [_joined, _without] * (len(words) > 1) + [_split] * any(len(word) >= 2 * LEAST for word in words)
    )
    return ways[int(rng.integers(len(ways)))](words, rng)


def _mistyped(words: list[str], rng: np.random.Generator) -> str:
    """A letter less, one too many, or two exchanged; never the first (Damerau 1964, doi:10.1145/363958.363994)."""
    long = [at for at, word in enumerate(words) if len(word) >= LEAST and word.isalpha()]
    if not long:
        return " ".join(words)
    at = int(rng.choice(long))
    word, place = words[at], int(rng.integers(1, len(words[at]) - 1))
    letter = word[int(rng.integers(len(word)))]
    ways = (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    )
    return " ".join([*words[:at], ways[int(rng.integers(3))], *words[at + 1 :]])


def _without(words: list[str], rng: np.random.Generator) -> str:
    gone = int(rng.integers(len(words)))
    return " ".join(words[:gone] + words[gone + 1 :])


def _joined(words: list[str], rng: np.random.Generator) -> str:
    at = int(rng.integers(len(words) - 1))
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def _split(words: list[str], rng: np.random.Generator) -> str:
    at = int(rng.choice([at for at, word in enumerate(words) if len(word) >= 2 * LEAST]))
    cut = int(rng.integers(LEAST - 1, len(words[at]) - LEAST + 2))
    return " ".join([*words[:at], words[at][:cut], words[at][cut:], *words[at + 1 :]])
