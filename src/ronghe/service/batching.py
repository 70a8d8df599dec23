"""Micro-batching: what is asked while one batch runs goes together in the next, in one worker thread."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from ronghe.service.problems import busy, too_slow

Ask = TypeVar("Ask")
Got = TypeVar("Got")


class Batcher(Generic[Ask, Got]):
    """Groups concurrent calls into one `work(list of asks) -> answers in the same order`; an answer may be an exception.

    name: what is grouped · most: largest batch · waiting: asks that may wait, further ones get 503 at once ·
    seconds: patience of one ask · weigh: size of an ask, so that a batch ends when `heavy` is reached ·
    repeat: after a failure of a whole batch ask each alone, so that one cannot spoil the others; for work that may be done twice.
    """

    def __init__(
        self,
        work: Callable[[list[Ask]], Sequence[Got | Exception]],
        name: str,
        most: int,
        waiting: int,
        seconds: float,
        weigh: Callable[[Ask], int] = lambda _: 1,
        heavy: int = 1_000_000,
        repeat: bool = False,
    ) -> None:
        self.name, self.most, self.waiting, self.seconds = name, most, waiting, seconds
        self._work, self._weigh, self._heavy, self._repeat = work, weigh, heavy, repeat
        self._queue: deque[tuple[Ask, asyncio.Future[Got]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"ronghe-{name}")
        self._running = False
        self._idle = asyncio.Event()
        self._idle.set()
        self.on_batch: Callable[[int], None] = lambda size: None

    @property
    def full(self) -> bool:
        """True when a further ask would get 503."""
        return len(self._queue) >= self.waiting

    @property
    def depth(self) -> int:
        """How many asks wait."""
        return len(self._queue)

    async def __call__(self, ask: Ask) -> Got:
        """The answer to one ask. Problem 503 when too many wait or it takes too long; an answer that is an error is raised."""
        if self.full:
            raise busy(self.name)
        return await self._answer(self._queued(ask))

    async def together(self, asks: Sequence[Ask]) -> list[Got]:
        """The answers to some asks of one client, queued side by side."""
        if self.full:
            raise busy(self.name)
        futures = [self._queued(ask) for ask in asks]
        try:
            return [await self._answer(future) for future in futures]
        finally:
            for future in futures:
                if not future.cancel() and not future.cancelled():
                    future.exception()  # looked at: nobody else will

    async def close(self) -> None:
        """Waits for what is running and waiting, then lets the thread go."""
        await self._idle.wait()
        self._thread.shutdown(wait=True)

    def _queued(self, ask: Ask) -> "asyncio.Future[Got]":
        future: asyncio.Future[Got] = asyncio.get_running_loop().create_future()
        self._queue.append((ask, future))
        if not self._running:
            self._next()
        return future

    async def _answer(self, future: "asyncio.Future[Got]") -> Got:
        try:
            async with asyncio.timeout(self.seconds):
                return await future
        except TimeoutError:
            raise too_slow() from None

    def _next(self) -> None:
        batch = self._take()
        self._running = bool(batch)
        if not batch:
            self._idle.set()
            return
        self._idle.clear()
        self.on_batch(len(batch))
        asks = [ask for ask, _ in batch]
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._do, asks)
        running.add_done_callback(lambda done: self._hand_out(batch, done))

    def _take(self) -> list[tuple[Ask, "asyncio.Future[Got]"]]:
        batch: list[tuple[Ask, asyncio.Future[Got]]] = []
        weight = 0
        while self._queue and len(batch) < self.most and weight < self._heavy:
            ask, future = self._queue.popleft()
            if not future.done():  # a client that went away is not worked for
                batch.append((ask, future))
                weight += self._weigh(ask)
        return batch

    def _do(self, asks: list[Ask]) -> Sequence[Got | Exception]:
        try:
            return self._work(asks)
        except Exception as error:
            if not self._repeat or len(asks) == 1:
                return [error] * len(asks)
            return [self._do([ask])[0] for ask in asks]

    def _hand_out(self, batch: list[tuple[Ask, "asyncio.Future[Got]"]], done: "asyncio.Future[Sequence[Got | Exception]]") -> None:
        try:
            for (_, future), answer in zip(batch, done.result(), strict=True):
                settle(future, answer)
        except Exception as error:  # a wrong number of answers: nobody may wait for ever, and the next batch must run
            for _, future in batch:
                settle(future, error)
        self._next()


def settle(future: "asyncio.Future[Any]", answer: Any) -> None:
    """Gives an answer, or raises it, unless whoever asked has gone."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
