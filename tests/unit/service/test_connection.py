"""A connection whose client never ends the head of its request is closed, and so is one whose head has no end."""

import io
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from ronghe.service import connection
from ronghe.service.connection import Connection
from ronghe.service.logs import json_log, told_to

ASK = b"GET / HTTP/1.1\r\nHost: a\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    config = uvicorn.Config(hello, port=0, http=Connection, log_level="critical", lifespan="off", timeout_keep_alive=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def told(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """All that is answered until the connection ends. TimeoutError when it does not end within five seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        try:
            for part in parts:
                sock.sendall(part)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            pass
        found = b""
        try:
            while piece := sock.recv(65_536):
                found += piece
        except ConnectionResetError:
            pass
        return found


def error_of(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


def test_a_connection_on_which_nothing_is_said_is_closed(port: int):
    assert told(port) == b""


def test_headers_that_trickle_in_are_waited_for_no_longer_than_others(port: int):
    assert error_of(told(port, ASK, *[b"X: y\r\n"] * 12, pause=0.05)) == (408, "too_slow")


def test_empty_lines_behind_an_answer_keep_no_connection(port: int):
    assert b"\r\n\r\nok" in told(port, ASK + b"\r\n", b"\r\n", pause=0.1)


def test_headers_without_end_are_refused(port: int):
    assert error_of(told(port, ASK, *[b"X-A: " + b"a" * 30_000 + b"\r\n"] * 4, pause=0.02)) == (431, "too_large")


def test_what_is_no_http_is_refused_in_the_shape_of_all_errors(port: int):
    assert error_of(told(port, b"\x16\x03\x01\x02\x00\r\n\r\n")) == (400, "bad_request")


def test_a_large_body_a_slow_body_and_several_requests_are_none_of_its_business(port: int):
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    parts = [post, b"a" * 100_000, b"a" * 100_000, b"a" * 100_000, ASK + b"\r\n", post + b"b" * 300_000, last]
    assert told(port, *parts, pause=0.15).count(b"ok") == 4


def test_what_the_server_says_is_a_line_of_the_log_as_all_else():
    written = io.BytesIO()
    told_to(json_log(written), "ronghe.a-library")
    logging.getLogger("ronghe.a-library").info("too little to be told")
    logging.getLogger("ronghe.a-library").warning("no %s", "HTTP")
    [line] = written.getvalue().splitlines()
    assert json.loads(line)["said"] == "no HTTP"
