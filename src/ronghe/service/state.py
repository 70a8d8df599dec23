"""What one running service holds: the engine, batchers, threads, meters. Async is on this side, the engine on the other."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ronghe.core.media import Media
from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from ronghe.service.batching import Batcher
from ronghe.service.logs import Log
from ronghe.service.metrics import Metrics
from ronghe.service.posting import Outcome, record_together
from ronghe.service.settings import Settings

T = TypeVar("T")
ASKED = frozenset({"/v1/search", "/v1/recommend", "/v1/similar"})
POSTED = "/v1/events"
SENT = frozenset({"/v1/search/picture", "/v1/search/sound", "/search/picture", "/search/sound"})
MOST_SENT = 8  # pictures and sounds that wait to be read, each of several MiB; further ones get 503
PATIENT = 6  # times as long as for an answer: a sound of half a minute is read for seconds
MOST_POSTS = 128
MOST_ROWS = 2_000  # events that go to the log in one transaction, unless one post alone has more


class Service:
    """One engine behind one door."""

    def __init__(self, engine: Engine, settings: Settings, log: Log, secret: bytes | None = None) -> None:
        self.engine, self.settings, self.log = engine, settings, log
        self.metrics = Metrics()
        self.secret = secret or secrets.token_bytes(32)  # signs forms and log-ins; after a restart open forms ask again
        self.draining = False
        self._few = ThreadPoolExecutor(2, thread_name_prefix="ronghe-few")
        self._refresher = ThreadPoolExecutor(1, thread_name_prefix="ronghe-refresh")
        self.asks: Batcher[Request, Answer] = Batcher(
            engine.ask, "asks", settings.batch, settings.waiting, settings.ask_seconds, repeat=True
        )
        self.posts: Batcher[Sequence[Mapping[str, object]], Outcome] = Batcher(
            self._record, "posts", MOST_POSTS, settings.posts, settings.ask_seconds, weigh=len, heavy=MOST_ROWS
        )
        self.senses: Batcher[tuple[str, bytes, str], Media] = Batcher(
            self._sensed, "pictures and sounds", 1, MOST_SENT, PATIENT * settings.ask_seconds
        )
        self.asks.on_batch = self._count("asks", self.asks)
        self.posts.on_batch = self._count("posts", self.posts)

    async def aside(self, work: Callable[..., T], *given: Any) -> T:
        """The result of something that is asked seldom, worked out beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._few, work, *given)

    def full(self, path: str) -> bool:
        """True where a request to this path would find too many waiting."""
        if path in SENT:
            return self.senses.full or self.asks.full
        return self.asks.full if path in ASKED else path == POSTED and self.posts.full

    async def record(self, rows: Sequence[Mapping[str, object]]) -> Outcome:
        """Keeps events; they are on disk when this returns."""
        outcome = await self.posts(rows)
        self.metrics.events(outcome.accepted, outcome.duplicates, len(outcome.rejected))
        return outcome

    async def refresh_for_ever(self) -> None:
        """Picks up new models and items until cancelled; an error is logged and the old model serves on."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                if await loop.run_in_executor(self._refresher, self.engine.refresh):
                    self.metrics.switched()
                    self.log.info("model", now=await self.aside(self.model))
            except Exception as error:
                self.log.error("refresh", exc_info=error)
            await asyncio.sleep(self.settings.refresh_seconds)

    def model(self) -> str:
        """The version that answers now; "" = none yet."""
        return self.engine.keeper.live.version

    def state(self) -> tuple[str, list[str]]:
        """The version that answers now, and what makes it another than the shop was told to serve."""
        return self.model(), self.engine.keeper.trouble

    async def close(self) -> None:
        """Finishes what is running and waiting."""
        self.draining = True
        await self.asks.close()
        await self.posts.close()
        await self.senses.close()
        self._few.shutdown(wait=True)
        self._refresher.shutdown(wait=True)

    def _sensed(self, sent: list[tuple[str, bytes, str]]) -> Sequence[Media | Exception]:
        return [self.engine.sense(*one) for one in sent]

    def _record(self, posts: list[Sequence[Mapping[str, object]]]) -> Sequence[Outcome | Exception]:
        return record_together(self.engine.record, posts)

    def _count(self, name: str, batcher: Batcher[Any, Any]) -> Callable[[int], None]:
        def count(size: int) -> None:
            self.metrics.batch(name, size)
            self.metrics.waiting(name, batcher.depth)

        return count
