"""The command that searches settings: tune."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.learning import Threads
from ronghe.cli.progress import local, step
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say

Trials = Annotated[
    int | None,
    typer.Option(min=1, help=say("Trials of all runs together; 50 without a budget.", "试验总数 (含以往); 未设时限则为 50。")),
]
Budget = Annotated[
    float | None,
    typer.Option(min=0.01, help=say("Minutes of this run; no trial begins that would end after.", "本次运行的分钟数上限。")),
]
Parts = Annotated[
    list[str] | None,
    typer.Option("--part", "-p", metavar="NAME",
                 help=say("Only this part, or fuse; repeat for more.", "只调此部分, 或 fuse; 可重复。")),
]  # fmt: skip
Shoppers = Annotated[
    int | None, typer.Option(min=1, help=say("Judge by so many shoppers at most: faster, rougher.", "最多用多少位顾客评判。"))
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", dir_okay=False, help=say("Write the best recipe to this file.", "把最佳配方写入此文件。")),
]
Force = Annotated[bool, typer.Option("--force", help=say("Write over a file that is there.", "覆盖已有文件。"))]
Listed = Annotated[bool, typer.Option("--list", help=say("Show what would be searched, and stop.", "只列出搜索空间。"))]


def tune(
    shop: opt.Shop = opt.SHOP, trials: Trials = None, budget: Budget = None, part: Parts = None, shoppers: Shoppers = None,
    out: Out = None, force: Force = False, listed: Listed = False,
    threads: Threads = None, seed: opt.Seed = 0, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Searches the recipe's settings for the best NDCG@10 on the validation days; a search that was stopped goes on."""
    if listed:
        return _list(shop, part or [], as_json)
    from ronghe.engine.recipe import Recipe
    from ronghe.learn.tune import Limits
    from ronghe.learn.tune import tune as run
    from ronghe.learn.tune_keep import keep, may_write, record, winner, write

    if out is not None:
        may_write(out, force)
    limits = Limits(trials if trials is not None or budget is not None else 50, budget)
    with step(say("tune", "调参")):
        found = run(shop, local(seed, threads), limits, part or [], shoppers)
    plot = keep(shop, found)
    if out is not None and found.best is not None:
        write(out, winner(Recipe.load(shop), found), force)
    wrote = str(out) if out is not None and found.best is not None else None
    if as_json:
        return print_json({**record(found), "plot": str(plot), "recipe": wrote})
    _show(found, plot, wrote)


def _list(shop: Path, part: list[str], as_json: bool) -> None:
    from ronghe.engine.recipe import Recipe
    from ronghe.learn.tune_space import knobs

    rows = [
        {"name": k.name, "low": k.span.low, "high": k.span.high, "log": k.span.log, "now": k.now}
        for k in knobs(Recipe.load(shop), part)
    ]
    if as_json:
        return print_json(rows)
    names = [say("setting", "参数"), say("from", "下限"), say("to", "上限"), say("by magnitude", "对数"), say("now", "当前")]
    print_table("", names, [list(row.values()) for row in rows], numbers=(names[1], names[2], names[4]))


def _show(found: Any, plot: Path, wrote: str | None) -> None:
    names = [say("setting", "参数"), say("from", "下限"), say("to", "上限"), say("now", "当前"), say("best", "最佳")]
    best = found.best.settings if found.best else {}
    rows = [[k.name, _plain(k.span.low), _plain(k.span.high), _plain(k.now), _plain(best.get(k.name))] for k in found.space]
    print_table("", names, rows, numbers=names[1:])
    failed = [trial for trial in found.trials if trial.value is None]
    tried = say(f"trials: {len(found.trials)}, shoppers: {found.shoppers}", f"{len(found.trials)} 次试验, {found.shoppers} 位顾客")
    print_line(f"{found.metric} (valid): {found.baseline:.4f} → {found.baseline + found.gain:.4f} · {tried} · {plot}")
    if failed:
        why = failed[-1].failed or say("it was interrupted", "被中断")
        print_line(say(f"{len(failed)} trials failed; the last: {why}", f"{len(failed)} 次试验失败, 最近一次: {why}"))
    if found.best is None:
        return print_line(say("Nothing was better than the recipe as it is.", "没有比当前配方更好的结果。"))
    print_line(
        say(
            f"Wrote {wrote}. Compare both once on the test days before you trust it.",
            f"已写入 {wrote}。采用前请在测试日期上比较一次。",
        )
        if wrote
        else say("`--out recipe.toml` writes the best as a recipe.", "用 `--out recipe.toml` 写出最佳配方。")
    )


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
