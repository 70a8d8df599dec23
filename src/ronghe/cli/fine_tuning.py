"""The command that tunes a text encoder on the shop: fine-tune."""

from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.learning import Threads
from ronghe.cli.progress import local, step
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say

Name = Annotated[str, typer.Argument(help=say("Name of the new encoder.", "新编码器的名称。"))]
Start = Annotated[
    str, typer.Option("--from", help=say("minilm, a folder, or owner/model of a hub.", "minilm、文件夹或模型库编号。"))
]
Minutes = Annotated[
    float, typer.Option("--budget", min=0, help=say("Minutes of the course; 0 = no limit.", "训练分钟数; 0 为不限。"))
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--pairs", metavar="KIND",
                 help=say("query made title facts together next; repeat for more.", "样本种类, 可重复。")),
]  # fmt: skip
Lora = Annotated[int, typer.Option("--lora", min=0, help=say("Rank of low-rank changes; 0 = full.", "LoRA 的秩; 0 为全量。"))]
Workers = Annotated[int, typer.Option("--workers", min=1, help=say("Processes that learn together.", "共同训练的进程数。"))]
Teacher = Annotated[
    str, typer.Option("--teacher", metavar="NAME",
                      help=say("Learn the margins of bm25, or of a trained part, such as cross-encoder.",
                               "同时学习 bm25 或已训练部分 (如 cross-encoder) 的分差。")),
]  # fmt: skip
Judged = Annotated[
    str, typer.Option("--judged", help=say("File of query, item, grade in the shop folder.", "店铺文件夹中的评判文件。"))
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SETTING=VALUE",
                 help=say("Any other setting of a course; repeat for more.", "其他训练参数, 可重复。")),
]  # fmt: skip


def fine_tune(
    name: Name = "mine", shop: opt.Shop = opt.SHOP, start: Start = "minilm", budget: Minutes = 0.0, pairs: Kinds = None,
    lora: Lora = 0, teacher: Teacher = "", judged: Judged = "", workers: Workers = 1, other: Set = None,
    threads: Threads = None, seed: opt.Seed = 0, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Tunes a text encoder on the shop's words, clicks and purchases; one that was stopped goes on. Writes encoders/NAME."""
    from ronghe.learn.fine_tune import fine_tune as run
    from ronghe.learn.fine_tune import settings_of

    told: dict[str, Any] = {"checkpoint": start, "minutes": budget, "lora": lora, "workers": workers}
    told |= {"kinds": tuple(pairs)} if pairs else {}
    told |= {"teach": 0.1, "negatives": 1} if teacher else {}
    settings = {**told, **settings_of(other or [])}
    with step(say("fine-tune", "微调")):
        made = run(shop, name, settings, local(seed, threads), teacher, judged)
    if as_json:
        return print_json({"encoder": f"encoders/{name}", **made.report})
    _show(name, made.report)


def _show(name: str, report: Any) -> None:
    columns = [say("figure", "指标"), say("before", "之前"), say("after", "之后")]
    rows = [[key, f"{report['before'][key]:.4f}", f"{report['after'][key]:.4f}"] for key in report["before"]]
    if rows:
        print_table(say("pairs that were not learnt", "未参与训练的样本"), columns, rows, numbers=columns[1:])
    sizes = [f"{report['parity'][key] / 1e6:.1f} MB" for key in ("onnx_bytes", "int8_bytes")]
    took = report["minutes"]
    print_line(say(f"{took} minutes; float32 {sizes[0]}, int8 {sizes[1]}", f"{took} 分钟; 浮点 {sizes[0]}, int8 {sizes[1]}"))
    print_line(f'semantic = {{ encoder = "encoders/{name}" }}')
