"""The commands and their help, as one application."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ronghe.cli import asking, bench, demo, doctor, fine_tuning, learning, loading, serving, shop, tuning
from ronghe.cli.words import say

ABOUT = """One engine for a shop's search and recommendations.

\b
A first shop, in four commands:
  ronghe init
  ronghe ingest complete-journey
  ronghe train
  ronghe serve"""
ABOUT_ZH = ABOUT.replace("One engine for a shop's search and recommendations.", "融合: 店铺搜索与推荐的一体引擎。").replace(
    "A first shop, in four commands:", "四条命令开一家店:"
)
app = typer.Typer(
    name="ronghe", help=say(ABOUT, ABOUT_ZH), no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)  # fmt: skip


def _version(asked: bool) -> None:
    from ronghe import __version__

    if asked:
        sys.stdout.write(f"ronghe {__version__}\n")
        raise typer.Exit


Lang = Annotated[str, typer.Option("--lang", envvar="RONGHE_LANG", help=say("en or zh.", "en 或 zh。"))]
Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help=say("The version.", "版本号。"))]


@app.callback()
def root(lang: Lang = "en", version: Version = False) -> None:
    """Settles what holds for every command (the language was read before this ran: help is written in it)."""


def _help(english: str, chinese: str, examples: tuple[str, ...]) -> str:
    shown = "\n".join(f"  {line}" for line in examples)
    return f"{say(english, chinese)}\n\n\b\n{say('Examples:', '例如:')}\n{shown}"


def command(run: Callable[..., Any], chinese: str, *examples: str) -> None:
    """Adds a command: its docstring or the Chinese for it, then examples that can be pasted."""
    app.command(run.__name__.replace("_", "-"), help=_help(run.__doc__ or "", chinese, examples))(run)


command(shop.init, "新建店铺文件夹, 写入带注释的配方。",
        "ronghe init",
        "ronghe init mine --name 'My shop' --currency EUR", "ronghe init --recipe grocery --language zh")  # fmt: skip
command(loading.ingest, "装载商品与事件: 自有文件或具名数据源。",
        "ronghe ingest complete-journey", "ronghe ingest export/", "ronghe ingest --items items.csv --events orders.parquet",
        "ronghe ingest --events log.jsonl.zst --map user=customer_no --map time=ordered_at")  # fmt: skip
command(learning.train, "训练配方中的各部分, 评估并上线新版本。", "ronghe train", "ronghe train --threads 2 --json")
command(learning.evaluate, "显示某版本的评估报告。", "ronghe evaluate", "ronghe evaluate --json")
command(tuning.tune, "在验证日期上搜索配方参数, 使 NDCG@10 最高; 中断后可继续。",
        "ronghe tune --list", "ronghe tune --budget 30 --out better.toml", "ronghe tune --part ease --part fuse --trials 40",
        "ronghe tune --shoppers 500 --trials 100 --json")  # fmt: skip
command(fine_tuning.fine_tune, "用店铺的文字、点击与购买微调文本编码器; 中断后可继续。",
        "ronghe fine-tune", "ronghe fine-tune mine --budget 30 --lora 16",
        "ronghe fine-tune words --pairs made --pairs title --teacher bm25",
        "ronghe fine-tune asked --judged judgements.csv --set widths=[64,128] --json")  # fmt: skip
command(serving.serve, "启动 HTTP 接口与网页。", "ronghe serve", "ronghe serve --host 0.0.0.0 --port 8080")
command(asking.search, "像顾客一样搜索商品。",
        "ronghe search ground coffee", 'ronghe search "chocolate cookies" --filter "brand=House brand" --price-max 5 --why',
        "ronghe search mlik --user 1228 --json", "ronghe search --picture photo.jpg -k 5")  # fmt: skip
command(asking.recommend, "为顾客 (或陌生访客) 推荐商品。",
        "ronghe recommend 1228 --why", "ronghe recommend --surface basket --basket 995242 --basket 1082185",
        "ronghe recommend 1228 --surface email -k 5 --json")  # fmt: skip
command(asking.similar, "显示与某商品相似或常一起购买的商品。", "ronghe similar 995242", "ronghe similar 995242 --user 1228 --why")
command(asking.explain, "按编号解释一次已给出的回答。", "ronghe explain 01J9Z3", "ronghe explain 01J9Z3 --language zh --json")
command(shop.status, "显示店铺内容、当前模型与问题。", "ronghe status", "ronghe status --json")
command(doctor.doctor, "检查机器、软件包、模型权重与店铺, 并给出处理办法。", "ronghe doctor", "ronghe doctor --shop mine --json")
app.add_typer(shop.models, name="models", help=_help(
    "Lists the trained versions; switch and rollback choose which one serves.",
    "列出已训练的版本; switch 与 rollback 选择上线版本。",
    ("ronghe models", "ronghe models switch 20250101-120000-ab12cd", "ronghe models rollback")))  # fmt: skip
command(bench.bench, "运行基准测试 (需要源代码)。",
        "ronghe bench", "ronghe bench load",
        "ronghe bench collaborative --data DIR --json --out lists.tsv --budget 10 --seed 1")  # fmt: skip
command(demo.demo, "从真实数据到网页: 装载、训练、评估、启动。", "ronghe demo", "ronghe demo --sample 0.2 --port 8080")
