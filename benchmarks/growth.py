"""Growth: ten times the items, four times the events; how much longer answers, training and each method's fit take."""

import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import growth_fits
from benchmarks.big_shop import big_shop
from benchmarks.load import asks_of, row
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.running import two_cores
from ronghe.core.errors import NotFound
from ronghe.engine.engine import Engine
from ronghe.engine.request import Request

FEW, MANY = 5_000, 50_000
ASKED = 400


def run(options: Options) -> dict[str, Any]:
    """All parts, or the one that `--only` names: `answers`, `games` (fits at shares of a file), METHOD, `log`, `log:METHOD`."""
    parts = {"answers": answers, "games": growth_fits.games, "log": growth_fits.log}
    if options.only in growth_fits.METHODS:
        return growth_fits.games(options)
    if options.only in (f"log:{name}" for name in growth_fits.SPARSE):
        return growth_fits.log(options)
    if options.only and options.only not in parts:
        raise NotFound(f"no part {options.only!r} here; there are {', '.join((*parts, *growth_fits.METHODS))}, log:METHOD")
    found: dict[str, Any] = {}
    for part in [options.only] if options.only else list(parts):
        found |= parts[part](options)
    return found


def answers(options: Options) -> dict[str, Any]:
    """Ratios in one run: answers with 50,000 items over 5,000, and the exponent of training time in events."""
    with two_cores() as cores:
        small, _ = big_shop(FEW, "growth-items")
        large, all_cost = big_shop(MANY, "load-shop")
        quarter, quarter_cost = big_shop(MANY, "growth-events", share=0.25)
        before, after = latencies(small, options.seed), latencies(large, options.seed)
        rows = [row(f"{name} median, 10x items", round(after[name] / before[name], 2), 2, "x") for name in before]
        rows += [row(f"{name} median at {MANY:,} items", round(after[name], 2), None, "ms") for name in after]
        rows += fitting(events_of(quarter), quarter_cost["train"].seconds, events_of(large), all_cost["train"].seconds)
    return {"growth": rows, "about": {"cores": cores} | about(options)}


def latencies(shop: Path, seed: int) -> dict[str, float]:
    """Median milliseconds of one answer at a time, for a recommendation and for a search, in this process."""
    asks, rng = asks_of(shop), np.random.default_rng(seed)
    with closing(Engine.open(shop)) as engine:
        people, words = rng.choice(asks.shoppers, ASKED), rng.choice(asks.words, ASKED)
        return {
            "recommend": median(engine, [lambda p=p: Request("home", user=str(p), log=False) for p in people]),
            "search": median(engine, [lambda w=w: Request("search", text=str(w), log=False) for w in words]),
        }


def median(engine: Engine, makes: Sequence[Callable[[], Request]]) -> float:
    """Median milliseconds; the first tenth warms up and does not count."""
    took = []
    for make in makes:
        start = time.perf_counter()
        engine.ask([make()])
        took.append((time.perf_counter() - start) * 1e3)
    return float(np.median(took[len(took) // 10 :]))


def events_of(shop: Path) -> int:
    """How many events a shop holds."""
    with closing(Engine.open(shop)) as engine:
        return int(engine.status()["counts"]["events"])


def fitting(few: int, few_seconds: float, many: int, many_seconds: float) -> list[dict[str, Any]]:
    """Training time and its exponent: 1 grows with the events, 2 with their square."""
    exponent = math.log(many_seconds / few_seconds) / math.log(many / few)
    return [
        row(f"training of {few:,} events", round(few_seconds, 1), None, "s"),
        row(f"training of {many:,} events", round(many_seconds, 1), None, "s"),
        row("exponent of training time in events", round(exponent, 2), 1.15, ""),
    ]
