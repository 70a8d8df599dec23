"""Several processes behind one port: they know alike, one that falls over is started again, and they end together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from served import small_shop

pytestmark = pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="this system has no SO_REUSEPORT")
RUN = "import sys; from ronghe.cli import main; sys.exit(main())"


@contextlib.contextmanager
def running(folder: Path, port: int, workers: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    words = ["serve", "--shop", str(folder), "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen([sys.executable, "-c", RUN, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int) -> list[int]:
    """Those that answer; the interpreter's resource tracker does not count."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def alive(pid: int) -> bool:
    """True unless the process is gone, or only waits to be buried."""
    with contextlib.suppress(OSError):
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    return False


def fresh(url: str) -> httpx.Response:
    """A request over a connection of its own, so that the kernel deals it out anew."""
    return httpx.get(url, headers={"Connection": "close"}, timeout=10)


def until(what, seconds: float = 40.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError, OSError):
            if found := what():
                return found
        time.sleep(0.1)
    raise AssertionError("it did not come to pass in time")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to see the processes")
def test_workers_know_alike_are_replaced_and_end_together(tmp_path: Path):
    folder, port = small_shop(tmp_path / "shop"), free_port()
    here = f"http://127.0.0.1:{port}"
    with running(folder, port) as parent:
        until(lambda: b"Ronghe serves" in parent.stderr.readline())
        crew = children(parent.pid)
        assert len(crew) == 2
        ask = f"{here}/v1/recommend?surface=again&user=fresh"
        assert fresh(ask).json()["items"] == []
        for n in range(3):
            event = {"user": "fresh", "item": "i7", "kind": "purchase", "time": time.time() - 86_400 * (30 - 10 * n)}
            assert httpx.post(f"{here}/v1/events", json=event).json()["accepted"] == 1
        answers = [[one["id"] for one in fresh(ask).json()["items"]] for _ in range(12)]
        assert answers == [["i7"]] * 12  # whichever process answers
        kept = [
            line for line in fresh(f"{here}/metrics").text.splitlines() if line.startswith('ronghe_events_total{outcome="kept"}')
        ]
        assert [float(line.split()[-1]) for line in kept] == [3.0]  # counted over all processes
        os.kill(crew[0], signal.SIGKILL)
        until(lambda: fresh(f"{here}/health").status_code == 200)  # a connection to the dead may have been dealt out
        replaced = until(lambda: len(now := set(children(parent.pid))) == 2 and crew[0] not in now and now)
        parent.terminate()
        assert parent.wait(30) == 0
        assert not [pid for pid in replaced if alive(pid)]


def test_a_port_that_somebody_has_is_said_at_once(tmp_path: Path):
    folder = small_shop(tmp_path / "shop", versions=0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with running(folder, other.getsockname()[1]) as process:
            _, said = process.communicate(timeout=60)
            assert process.returncode != 0
            assert b"cannot listen on" in said
