"""The load generator: what it says of latency and goodput is true of a service whose behaviour is known."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks.traffic import Client, Heard, closed_loop, open_loop, request

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
Answering = Callable[[int], Awaitable[bytes]]


def measured(answer: Answering, talk: Callable[[Client], Awaitable[Heard]], wires: int = 64, patience: float = 10.0) -> Heard:
    """`talk` with a client of a service that answers its nth request with `answer(n)`."""
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                count += 1
                writer.write(await answer(count - 1))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> Heard:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        client = Client("127.0.0.1", server.sockets[0].getsockname()[1], wires, patience)
        heard = await talk(client)
        client.close()
        server.close()
        await asyncio.sleep(0.05)
        return heard

    return asyncio.run(run())


async def at_once(number: int) -> bytes:
    return ANSWER


def asked(number: int) -> bytes:
    return request("GET", "/")


def test_every_planned_request_is_answered_and_counted():
    heard = measured(at_once, lambda client: open_loop(client, asked, 200, 1, seed=0))
    assert len(heard.latency) == 200
    assert heard.failed == 0
    assert np.isfinite(heard.latency).all()


def test_a_stall_is_felt_by_all_who_wanted_to_ask_meanwhile():
    """One connection stands still for half a second: a client that waited before asking again would report one slow answer."""

    async def stalling(number: int) -> bytes:
        await asyncio.sleep(0.5 if number == 20 else 0)
        return ANSWER

    heard = measured(stalling, lambda client: open_loop(client, asked, 100, 1, seed=1), wires=1)
    assert (heard.latency > 100).sum() > 20


def test_refusals_are_failures_and_no_goodput():
    async def refusing(number: int) -> bytes:
        return BUSY if number % 2 else ANSWER

    heard = measured(refusing, lambda client: closed_loop(client, asked, 0.3, 4))
    assert heard.failed == len(heard.status) // 2
    assert heard.percentile(99) == [np.inf]


def test_who_waits_too_long_goes_away():
    async def slow(number: int) -> bytes:
        await asyncio.sleep(0.2)
        return ANSWER

    heard = measured(slow, lambda client: open_loop(client, asked, 100, 0.5, seed=2), wires=1, patience=1.0)
    assert (heard.status == 0).any()
    assert heard.good().any()


def test_a_posted_body_is_sent_whole():
    assert request("POST", "/v1/events", b'{"a":1}').endswith(b"Content-Length: 7\r\n\r\n" + b'{"a":1}')
