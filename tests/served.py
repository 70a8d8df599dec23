"""A small shop behind the real engine, for whatever is asked over HTTP: two tastes, sixty items, two fitted versions."""

import atexit
import contextlib
import io
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.engine.assemble import fit_part
from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from ronghe.service.app import create_app
from ronghe.service.logs import json_log
from ronghe.service.settings import Settings
from store_of_world import handed_over

RECIPE = """
[shop]
name = "Corner Shop"
currency = "EUR"

[understand]
spelling = {}

[retrieve]
bm25 = {}
ease = { l2 = 5.0 }
item-knn = {}
popular = {}
recent = {}
again = {}
bought-together = {}

[columns]
item-facts = {}

[filter]
in-stock = {}
not-in-basket = {}
not-bought = {}

[choose]
best = {}

[surface.home]
retrieve = ["ease", "item-knn", "popular"]
[surface.again]
retrieve = ["again"]
[surface.discover]
retrieve = ["ease", "popular"]
filter = ["in-stock", "not-bought"]
[surface.popular]
retrieve = ["popular"]
[surface.new]
retrieve = ["recent"]
[surface.search]
retrieve = ["bm25"]
[surface.browse]
retrieve = ["popular", "recent"]
[surface.item]
retrieve = ["item-knn", "ease", "popular"]
[surface.basket]
retrieve = ["bought-together", "item-knn"]
filter = ["in-stock", "not-in-basket"]
"""
KINDS = (("DAIRY > MILK", "Milk"), ("DAIRY > CHEESE", "Cheese"), ("BAKERY > BREAD", "Bread"), ("PRODUCE > APPLES", "Apple"),
         ("DRINKS > TEA", "Tea"), ("DRINKS > COFFEE", "Coffee"))  # fmt: skip
SORTS = ("Plain", "Mild", "Strong", "Golden", "Green", "Dark", "Sweet", "Fresh", "Old", "Young")
DAY = 86_400.0
HALF = len(KINDS) * len(SORTS) // 2


def items() -> list[dict[str, Any]]:
    """Sixty items, "i0" to "i59": six kinds of ten sorts, prices from 1.00 up."""
    return [
        {"id": f"i{k * 10 + s}", "title": f"{sort} {noun} {s + 1} OZ", "category": path, "brand": "Haver" if s % 2 else "Lind",
         "price": 1.0 + k + s / 10, "created": 1_700_000_000.0 + (k * 10 + s) * DAY, "attributes": {"sort": sort}}
        for k, (path, noun) in enumerate(KINDS) for s, sort in enumerate(SORTS)
    ]  # fmt: skip


def purchases() -> list[dict[str, Any]]:
    """Even shoppers buy of the first thirty items, odd ones of the last thirty, eight in a row each, four of them twice."""
    start = time.time() - 60 * DAY
    return [
        {"id": f"e{user}-{n}", "time": start + n * DAY + user * 60, "user": f"u{user}", "session": f"b{user}-{n // 3}",
         "item": f"i{(user % 2) * HALF + (user + n % 8) % HALF}", "kind": "purchase", "amount": 1.0}
        for user in range(24) for n in range(12)
    ]  # fmt: skip


def small_shop(folder: Path, versions: int = 2, understand: str = "") -> Path:
    """The shop's folder with items, purchases and some fitted versions; the last one serves. Made once, then copied.

    understand: lines of [understand] beside spelling.
    """
    shutil.copytree(_made(versions), folder, dirs_exist_ok=True)
    (folder / "ronghe.toml").write_text(RECIPE.replace("[understand]\n", f"[understand]\n{understand}\n"), encoding="utf-8")
    return folder


@cache
def _made(versions: int) -> Path:
    folder = handed_over(Path(tempfile.mkdtemp(prefix="ronghe-shop-")), RECIPE, items=items(), events=purchases())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with contextlib.closing(Engine.open(folder)) as engine:
        for _ in range(versions):
            engine.switch(fit(engine))
    return folder


def fit(engine: Engine, even_only: bool = False) -> str:
    """Fits every part of the recipe on all there is, or on what even shoppers did, and writes a version."""
    store, recipe = engine.store, engine.recipe
    events = store.events()
    events = events.where(events.user % 2 == 0) if even_only else events
    data = Dataset(store.catalog(), events, float(events.time[-1]) + 1.0, len(store.shoppers()))
    roles = ("understand", "retrieve", "columns", "filter", "choose")
    parts = {role: {name: fit_part(recipe, role, name, data, Local()) for name in recipe.parts[role]} for role in roles}
    return engine.keeper.versions.write(
        parts, {"trained": "2026-01-01T00:00:00Z", "recipe": recipe.hash, "metrics": {"ndcg@10": 0.5}}
    )


def searched(engine: Engine, text: str, **request: Any) -> Answer:
    """What the shop answers to a search, all of it."""
    (answer,) = engine.ask([Request("search", text=text, k=200, **request)])
    assert isinstance(answer, Answer), answer
    return answer


class Served:
    """An app over a small shop, asked in process: `with Served(folder) as shop: await shop.client.get(...)`."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.engine = Engine.open(folder)
        self.lines = io.BytesIO()
        self.app = create_app(self.engine, settings or Settings(), json_log(self.lines))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://localhost", follow_redirects=False
        )

    async def __aenter__(self) -> "Served":
        self._life = self.app.router.lifespan_context(self.app)
        await self._life.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.client.aclose()
        await self._life.__aexit__(*error)
        self.engine.close()


@contextlib.contextmanager
def listening(folder: Path, settings: Settings | None = None) -> Iterator[tuple[str, Engine]]:
    """A small shop on a real socket of its own: its address, and the engine behind it."""
    engine = Engine.open(folder)
    app = create_app(engine, settings or Settings().for_address("127.0.0.1"), json_log(io.BytesIO()))
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none", timeout_graceful_shutdown=3)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started, "the service did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", engine
    finally:
        server.should_exit = True
        thread.join(20)
        engine.close()
