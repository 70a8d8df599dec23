"""The commands and their help, as one application."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ronghe.cli import asking
from ronghe.cli.words import say

ABOUT = say("One engine for a shop's search and recommendations.", "融合: 店铺搜索与推荐的一体引擎。")
app = typer.Typer(
    name="ronghe", help=ABOUT, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip


@app.callback()
def root(
    lang: Annotated[str, typer.Option("--lang", envvar="RONGHE_LANG", help=say("en or zh.", "en 或 zh。"))] = "en",
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=lambda on: _version(on), help=say("The version.", "版本号。"))] = False,
) -> None:  # fmt: skip
    """Settles what holds for every command."""


def _version(asked: bool) -> None:
    from ronghe import __version__

    if asked:
        sys.stdout.write(f"ronghe {__version__}\n")
        raise typer.Exit


def command(run: Callable[..., Any], english: str, chinese: str, *examples: str) -> None:
    """Adds one command: what it does in both languages, then examples that can be pasted."""
    shown = "\n".join(f"  {line}" for line in examples)
    text = f"{say(english, chinese)}\n\n\b\n{say('Examples:', '例如:')}\n{shown}"
    app.command(run.__name__, help=text)(run)


command(asking.search, "Searches the shop as a shopper would.", "像顾客一样搜索商品。",
        'ronghe search whole milk', 'ronghe search "dark chocolate" --filter brand=National --price-max 5 --why',
        'ronghe search mlik --user 1228 --json')  # fmt: skip
command(asking.recommend, "Recommends to a shopper, known or not.", "为顾客 (或陌生访客) 推荐商品。",
        "ronghe recommend 1228 --why", "ronghe recommend --surface basket --basket 995242 --basket 1082185",
        "ronghe recommend 1228 --surface email -k 5 --json")  # fmt: skip
command(asking.similar, "Shows what goes with an item: similar, and bought together.", "显示与某商品相似或常一起购买的商品。",
        "ronghe similar 995242", "ronghe similar 995242 --user 1228 --why")  # fmt: skip
command(asking.explain, "Explains an answer that was given, by its slate id.", "解释一次已给出的回答。",
        "ronghe explain 01J9Z3", "ronghe explain 01J9Z3 --language zh --json")  # fmt: skip
