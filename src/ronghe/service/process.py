"""One process: opens a shop folder and answers HTTP until told to stop; what runs is finished first."""

import contextlib
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from threadpoolctl import threadpool_limits

from ronghe.engine.engine import Engine
from ronghe.service.app import create_app
from ronghe.service.connection import Connection
from ronghe.service.logs import Log, json_log, told_to
from ronghe.service.settings import Settings

SWITCH_SECONDS = 0.0005  # how long a batch may keep the interpreter while requests wait to be read; Python's own 5 ms adds up
SELDOM = (20_000, 20, 50)  # collections: an answer makes hundreds of objects and hardly a circle
CONNECTIONS = 2_000


def serve_one(
    folder: Path,
    host: str,
    port: int,
    settings: Settings,
    secret: bytes | None = None,
    log: Log | None = None,
    ready: Callable[[], Any] | None = None,
    sockets: list[socket.socket] | None = None,
) -> None:
    """Serves in this process. secret, sockets: of several processes that answer together."""
    engine = Engine.open(folder, shared=sockets is not None)
    log = log or json_log()
    told_to(log, "uvicorn.error")
    try:
        app = create_app(engine, settings, log, secret)
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # the shop stays: no collection needs to walk it again
        gc.set_threshold(*SELDOM)
        with threadpool_limits(1):  # small products are slower on many threads, and requests are many already
            _Server(_config(app, host, port), ready).run(sockets)
    finally:
        engine.close()


def _config(app: Any, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=host, port=port, http=Connection, ws="none", lifespan="on", access_log=False, log_level="warning",
        log_config=None, server_header=False, date_header=True, proxy_headers=False, limit_concurrency=CONNECTIONS, backlog=1024,
        timeout_keep_alive=30, timeout_graceful_shutdown=10,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
    )  # fmt: skip


class _Server(uvicorn.Server):
    """uvicorn, telling when it is ready, and leaving what a signal asks for to those who called it: they still have to write."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Any] | None) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()
