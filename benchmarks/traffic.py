"""Traffic: a light HTTP/1.1 client, and open and closed loops over it; a latency counts from the planned moment of its request."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Done = Callable[[int, bytes], None]
Make = Callable[[int], bytes]  # the nth request, as bytes


@dataclass(frozen=True)
class Heard:
    """What came back: planned (requests,) seconds after the start · latency (requests,) milliseconds from the planned
    moment, NaN where nothing came · status (requests,), 0 where nothing came · cpu: share of a core that the client took.
    """

    planned: NDArray[np.float64]
    latency: NDArray[np.float64]
    status: NDArray[np.int64]
    seconds: float
    cpu: float

    def good(self, within: float = float("inf")) -> NDArray[np.bool_]:
        """Requests that were answered well within so many milliseconds."""
        return (self.status >= 200) & (self.status < 300) & (self.latency <= within)

    def rate(self, within: float = float("inf")) -> float:
        """Good answers a second."""
        return float(self.good(within).sum() / self.seconds)

    def percentile(self, *at: float) -> list[float]:
        """Latencies in milliseconds below which these percentages of requests lie; one that failed counts as endless."""
        waited = np.sort(np.where(self.good(), self.latency, np.inf))
        return [float(waited[max(0, int(np.ceil(p / 100 * len(waited))) - 1)]) for p in at]

    @property
    def failed(self) -> int:
        """Requests without a good answer."""
        return int((~self.good()).sum())


class Wire(asyncio.Protocol):
    """One kept-alive connection with at most one request on its way."""

    def __init__(self, idle: Callable[["Wire"], None]) -> None:
        self.idle, self.done = idle, None
        self.buffer = b""
        self.need = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready for the first request."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.idle(self)

    def send(self, request: bytes, done: Done) -> None:
        """Sends one request; `done(status, body)` follows."""
        self.done: Done | None = done
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collects one answer: head up to the empty line, body as long as Content-Length says."""
        self.buffer = self.buffer + data if self.buffer else data
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 : at + 32].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.body, self.need = end + 4, end + 4 + length
        if len(self.buffer) >= self.need:
            self._answered()

    def _answered(self) -> None:
        status, body = int(self.buffer[9:12]), self.buffer[self.body : self.need]
        closing = b"connection: close" in self.buffer[: self.body].lower()
        self.buffer, self.need = b"", -1
        done, self.done = self.done, None
        if done:
            done(status, body)
        if closing:
            self.transport.close()
        else:
            self.idle(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The request on its way, if any, got no answer."""
        done, self.done = self.done, None
        if done:
            done(0, b"")


class Client:
    """Up to `wires` connections to one service; requests wait their turn, and give up after `patience` seconds."""

    def __init__(self, host: str, port: int, wires: int, patience: float = 10.0) -> None:
        self.address, self.wires, self.patience = (host, port), wires, patience
        self.free: deque[Wire] = deque()
        self.waiting: deque[tuple[float, bytes, Done]] = deque()
        self.opened = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def submit(self, request: bytes, done: Done) -> None:
        """Sends as soon as a connection is free."""
        while self.free:
            wire = self.free.popleft()
            if not wire.transport.is_closing():
                return wire.send(request, done)
            self.opened -= 1
        self.waiting.append((time.perf_counter(), request, done))
        if self.opened < self.wires:
            self.opened += 1
            task = asyncio.ensure_future(self._open())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """One request and its answer."""
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.submit(request, lambda status, body: answer.set_result((status, body)))
        return await answer

    async def _open(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: Wire(self._idle), *self.address)
        except OSError:
            self.opened -= 1
            if self.waiting:
                self.waiting.popleft()[2](0, b"")

    def _idle(self, wire: Wire) -> None:
        while self.waiting:
            since, request, done = self.waiting.popleft()
            if time.perf_counter() - since <= self.patience:
                return wire.send(request, done)
            done(0, b"")
        self.free.append(wire)

    def close(self) -> None:
        """Hangs up."""
        for wire in self.free:
            wire.transport.close()


def request(method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    """One HTTP/1.1 request as bytes."""
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}{headers}\r\n".encode() + body


async def open_loop(client: Client, make: Make, rate: float, seconds: float, seed: int) -> Heard:
    """Requests at random moments, `rate` a second on average, whether or not earlier ones were answered (Poisson arrivals)."""
    rng = np.random.default_rng(seed)
    planned = np.cumsum(rng.exponential(1 / rate, max(1, int(rate * seconds))))
    latency, status = np.full(len(planned), np.nan), np.zeros(len(planned), dtype=np.int64)
    left = len(planned)
    start, cpu = time.perf_counter(), time.process_time()

    def heard(at: int) -> Done:
        def done(code: int, body: bytes) -> None:
            nonlocal left
            left -= 1
            status[at] = code
            if code:
                latency[at] = (time.perf_counter() - start - planned[at]) * 1e3

        return done

    for at, moment in enumerate(planned):
        early = moment - (time.perf_counter() - start)
        if early > 0:
            await asyncio.sleep(early)
        elif at % 50 == 0:
            await asyncio.sleep(0)  # behind the plan: still let answers in
        client.submit(make(at), heard(at))
    seconds = time.perf_counter() - start
    used = (time.process_time() - cpu) / seconds
    end = time.perf_counter() + client.patience + 1
    while left and time.perf_counter() < end:
        await asyncio.sleep(0.01)
    return Heard(planned, latency, status, seconds, used)


async def closed_loop(client: Client, make: Make, seconds: float, wires: int) -> Heard:
    """`wires` askers that each ask again as soon as they are answered: the most that can be had."""
    began: list[float] = []
    latency: list[float] = []
    status: list[int] = []
    asked = 0
    start, cpu = time.perf_counter(), time.process_time()

    async def asker() -> None:
        nonlocal asked
        while time.perf_counter() - start < seconds:
            at, asked = time.perf_counter(), asked + 1
            code, _ = await client.ask(make(asked - 1))
            began.append(at - start)
            latency.append((time.perf_counter() - at) * 1e3)
            status.append(code)

    await asyncio.gather(*(asker() for _ in range(wires)))
    took = time.perf_counter() - start
    return Heard(np.array(began), np.array(latency), np.array(status), took, (time.process_time() - cpu) / took)
