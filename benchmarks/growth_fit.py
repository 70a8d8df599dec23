"""One fit in a process of its own, so that its memory is its own: `python -m benchmarks.growth_fit TASK` prints a JSON line."""

import json
import resource
import sys
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.growth_log import generated
from benchmarks.held_out import Lines, catalog, dataset, read
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.methods import method


@dataclass(frozen=True)
class Task:
    """method with default settings but for `items` · lines: file whose `share` of users is taken; "" = a generated log ·
    users, items, events of that log · minutes of processor time and GiB of memory that it may use.
    """

    method: str
    lines: str = ""
    share: float = 1.0
    users: int = 0
    items: int = 0
    events: int = 0
    minutes: float = 10.0
    memory: float = 20.0
    seed: int = 0


def main() -> None:
    """Fits as told by the JSON in the first argument."""
    task = Task(**json.loads(sys.argv[1]))
    limit = int(task.memory * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    data = _data(task)
    learner = method(task.method)()
    if any(field.name == "items" for field in fields(learner)):
        learner = replace(learner, items=len(data.catalog))  # no item is left out for size
    before = _peak()
    start, wall = time.process_time(), time.monotonic()
    seconds = int(start + 60 * task.minutes) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    learner.fit(data, Local(task.seed))
    took, lasted = time.process_time() - start, time.monotonic() - wall
    print(json.dumps(_about(data) | {
        "processor seconds": round(took, 3), "wall seconds": round(lasted, 3), "peak GiB": round(_peak(), 2),
        "GiB before": round(before, 2),
    }))  # fmt: skip


def _about(data: Dataset) -> dict[str, Any]:
    return {"users": data.users, "items": len(data.catalog), "events": len(data.events)}


def _data(task: Task) -> Dataset:
    if not task.lines:
        return generated(task.users, task.items, task.events, task.seed)
    lines = read(Path(task.lines))
    users = np.random.default_rng(task.seed).permutation(len(lines))[: round(task.share * len(lines))]
    some = lines.take(np.sort(users))
    known, item = np.unique(some.item, return_inverse=True)  # items that nobody of these has do not count
    fewer = Lines(some.users, some.splits, item.astype(np.int64), type(some.items)().extended([some.items.ids[i] for i in known]))
    return dataset(fewer, catalog(fewer.items))


def _peak() -> float:
    """The most memory held so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def text(task: Task) -> str:
    """A task as the argument of this program."""
    return json.dumps(asdict(task))


if __name__ == "__main__":
    main()
