"""`ronghe demo`: a real shop from its data to its page; each step only when it is not done yet."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.learning import show_training, trained
from ronghe.cli.loading import loaded, show_loaded
from ronghe.cli.progress import step
from ronghe.cli.serving import Host, Port, serve
from ronghe.cli.shop import FILE, recipe_text
from ronghe.cli.words import say

WEEKS = "demo: weeks moved"  # a mark in the store


def demo(
    shop: Annotated[Path, typer.Option("--shop", "-s", help=say("Folder of the shop.", "店铺文件夹。"))] = Path("demo"),
    sample: opt.Sample = 1.0, host: Host = "127.0.0.1", port: Port = 8000,
    stop: Annotated[bool, typer.Option("--no-serve", help=say("Stop before serving.", "启动服务前结束。"))] = False,
) -> None:  # fmt: skip
    """Shows Ronghe on a real grocery shop: loads a year of it, trains, evaluates, serves; does only what is not done yet."""
    if not (shop / FILE).is_file():
        shop.mkdir(parents=True, exist_ok=True)
        (shop / FILE).write_text(recipe_text("grocery"), encoding="utf-8")
    if not serving(shop):
        with step(say("1/3 load a year of a grocery shop", "1/3 装载一家杂货店一年的数据")):
            done = loaded(shop, demo_data(shop, sample))
        show_loaded(done)
        with step(say("2/3 train and evaluate", "2/3 训练与评估")):
            made = trained(shop)
        show_training(made)
    if not stop:
        with step(say("3/3 open the shop", "3/3 开门营业")):
            serve(shop, host, port)


def demo_data(shop: Path, sample: float) -> Any:
    """Complete Journey, moved by whole weeks to end this week; an ingest that goes on moves by as many as when it began."""
    from ronghe.engine.shop import opened_store
    from ronghe.stores.sources.complete_journey import CompleteJourney, weeks_until

    with opened_store(shop) as store:
        weeks = store.marks().get(WEEKS)
        if weeks is None:
            weeks = weeks_until(time.time())
            store.set_mark(WEEKS, weeks)
    return CompleteJourney(sample=sample, weeks=weeks)


def serving(shop: Path) -> bool:
    """True when a version serves that was trained on this recipe."""
    from ronghe.engine.recipe import Recipe
    from ronghe.engine.shop import versions_of

    recipe = Recipe.load(shop)
    return any(info.current and info.ok and info.recipe_hash == recipe.hash for info in versions_of(shop).all())
