"""The command that brings data in: ingest."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.progress import local, step
from ronghe.cli.show import print_json
from ronghe.cli.words import say
from ronghe.core.errors import BadRequest

Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map", "-m", metavar="FIELD=COLUMN", help=say("Your column for a field; repeat for more.", "字段对应的列; 可重复。")
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help=say("Read at most so many rows of each file.", "每个文件最多读取的行数。"))]
File = Annotated[
    Path | None,
    typer.Option(exists=True, help=say("CSV, JSONL or Parquet; .gz and .zst too.", "CSV、JSONL 或 Parquet, 可为 .gz/.zst。")),
]
Source = Annotated[str | None, typer.Argument(help=say("A named source, a file or a folder.", "具名数据源、文件或文件夹。"))]


def ingest(
    source: Source = None,
    items: File = None, events: File = None, maps: Maps = None, limit: Limit = None, sample: opt.Sample = 1.0,
    shop: opt.Shop = opt.SHOP, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Brings items and events in; bad rows are kept with file, row, field and reason; may be stopped and called again."""
    with step(say("ingest", "装载")):
        done = loaded(shop, source, items, events, _mapping(maps), limit, sample)
    print_json(done) if as_json else show_loaded(done)


def _mapping(maps: list[str] | None) -> dict[str, str]:
    mapping = {}
    for word in maps or ():
        field, found, column = word.partition("=")
        if not found or not field or not column:
            raise BadRequest(f"--map {word!r} is not FIELD=COLUMN; right would be --map user=customer_no", "map")
        mapping[field] = column
    return mapping


def loaded(
    shop: Path, source: str | None = None, items: Path | None = None, events: Path | None = None,
    mapping: dict[str, str] | None = None, limit: int | None = None, sample: float = 1.0,
) -> Any:  # fmt: skip
    """An ingest with bars."""
    from ronghe.engine.ingest import ingest as run

    return run(shop, source, items=items, events=events, mapping=mapping or {}, limit=limit, sample=sample, compute=local())


def show_loaded(done: Any) -> None:
    """What was read, loaded and rejected."""
    print_json(done)
