"""A shop's engine, opened for one command."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ronghe.cli.words import say


@contextmanager
def opened(shop: Path) -> Iterator[Any]:
    """The shop's engine for a `with` block, closed behind it. What it serves something else for than it was told to is said on
    stderr: an answer of an older model, or of none, looks like any other.
    """
    from ronghe.engine.engine import Engine

    with closing(Engine.open(shop)) as engine:
        for name in engine.keeper.trouble:
            print(say(f"ronghe: not in use: {name}: {engine.keeper.broken[name]}",
                      f"ronghe: 未使用 {name}: {engine.keeper.broken[name]}"), file=sys.stderr)  # fmt: skip
        yield engine
