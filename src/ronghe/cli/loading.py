"""The command that brings data in: ingest."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.progress import local, step
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say
from ronghe.core.errors import BadData, BadRequest, StoreError

Sources = Annotated[
    list[str] | None, typer.Argument(help=say("A named source, or files and folders.", "具名数据源, 或文件与文件夹。"))
]
Items = Annotated[
    Path | None,
    typer.Option("--items", exists=True, help=say("A file of items.", "商品文件。")),
]
Events = Annotated[
    Path | None,
    typer.Option("--events", exists=True, help=say("A file of events.", "事件文件。")),
]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", metavar="FIELD=COLUMN",
                 help=say("Your column for a field, A+B for several, =TEXT for a fixed value; items.FIELD or events.FIELD where "
                          "both have it; repeat for more.",
                          "字段对应的列; A+B 表示多列, =TEXT 表示固定值; 两者都有的字段写 items.FIELD 或 events.FIELD; 可重复。")),
]  # fmt: skip
Data = Annotated[
    Path | None,
    typer.Option("--data", exists=True, file_okay=False, help=say("Folder of a named source's files.", "具名数据源的文件夹。")),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help=say("Read at most so many rows of each file.", "每个文件最多读取的行数。"))
]


@dataclass(frozen=True)
class Told:
    """Files whose noun was said on the command line: --items and --events."""

    items: Path | None
    events: Path | None

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Any]:
        """Items first, each file read as what it was said to be."""
        from ronghe.stores.files import Files

        given = {"items": self.items, "events": self.events}
        return [
            part for noun, path in given.items() if path for part in Files((path,)).parts({noun: (mapping or {}).get(noun, {})})
        ]


def ingest(
    sources: Sources = None, items: Items = None, events: Events = None, maps: Maps = None, data: Data = None,
    limit: Limit = None, sample: opt.Sample = 1.0, shop: opt.Shop = opt.SHOP, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Brings items and events in; bad rows are kept with file, row, field and reason; may be stopped and called again."""
    source = chosen(sources or [], items, events, data, sample)
    with step(say("ingest", "装载")):
        done = loaded(shop, source, mapping_of(maps or [], items, events), limit)
    print_json(done) if as_json else show_loaded(done)


def chosen(sources: list[str], items: Path | None, events: Path | None, data: Path | None, sample: float) -> Any:
    """The source that the words of the command line name."""
    from ronghe.stores.sources import SOURCES, open_source

    if bool(sources) == bool(items or events):
        known = ", ".join(SOURCES)
        raise BadRequest(f"name what to ingest: --items and --events FILES, or files and folders, or one of {known}", "source")
    return open_source(sources, data, sample) if sources else Told(items, events)


def mapping_of(words: list[str], items: Path | None, events: Path | None) -> dict[str, dict[str, Any]]:
    """What --map says, by noun: {"events": {"user": "customer_no"}}."""
    found: dict[str, dict[str, Any]] = {}
    for word in words:
        field, equals, column = word.partition("=")
        if not equals or not field:
            raise BadRequest(f"--map {word!r} is not FIELD=COLUMN; right would be --map user=customer_no", "map")
        noun, name = _noun_of(field, items, events)
        found.setdefault(noun, {})[name] = column if column.startswith("=") or "+" not in column else column.split("+")
    return found


def _noun_of(field: str, items: Path | None, events: Path | None) -> tuple[str, str]:
    from ronghe.stores.mapping import FIELDS

    noun, dot, name = field.partition(".")
    if dot:
        if noun not in FIELDS:
            raise BadRequest(f"--map {field}: {noun!r} is neither items nor events", "map")
        return noun, name
    nouns = [n for n, known in FIELDS.items() if field in known] or ["events"]  # time_format is the events' own
    nouns = [n for n in nouns if {"items": items, "events": events}[n]] or nouns if items or events else nouns
    if len(nouns) > 1:
        raise BadRequest(f"--map {field}: both items and events have it; right would be items.{field} or events.{field}", "map")
    return nouns[0], field


def loaded(shop: Path, source: Any, mapping: Mapping[str, Any] | None = None, limit: int | None = None) -> Any:
    """An ingest into a shop's store, with bars. The rows that were rejected also lie in rejects.jsonl of the shop."""
    from ronghe.engine.ingest import ingest as run
    from ronghe.engine.ingest import write_rejects
    from ronghe.engine.shop import opened_store

    with opened_store(shop) as store:
        try:
            done = run(store, source, local(), mapping, limit)
        except FileNotFoundError as error:
            what = error.filename or str(error).split("\n")[0]  # polars names it in its message only
            raise BadData(f"{what}: not there; right would be the folder of the source's files") from error
        if done.rejected:
            try:
                write_rejects(store, shop / "rejects.jsonl")
            except OSError as error:
                raise StoreError(f"cannot write {shop / 'rejects.jsonl'}: {error.strerror}") from error
    return done


def show_loaded(done: Any) -> None:
    """How each file was read, what was loaded, and what was rejected why."""
    from ronghe.stores.mapping import told

    for name, mapping in done.mapping.items():
        if mapping:
            print_line(say(f"{name} was read as", f"{name} 的读法"))
            print_line("  " + told(mapping).replace("\n", "\n  "))
        if left := done.unread.get(name):
            print_line("  " + say(f"not read: {', '.join(left)}", f"未读取: {', '.join(left)}"))
    if any(done.unread.values()):
        print_line(say("To read more: --map FIELD=COLUMN; facts of items, for facets and search: --map attributes=COLUMN+COLUMN",
                       "读取更多列: --map 字段=列; 商品属性 (用于筛选与搜索): --map attributes=列+列"))  # fmt: skip
    what = [(key, getattr(done, key)) for key in ("items", "events", "doubled", "rejected", "skipped", "seconds")]
    print_table("", [say("rows", "行"), say("number", "数量")], what, numbers=(say("number", "数量"),))
    if done.by_reason:
        print_table(say("rejected, see rejects.jsonl", "被拒绝的行, 见 rejects.jsonl"), [say("why", "原因"), say("rows", "行")],
                    done.by_reason.items(), numbers=(say("rows", "行"),))  # fmt: skip
