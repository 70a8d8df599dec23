"""How fits grow: every collaborative method on 10, 30 and 100 % of a file of lines, and on a generated log of a million items."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import growth_fit
from benchmarks.growth_fit import Task
from benchmarks.growth_plot import plotted
from benchmarks.machine import about
from benchmarks.options import Options

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT.parent / "shared" / "data" / "games"
OUT = ROOT / "out"
SHARES = (0.1, 0.3, 1.0)
METHODS = ("popular", "item-knn", "rp3beta", "sparse-ease", "als", "user-knn", "turbo-cf", "slim", "bpr", "gf-cf", "graph-blend",
           "lightgcn", "ease")  # fmt: skip
LOG = {"users": 1_000_000, "items": 1_000_000, "events": 20_000_000}
SPARSE = METHODS[:-1]  # ease holds a matrix of all items by all
MINUTES, MEMORY = 10.0, 20.0  # processor time and GiB of one fit on the generated log, at most


def games(options: Options) -> dict[str, Any]:
    """Processor seconds and peak memory of each method at each share, and the exponent of its time in events."""
    folder = options.data or DEFAULT
    tasks = [
        Task(name, str(folder / "sequences.txt"), share, minutes=MINUTES, memory=MEMORY, seed=options.seed)
        for name in METHODS
        if options.only in (None, "games", name)
        for share in SHARES
    ]
    rows = list(fitted(tasks, options))
    drawn = rows if options.data else with_earlier(rows, OUT / f"growth-games-{options.seed}.json")
    plot = plotted(drawn, OUT / "growth-games.png", "share")
    return {"growth of fits": rows, "exponents": exponents(rows), "plot": plot} | about(options)


def log(options: Options) -> dict[str, Any]:
    """Which methods learn from a million shoppers, a million items and twenty million events in MINUTES and the memory there is."""
    memory, one = room(), (options.only or "").partition(":")[2]
    names = [name for name in SPARSE if one in ("", name)]
    rows = list(fitted([Task(name, **LOG, minutes=MINUTES, memory=memory, seed=options.seed) for name in names], options))
    plot = plotted(with_earlier(rows, OUT / f"growth-log-{options.seed}.json"), OUT / "growth-log.png", "method")
    return {"fits of a large log": rows, "GiB each, at most": memory, "plot": plot} | about(options)


def with_earlier(rows: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """These rows, and those of earlier runs (in `path`) whose fit did not end anew, so that a picture can grow by `--only`."""
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    held = {(row["method"], row["share"]): row for row in [*earlier, *rows] if "events" in row}
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(held.values(), key=lambda row: (METHODS.index(row["method"]), row["share"]))
    path.write_text(json.dumps(ordered, indent=1), encoding="utf-8")
    return ordered


def room() -> float:
    """GiB that a fit may use: half of the machine's, so that others live, and never more than MEMORY."""
    return round(min(MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**31), 1)


def fitted(tasks: list[Task], options: Options) -> Iterator[dict[str, Any]]:
    """A row a task, while the budget lasts."""
    until = time.monotonic() + 60 * options.budget
    for task in tasks:
        row = {"method": task.method, "share": task.share}
        if time.monotonic() > until:
            yield row | {"says": f"not tried: the budget of {options.budget:g} minutes was used up"}
        else:
            yield row | one(task)


def one(task: Task) -> dict[str, Any]:
    """What a fit took, or why it did not end."""
    words = [sys.executable, "-m", "benchmarks.growth_fit", growth_fit.text(task)]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    if done.returncode == -signal.SIGXCPU:
        return {"says": f"more than {task.minutes:g} minutes of processor time"}
    if done.returncode < 0:
        return {"says": f"ended by {signal.Signals(-done.returncode).name}"}
    last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    lacking = "MemoryError" in last or "bad_alloc" in last
    return {"says": f"more than {task.memory:g} GiB" if lacking else last[:200]}


def exponents(rows: list[dict[str, Any]]) -> dict[str, float]:
    """ln(time ratio) / ln(events ratio) between the smallest and the largest share: 1 grows with the events."""
    found = {}
    for name in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == name and "events" in row]
        if len(mine) > 1 and mine[0]["processor seconds"] > 0:
            ratio = mine[-1]["processor seconds"] / mine[0]["processor seconds"]
            found[name] = round(math.log(ratio) / math.log(mine[-1]["events"] / mine[0]["events"]), 2)
    return found
