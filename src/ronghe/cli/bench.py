"""`ronghe bench`: finds the benchmarks of the source checkout, runs one, prints its figures."""

import ast
import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.show import print_json, print_table
from ronghe.cli.words import say
from ronghe.core.errors import BadRequest, NotFound, NotReady

HERE = "benchmarks"


def bench(
    name: Annotated[str | None, typer.Argument(help=say("Which one; none = list them.", "名称; 省略则列出全部。"))] = None,
    data: Annotated[Path | None, typer.Option(help=say("Folder of its data.", "数据文件夹。"))] = None,
    out: Annotated[Path | None, typer.Option(help=say("Write ranked lists to this file.", "把排序列表写入此文件。"))] = None,
    budget: Annotated[
        float, typer.Option(min=0.01, max=100_000, help=say("Minutes in all, tuning included.", "总分钟数, 含调参。"))
    ] = 10.0,
    seed: opt.Seed = 0,
    blind: Annotated[bool, typer.Option("--blind", help=say("The folder holds no test part.", "文件夹中没有测试集。"))] = False,
    only: Annotated[str | None, typer.Option(help=say("One leg of it, by name.", "只运行其中一部分。"))] = None,
    as_json: opt.Json = False,
) -> None:
    """Runs a benchmark and prints its figures; needs the source checkout."""
    folder = checkout()
    if name is None:
        found = listed(folder)
        return (
            print_json(found)
            if as_json
            else print_table("", [say("benchmark", "基准"), say("what it measures", "内容")], found.items())
        )
    module = _module(folder, name)
    check_places(data, out)
    from benchmarks.options import Options

    try:
        figures = module.run(Options(data, out, budget, seed, blind, only))
    except FileNotFoundError as error:
        raise NotFound(f"{error.filename} is not there; `ronghe bench {name}` reads it") from error
    print_json(figures, indent=None) if as_json else _show(name, figures)
    if out is not None and not out.is_file():
        print(say(f"{name} ranks nothing that could be written to {out}", f"{name} 没有可写入 {out} 的排序列表"), file=sys.stderr)


def check_places(data: Path | None, out: Path | None) -> None:
    """BadRequest, before anything takes long, when data lie nowhere or lists could not be written."""
    if data is not None and not data.is_dir():
        raise BadRequest(f"--data {data} is no folder; right would be the folder of the benchmark's files", "data")
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise BadRequest(f"--out {out} cannot be written; right would be a file in a folder that is there", "out")


def checkout() -> Path:
    """The folder `benchmarks` beside the sources, or in the folder where the command runs. NotReady when there is none."""
    for root in (Path(__file__).parents[3], Path.cwd()):
        if (root / HERE / "options.py").is_file() and (root / "src" / "ronghe").is_dir():
            return root / HERE
    raise NotReady(
        "the benchmarks are not part of the installed package; clone the sources, `make test` there, and run .venv/bin/ronghe bench"
    )


def listed(folder: Path) -> dict[str, str]:
    """Every benchmark and the first line of its file."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found[path.stem.replace("_", "-")] = (ast.get_docstring(tree) or "").split("\n")[0]
    return found


def _module(folder: Path, name: str) -> Any:
    known = listed(folder)
    if name not in known:
        raise NotFound(f"no benchmark {name!r}; there are {', '.join(known)}")
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    return importlib.import_module(f"{HERE}.{name.replace('-', '_')}")


def _show(name: str, figures: dict[str, Any], above: str = "") -> None:
    simple = {key: value for key, value in figures.items() if not isinstance(value, dict | list)}
    if simple:
        print_table(above or name, [say("figure", "指标"), say("value", "值")], simple.items(), numbers=(say("value", "值"),))
    tables = {key: value for key, value in figures.items() if isinstance(value, list) and value and isinstance(value[0], dict)}
    for key, rows in tables.items():
        print_table(key, list(rows[0]), [list(row.values()) for row in rows], numbers=list(rows[0])[1:])
    for key, value in figures.items():
        if isinstance(value, dict):
            _show(name, value, f"{above} {key}".strip())
