"""The command that answers over HTTP: serve."""

import sys
from typing import Annotated

import typer

from ronghe.cli import options as opt
from ronghe.cli.words import say
from ronghe.core.errors import StoreError

Host = Annotated[str, typer.Option(help=say("Address to listen on.", "监听地址。"))]
Port = Annotated[int, typer.Option(min=0, max=65535, help=say("Port; 0 takes a free one.", "端口; 0 表示自动选择。"))]


Workers = Annotated[
    int,
    typer.Option(
        min=1, max=64, help=say("Processes that answer; each holds the models in memory.", "应答进程数; 每个进程各自载入模型。")
    ),
]


def serve(shop: opt.Shop = opt.SHOP, host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1) -> None:
    """Serves the shop over HTTP: the API, the shop window and the console."""
    from ronghe.service.serve import serve as run

    def ready() -> None:
        here = f"http://{host}:{port}" if port else say("a free port, see the log", "自动选择的端口, 见日志")
        print(
            say(f"Ronghe serves {shop} at {here} (Ctrl-C stops it)", f"融合正在 {here} 提供 {shop} (Ctrl-C 停止)"), file=sys.stderr
        )

    try:
        run(shop, host, port, ready=ready, workers=workers)
    except OSError as error:
        raise StoreError(f"cannot listen on {host}:{port}: {error.strerror or error}; try --port {port + 1}") from error
