"""serve: opens a shop folder and answers HTTP until told to stop; what runs is finished first."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from threadpoolctl import threadpool_limits

from ronghe.engine.engine import Engine
from ronghe.service.app import create_app
from ronghe.service.logs import Log
from ronghe.service.settings import Settings

SWITCH_SECONDS = 0.0005  # how long a batch may keep the interpreter while requests wait to be read; Python's own 5 ms adds up
CONNECTIONS = 2_000


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    settings: Settings | None = None,
    log: Log | None = None,
    ready: Callable[[], Any] | None = None,
) -> None:
    """Serves the shop of a folder until SIGINT or SIGTERM.

    port 0 takes a free one · settings: out of the environment when not given · ready: called when questions are answered.
    NotReady when the folder holds no recipe; BadRecipe when strangers could come in without keys; OSError when the port is taken.
    """
    settings = (settings or Settings.from_env(os.environ)).for_address(host)
    engine = Engine.open(folder)
    try:
        app = create_app(engine, settings, log)
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # the shop stays: no collection needs to walk it again
        with threadpool_limits(1):  # small products are slower on many threads, and requests are many already
            _Server(_config(app, host, port), ready).run()
    finally:
        engine.close()


def _config(app: Any, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=host, port=port, http="httptools", ws="none", lifespan="on", access_log=False, log_level="warning",
        server_header=False, date_header=True, proxy_headers=False, limit_concurrency=CONNECTIONS, backlog=1024,
        timeout_keep_alive=30, timeout_graceful_shutdown=10,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
    )  # fmt: skip


class _Server(uvicorn.Server):
    """uvicorn, telling when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Any] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()
