"""A service running beside the benchmark: started, waited for, its memory watched, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.big_shop import ronghe
from ronghe.core.errors import StoreError

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A service that answers at HOST:port."""

    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float

    def peak_mib(self) -> float | None:
        """The most memory the service held so far, with its children; None where the system does not say."""
        pids = [self.process.pid, *_children(self.process.pid)]
        sizes = [_status(pid, "VmHWM") for pid in pids]
        return sum(sizes) / 1024 if all(sizes) else None


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return []


def _status(pid: int, key: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    return 0


@contextlib.contextmanager
def service(shop: Path, workers: int = 1, patience: float = 120.0) -> Iterator[Running]:
    """`ronghe serve` on a free port; its log goes to serve.log in the shop."""
    port = _free_port()
    start = time.monotonic()
    with (shop / "serve.log").open("wb") as log:
        words = ["serve", "--shop", str(shop), "--port", str(port), "--workers", str(workers)]
        process = subprocess.Popen(ronghe(*words), stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})
        try:
            _await(process, port, start + patience, shop)
            yield Running(process, port, time.monotonic() - start)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], port: int, until: float, shop: Path) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            raise StoreError(f"the service ended with {process.returncode}:\n{_last_lines(shop)}")
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=1):
            if "Ronghe serves" in (shop / "serve.log").read_text(
                encoding="utf-8", errors="replace"
            ):  # said when all workers answer
                return
        time.sleep(0.05)
    raise StoreError(f"the service did not answer /health in time:\n{_last_lines(shop)}")


def _last_lines(shop: Path, count: int = 10) -> str:
    text = (shop / "serve.log").read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-count:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def two_cores() -> Iterator[int]:
    """This process and what it starts on at most two cores; how many those are."""
    if not hasattr(os, "sched_setaffinity"):
        yield os.cpu_count() or 1
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:2])
    try:
        yield min(2, len(before))
    finally:
        os.sched_setaffinity(0, before)
