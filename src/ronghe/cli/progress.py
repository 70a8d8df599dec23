"""Who watches long work: bars on a terminal, nothing where nobody looks; what runs is told on stderr either way."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def local(seed: int = 0, threads: int | None = None) -> Any:
    """Compute in this process, watched when stderr is a terminal or RONGHE_PROGRESS is set."""
    import os

    from ronghe.compute.local import Local
    from ronghe.compute.watch import Bars

    watched = sys.stderr.isatty() or bool(os.environ.get("RONGHE_PROGRESS"))
    return Local(seed, threads or _cores(), Bars() if watched else None)


def _cores() -> int:
    import os

    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Says on stderr what runs now, and how long it took."""
    print(f"── {title}", file=sys.stderr, flush=True)
    start = time.monotonic()
    yield
    print(f"   {title}: {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
