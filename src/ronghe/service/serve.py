"""serve: a shop's folder over HTTP, by one process or several."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ronghe.service.logs import Log
from ronghe.service.process import serve_one
from ronghe.service.settings import Settings
from ronghe.service.workers import serve_many


def serve(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    settings: Settings | None = None,
    log: Log | None = None,
    ready: Callable[[], Any] | None = None,
    workers: int = 1,
) -> None:
    """Serves the shop of a folder until SIGINT or SIGTERM.

    port 0 takes a free one · settings: out of the environment when not given · ready: called when questions are answered ·
    workers: processes that answer; each holds the models. NotReady when the folder holds no recipe; BadRecipe when strangers
    could come in without keys; OSError when the port is taken.
    """
    settings = (settings or Settings.from_env(os.environ)).for_address(host)
    if workers > 1:
        serve_many(folder, host, port, settings, workers, ready)
    else:
        serve_one(folder, host, port, settings, log=log, ready=ready)
