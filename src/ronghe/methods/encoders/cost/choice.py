"""The best variant of an encoder that a latency budget allows, by the time that it takes on this machine."""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.named import ENCODERS, TextEncoder, encoder_of

VARIANTS, FIGURES = "variants", "variant.json"
PROBES, ROUNDS = 48, 3  # texts that are read to measure, and how often
SAYS = 'right would be {"quality": 0.98}, a number from 0 to 1'


@dataclass(frozen=True)
class Measured:
    """name of a variant, "" = the encoder itself · quality: what its maker measured, from 0 to 1; that of the encoder itself is 1
    unless it says otherwise · ms of processor that a typed text takes, the median.
    """

    name: str
    quality: float
    ms: float


@dataclass(frozen=True)
class Choice:
    """What was chosen for a budget (milliseconds a typed text), among what."""

    name: str
    budget_ms: float
    among: tuple[Measured, ...]

    @property
    def fits(self) -> bool:
        """Whether the chosen one takes no longer than the budget."""
        return next(one for one in self.among if one.name == self.name).ms <= self.budget_ms


def chosen(measured: Sequence[Measured], budget_ms: float) -> Choice:
    """The best of those that fit, of equals the fastest; where none fits, the fastest. The same figures, the same choice."""
    fit = [one for one in measured if one.ms <= budget_ms]
    best = max(fit, key=lambda one: (one.quality, -one.ms, one.name)) if fit else min(measured, key=lambda one: (one.ms, one.name))
    return Choice(best.name, budget_ms, tuple(measured))


def choice_for(encoder: str, texts: Sequence[str], budget_ms: float, int8: bool) -> Choice:
    """What reads typed texts within the budget: among the variants of a folder, or the named encoder alone. texts: of items."""
    named = {"": 1.0} if encoder in ENCODERS else variants_in(Path(encoder))
    probes = typed_like(texts)
    return chosen(
        [Measured(name, quality, measured(encoder_of(path_of(encoder, name)), probes, int8)) for name, quality in named.items()],
        budget_ms,
    )


def variants_in(folder: Path) -> dict[str, float]:
    """Name and quality of each variant: the folder itself as "", and those under variants/."""
    inner = sorted(path for path in (folder / VARIANTS).glob("*") if path.is_dir())
    return {"": _quality(folder)} | {path.name: _quality(path) for path in inner}


def path_of(folder: str, name: str) -> str:
    """The folder of a variant."""
    return str(Path(folder) / VARIANTS / name) if name else folder


def measured(encoder: TextEncoder, texts: Sequence[str], int8: bool) -> float:
    """Milliseconds of processor that a typed text takes (the median), as it would be read in serving."""
    small = encoder.small() if int8 else b""
    return milliseconds(encoder.reader(small) if small else encoder.encode_queries, texts)


def milliseconds(read: Callable[[Sequence[str]], object], texts: Sequence[str], rounds: int = ROUNDS) -> float:
    """Milliseconds of processor, the median over texts of the quickest of `rounds`: what others do on the machine counts little."""
    read(texts[:1])
    taken = np.full((rounds, len(texts)), math.inf)
    for turn in range(rounds):
        for at, text in enumerate(texts):
            begun = time.thread_time()
            read([text])
            taken[turn, at] = 1000 * (time.thread_time() - begun)
    return float(np.median(taken.min(axis=0)))


def typed_like(texts: Sequence[str]) -> list[str]:
    """Texts as long as what shoppers type, out of what items say: their first one to four words, at most PROBES."""
    said = [text.split() for text in texts if text.strip()]
    picked = said[:: max(len(said) // PROBES, 1)][:PROBES] or [["a"]]
    return [" ".join(words[: 1 + at % 4]) for at, words in enumerate(picked)]


def _quality(folder: Path) -> float:
    path = folder / FIGURES
    if not path.is_file():
        return 1.0 if folder.parent.name != VARIANTS else 0.0
    try:
        value = float(json.loads(path.read_text(encoding="utf-8"))["quality"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadRecipe(f"{path} says no quality; {SAYS}") from error
    if not 0 <= value <= 1:
        raise BadRecipe(f"{path} says quality {value}; {SAYS}")
    return value
