"""A shop's engine, opened for one command."""

from pathlib import Path
from typing import Any


def opened(shop: Path) -> Any:
    """The shop's engine, for a `with` block that closes it."""
    from contextlib import closing

    from ronghe.engine.engine import Engine

    return closing(Engine.open(shop))
