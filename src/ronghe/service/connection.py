"""A connection that does not wait for ever: the head of a request has a time and a size, and so has the silence before it."""

import asyncio
from http import HTTPStatus

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ronghe.service.problems import Problem

HEAD_SECONDS = 10.0  # from the connection, or the first byte of a further request, to the end of its headers
HEAD_BYTES = 65_536  # request line and headers; what comes with their last packet is not counted


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which would hold one that never finishes its headers, and read headers without end.

    Two thousand such would keep everybody else out.
    """

    _in_body = False  # the headers are read, the body is not
    _ended = 0  # requests that were read whole
    _head = 0  # bytes of the head that is being read
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Starts to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no longer."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on; refuses a head that is too large."""
        ended = self._ended
        super().data_received(data)
        if self._in_body or self.transport.is_closing():
            return
        self._head = self._head + len(data) if self._ended == ended else 0
        if self._head > HEAD_BYTES:
            self._refuse(Problem(431, "too_large", f"the headers are larger than {HEAD_BYTES} bytes"))
        elif self._patience is None and self.timeout_keep_alive_task is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is there: what follows has limits of its own."""
        self._in_body = True
        self._rest()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next byte begins another head."""
        self._in_body, self._ended = False, self._ended + 1
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused in the shape of all errors."""
        self._refuse(Problem(400, "bad_request", "this is no HTTP request"))

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._lost_patience)

    def _rest(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lost_patience(self) -> None:
        self._patience = None
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering:
            self._wait()
        elif self._head:
            self._refuse(Problem(408, "too_slow", "the headers did not arrive in time"))
        elif self.timeout_keep_alive_task is None:  # else uvicorn closes it, a little later
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        self._rest()
        body = orjson.dumps(problem.body(""))
        head = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\nContent-Type: application/json\r\n"
        self.transport.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.transport.close()
