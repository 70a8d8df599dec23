"""Commands that learn and judge: train, evaluate."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.progress import local, step
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say

MANY_REPEATS = 0.3  # share of what was wanted from which on a shop lives of those who come back
Threads = Annotated[
    int | None, typer.Option(min=1, help=say("Threads of a fit; all cores by default.", "训练线程数; 默认用全部核心。"))
]
Version = Annotated[str | None, typer.Option(help=say("Show the report kept with this version.", "显示该版本保存的报告。"))]
Days = Annotated[str, typer.Option("--on", help=say("test or valid: which days to judge on.", "test 或 valid: 用哪段日期评估。"))]


def train(
    shop: opt.Shop = opt.SHOP, threads: Threads = None, seed: opt.Seed = 0,
    quick: Annotated[bool, typer.Option("--no-evaluate", help=say("Skip the evaluation.", "跳过评估。"))] = False,
    as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Learns every part of the recipe, evaluates, and serves the new version unless it is worse; does only what changed."""
    with step(say("train", "训练")):
        done = trained(shop, seed, threads, evaluated=not quick)
    if as_json:
        metrics = done.report.headline() if done.report else {}
        return print_json(
            {
                "version": done.version,
                "serves": done.gated is None,
                "gated": done.gated,
                "metrics": metrics,
                "seconds": done.seconds,
            }
        )
    show_training(done)


def show_training(done: Any) -> None:
    """What a training took, what it is worth, and whether it serves."""
    _show_times(done.seconds)
    if done.report:
        _show_report(done.report)
    _verdict(done)


def trained(shop: Path, seed: int = 0, threads: int | None = None, evaluated: bool = True) -> Any:
    """A training with bars."""
    from ronghe.learn.train import train as run

    return run(shop, local(seed, threads), evaluate=evaluated)


def _show_times(seconds: Any) -> None:
    slowest = sorted(seconds.items(), key=lambda pair: -pair[1])[:12]
    if slowest:
        print_table("", [say("step", "步骤"), say("seconds", "秒")], slowest, numbers=(say("seconds", "秒"),))


def _show_report(report: Any) -> None:
    from ronghe.cli.show import console
    from ronghe.evaluate.terminal import show

    show(report, console())
    if hint := _held_back(report):
        print_line(hint)


def _held_back(report: Any) -> str:
    """A hint where much of what was wanted had been bought before, and the surface shows nothing twice; "" elsewhere."""
    from ronghe.evaluate.report import MAIN, REPEAT

    wanted, new = report.counts.get("wanted", 0), report.counts.get("wanted new", 0)
    score = report.final.slices.get(REPEAT, {}).get(MAIN)
    if not wanted or (wanted - new) / wanted < MANY_REPEATS or score is None or score.mean != 0:
        return ""
    share = f"{(wanted - new) / wanted:.0%}"
    return say(
        f"{share} of what was wanted had been bought before, and {report.surface} shows nothing twice. Where people buy again, "
        f"take not-bought out of the filters of [surface.{report.surface}], or begin with `ronghe init --recipe grocery`.",
        f"顾客想要的商品有 {share} 以前买过, 而 {report.surface} 不再展示买过的。若顾客常复购, 请从 [surface.{report.surface}] "
        "的 filter 中去掉 not-bought, 或用 `ronghe init --recipe grocery` 开始。",
    )


def _verdict(done: Any) -> None:
    if done.gated is None:
        return print_line(say(f"{done.version} serves now.", f"现在使用 {done.version}。"))
    print_line(say(f"{done.version} was kept but does not serve: {done.gated}.", f"{done.version} 已保存但未上线: {done.gated}。"))


def evaluate(
    shop: opt.Shop = opt.SHOP,
    version: Version = None, on: Days = "test",
    threads: Threads = None, seed: opt.Seed = 0, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Judges the funnel and each of its parts on days that no model has seen. What was trained already is used again."""
    report = kept(shop, version) if version else judged(shop, on, seed, threads)
    if as_json:
        import json

        return print_json(json.loads(report.to_json()))
    _show_report(report)


def judged(shop: Path, on: str = "test", seed: int = 0, threads: int | None = None) -> Any:
    """An evaluation with bars."""
    from ronghe.learn.train import evaluate as run

    with step(say("evaluate", "评估")):
        return run(shop, local(seed, threads), on)


def kept(shop: Path, version: str) -> Any:
    """The report that was kept with a version. NotFound when there is none."""
    from ronghe.core.errors import NotFound
    from ronghe.engine.shop import report_of
    from ronghe.evaluate.report import Report

    path = report_of(shop, version)
    if not path.is_file():
        raise NotFound(f"no report of version {version!r} in {shop}; `ronghe models` lists versions")
    return Report.of_json(path.read_bytes())
