"""What a command answers: strict JSON on stdout for programs, a table for people."""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any


def plain(value: Any) -> Any:
    """The value as JSON can say it: dataclasses are objects, tuples lists, NaN and infinities null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return plain(value.tolist())
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def print_json(value: Any, indent: int | None = 2) -> None:
    """Writes one JSON document to stdout."""
    import json

    sys.stdout.write(json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], numbers: Sequence[str] = ()) -> None:
    """Draws a table on stdout; the columns named in `numbers` stand to the right."""
    from rich import box
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*[cell(value) for value in row])
    console().print(table)


def cell(value: Any) -> Any:
    """A value as a table shows it: nothing for unknown, thousands apart, three places for fractions."""
    from rich.text import Text

    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Text("")
    if isinstance(value, bool):
        return Text("✓" if value else "✗")
    if isinstance(value, int):
        return Text(f"{value:,}")
    if isinstance(value, float):
        return Text(f"{value:,.3f}")
    return Text(str(value))


def print_line(text: str) -> None:
    """Writes one line to stdout, as it is."""
    console().print(text, markup=False, highlight=False)


def console(stderr: bool = False) -> Any:
    """Where people read: as wide as the terminal, or 120 columns when there is none."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else 120)
