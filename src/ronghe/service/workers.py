"""Several processes behind one port: each has the whole engine, and looks for what the others wrote before it answers.

The kernel deals connections out among them (SO_REUSEPORT). A process that falls over is started again; the others answer on.
"""

import multiprocessing
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from ronghe.core.errors import NotReady
from ronghe.service.metrics import SHARED
from ronghe.service.process import serve_one
from ronghe.service.settings import Settings

LONGEST_PAUSE, LONGEST_END = 30.0, 20.0  # seconds between two starts of one place, and for a child to finish what runs
LOOK_SECONDS = 0.2  # how often the parent looks after its children
SPAWN = multiprocessing.get_context("spawn")  # a fork would share half-open files and locks


def serve_many(
    folder: Path, host: str, port: int, settings: Settings, workers: int, ready: Callable[[], Any] | None = None
) -> None:
    """Serves with so many processes until SIGINT or SIGTERM. NotReady when one ends before it ever answered."""
    secret, stop = secrets.token_bytes(32), threading.Event()
    with _port(host, port) as number, _counts(), _told(stop):

        def start() -> tuple[SpawnProcess, Event]:
            begun = SPAWN.Event()
            child = SPAWN.Process(target=_work, args=(folder, host, number, settings, secret, begun), daemon=True)
            child.start()
            return child, begun

        crew = [Worker(*start()) for _ in range(workers)]
        try:
            _watched(crew, start, stop, ready)
        finally:
            for worker in crew:
                worker.child.terminate()
            for worker in crew:
                worker.child.join(LONGEST_END)
                worker.child.kill()


@dataclass
class Worker:
    """One place in the crew. begun: set when the child answers · met: a child of this place once did · pause: seconds before the
    next start, doubled at each fall · due: when that start may be (monotonic), 0 = the child runs.
    """

    child: SpawnProcess
    begun: Event
    met: bool = False
    pause: float = 1.0
    due: float = 0.0


def _watched(
    crew: list[Worker], start: Callable[[], tuple[SpawnProcess, Event]], stop: threading.Event, ready: Callable[[], Any] | None
) -> None:
    while not stop.wait(LOOK_SECONDS):
        for worker in crew:
            worker.met = worker.met or worker.begun.is_set()
            if not worker.child.is_alive():
                _replaced(worker, start)
        if ready is not None and all(worker.met for worker in crew):
            ready()
            ready = None


def _replaced(worker: Worker, start: Callable[[], tuple[SpawnProcess, Event]]) -> None:
    """Starts a fallen child again, the later the oftener it fell; NotReady when none ever answered in its place."""
    if not worker.met:
        raise NotReady(f"a worker ended with status {worker.child.exitcode} before it answered; its own words stand above")
    if not worker.due:
        _forgotten(worker.child)
        worker.due = time.monotonic() + worker.pause
        print(f"ronghe: a worker ended with status {worker.child.exitcode}; again in {worker.pause:.0f} s", file=sys.stderr)
    elif time.monotonic() >= worker.due:
        worker.child, worker.begun = start()
        worker.pause, worker.due = min(2 * worker.pause, LONGEST_PAUSE), 0.0


def _work(folder: Path, host: str, port: int, settings: Settings, secret: bytes, begun: Event) -> None:
    """One process: answers until it is told to stop, or its parent is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()
    serve_one(folder, host, port, settings, secret, ready=begun.set, sockets=[_bound(host, port)])


def _leave_with(parent: int) -> None:
    wait([parent])
    os.kill(os.getpid(), signal.SIGTERM)


def _bound(host: str, port: int) -> socket.socket:
    """A socket on that address that others may share. OSError when it is taken by somebody else."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, protocol)
    if not hasattr(socket, "SO_REUSEPORT"):
        raise NotReady("several workers need SO_REUSEPORT, which this system has not; right would be one worker")
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
    return made


@contextmanager
def _port(host: str, port: int) -> Iterator[int]:
    """The port, held for the children; a free one for 0. OSError when somebody listens there already."""
    if port:
        with socket.socket(socket.getaddrinfo(host, port)[0][0]) as alone:  # without sharing: fails where another shop is served
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
    with _bound(host, port) as held:
        yield int(held.getsockname()[1])


@contextmanager
def _counts() -> Iterator[None]:
    """A folder where the children keep their counts, so that any of them can say them all."""
    with tempfile.TemporaryDirectory(prefix="ronghe-counts-") as folder:
        before = os.environ.get(SHARED)
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[SHARED]
            else:
                os.environ[SHARED] = before


def _forgotten(child: SpawnProcess) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(child.pid)  # type: ignore[no-untyped-call]


@contextmanager
def _told(stop: threading.Event) -> Iterator[None]:
    """Sets `stop` at SIGINT and SIGTERM."""
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, lambda *_: stop.set()) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
