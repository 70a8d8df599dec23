"""Speed and load: a 50,000-item shop, the service and the load generator on the same two cores, measured open-loop."""

import asyncio
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from benchmarks.big_shop import big_shop
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.running import HOST, Running, service, two_cores
from benchmarks.traffic import Client, Heard, closed_loop, open_loop, request
from ronghe.core.errors import StoreError

ITEMS = 50_000
PATIENCE = 1.0  # seconds after which a shopper has gone away; an answer after that is no goodput
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Asks:
    """What is asked: real shoppers, real items, words out of real titles."""

    shoppers: Sequence[str]
    items: Sequence[str]
    words: Sequence[str]

    def recommend(self, at: int) -> bytes:
        """The home surface of one shopper after another; every tenth is a visit of somebody not known."""
        who = {"session": f"visit-{at}"} if at % 10 == 9 else {"user": self.shoppers[at * 7919 % len(self.shoppers)]}
        return request("GET", "/v1/recommend?" + urlencode({"surface": "home", **who}))

    def visit(self, at: int) -> bytes:
        """A day in the shop: 300 shoppers at a time come home again and again, one leaves and another comes every ten requests,
        and every eleventh request is a view by one of them.
        """
        who = self.shoppers[(at // 10 + at * 7919 % 300) % len(self.shoppers)]
        if self.is_question(at):
            return request("GET", "/v1/recommend?" + urlencode({"surface": "home", "user": who}))
        view = {"user": who, "item": self.items[at * 7919 % len(self.items)], "kind": "view"}
        return request("POST", "/v1/events", json.dumps(view).encode())

    def is_question(self, at: int) -> bool:
        """Which requests of `visit` ask for something."""
        return at % 11 != 10

    def search(self, at: int) -> bytes:
        """One text after another, of a shopper."""
        return request("GET", "/v1/search?" + urlencode({"text": self.words[at * 104_729 % len(self.words)], "k": 20}))

    def event(self, at: int, session: str) -> dict[str, Any]:
        """One view of an item."""
        return {"id": f"{session}-{at}", "session": session, "item": self.items[at * 7919 % len(self.items)], "kind": "view"}


def run(options: Options) -> dict[str, Any]:
    """Figures beside their targets, as rows; --data names a trained shop, else one is made of Complete Journey under out/.

    One process answers, then two; `--only 2` tries two alone.
    """
    shop, cost = (options.data, {}) if options.data else big_shop(ITEMS, "load-shop")
    rows: Rows = []
    with two_cores() as cores:
        for workers in (int(options.only),) if options.only else (1, 2):
            rows += [{"workers": workers, **one} for one in _measured(shop, workers, options.seed)]
    rows += [row for name, one in cost.items() for row in _cost(name, one.seconds, one.peak_mib)]
    facts = {"items": ITEMS if not options.data else None, "loop": _loop(), "cores": cores}
    return {"load": rows, "about": facts | about(options), "missed": sum(row["met"] is False for row in rows)}


def asks_of(shop: Path) -> Asks:
    """Shoppers, items and words of a shop."""
    from contextlib import closing

    from ronghe.engine.engine import Engine

    with closing(Engine.open(shop)) as engine:
        catalog = engine.keeper.live.catalog
        titles = [re.findall(r"[a-z]{3,}", title.lower())[:2] for title in catalog.title]
        words = sorted({" ".join(title) for title in titles if title})
        return Asks(engine.shoppers(2_400), list(catalog.vocabulary.ids), words)


def _measured(shop: Path, workers: int, seed: int) -> Rows:
    """All figures of a service of so many processes over a copy of the shop."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(shop, Path(place) / "shop", ignore=shutil.ignore_patterns("from", "cache")))
        asks = asks_of(copy)
        with service(copy, workers) as running:
            rows = _with(_questions(asks, running, seed))
            rows += _peak(running, "service start", round(running.start_seconds, 2), "s")
        edited(copy, r"^memory =", "repeat = 0\nmemory =")
        with service(copy, workers) as running:
            rows += _with(_unrepeated(asks, running, seed))
        edited(copy, r"(^\[surface\.search\][^\[]*^retrieve = )\[[^\]]*\]", r'\1["bm25"]')
        with service(copy, workers) as running:
            rows += _with(_keyword(asks, running, seed))
    return rows


def _loop() -> float:
    """Nanoseconds of one turn of an empty Python loop: how fast this machine is at this moment, to read the other figures by."""
    turns = 2_000_000
    start = time.perf_counter()
    for _ in range(turns):
        pass
    return round((time.perf_counter() - start) / turns * 1e9, 1)


def _with(conversation: Any) -> Rows:
    import uvloop

    return uvloop.run(conversation)


def row(figure: str, measured: float | None, target: float | None, unit: str, at_least: bool = False) -> dict[str, Any]:
    """One line of the table; met is None where there is no target."""
    met = None if target is None or measured is None else bool(measured >= target if at_least else measured <= target)
    bound = None if target is None else f"{'≥' if at_least else '≤'} {target:g}"
    return {"figure": figure, "measured": measured, "target": bound, "unit": unit, "met": met}


def _cost(name: str, seconds: float, peak: float) -> Rows:
    return [row(f"{name} time", round(seconds, 1), None, "s"), row(f"{name} peak memory", round(peak), None, "MiB")]


def _peak(running: Running, name: str, value: float, unit: str) -> Rows:
    peak = running.peak_mib()
    return [row(name, value, None, unit), row("service peak memory", peak and round(peak), None, "MiB")]


async def _questions(asks: Asks, running: Running, seed: int) -> Rows:
    client = Client(HOST, running.port, 64)
    await _ids(client, asks.recommend(0))
    await open_loop(client, asks.visit, 100, 3, seed)
    visits = await open_loop(client, asks.visit, 220, 12, seed + 1)
    rows = _latencies("recommend among events", 200, _only(visits, asks.is_question), (10, 25, 50))
    peak = await closed_loop(client, asks.recommend, 6, 32)
    rows.append(row("recommend peak", round(peak.rate(), 1), 500, "/s", at_least=True))
    await open_loop(client, asks.search, 50, 2, seed)
    rows += _latencies("hybrid search", 100, await open_loop(client, asks.search, 100, 8, seed + 2), (None, None, 80))
    rows += await _events(asks, client)
    rows += await _seen_at_once(asks, client)
    client.close()
    return rows + await _overload(asks, running, peak.rate(), seed)


async def _unrepeated(asks: Asks, running: Running, seed: int) -> Rows:
    """What a recommendation costs that was never given before."""
    client = Client(HOST, running.port, 64)
    await _ids(client, asks.recommend(0))
    await open_loop(client, asks.recommend, 100, 3, seed)
    rows = _latencies("recommend, none repeated", 200, await open_loop(client, asks.recommend, 200, 10, seed + 1), (10, 25, 50))
    peak = await closed_loop(client, asks.recommend, 6, 32)
    client.close()
    return [*rows, row("recommend peak, none repeated", round(peak.rate(), 1), 500, "/s", at_least=True)]


def _only(heard: Heard, which: Callable[[int], bool]) -> Heard:
    """The requests that `which` names by number."""
    at = np.array([n for n in range(len(heard.planned)) if which(n)])
    return replace(heard, planned=heard.planned[at], latency=heard.latency[at], status=heard.status[at])


async def _keyword(asks: Asks, running: Running, seed: int) -> Rows:
    client = Client(HOST, running.port, 64)
    await open_loop(client, asks.search, 100, 2, seed)
    rows = _latencies("keyword search", 300, await open_loop(client, asks.search, 300, 8, seed + 3), (None, None, 40))
    client.close()
    return rows


def _latencies(name: str, rate: int, heard: Heard, targets: tuple[float | None, ...]) -> Rows:
    found = zip((50, 95, 99), heard.percentile(50, 95, 99), targets, strict=True)
    rows = [row(f"{name} at {rate}/s p{at}", round(ms, 2), target, "ms") for at, ms, target in found]
    return [
        *rows,
        row(f"{name} at {rate}/s failed", heard.failed, 0, ""),
        row(f"{name} generator", round(heard.cpu, 3), 0.2, "cores"),
    ]


async def _events(asks: Asks, client: Client) -> Rows:
    def post(body: Any) -> bytes:
        return request("POST", "/v1/events", json.dumps(body, separators=(",", ":")).encode())

    run_id = f"{time.time_ns():x}"
    one = await closed_loop(client, lambda at: post(asks.event(at, f"one-{run_id}-{at % 500}")), 5, 64)
    size = 500
    batch = await closed_loop(client, lambda at: post([asks.event(n, f"many-{run_id}-{at}") for n in range(size)]), 5, 4)
    return [
        row("events, one a POST, durable", round(one.rate(), 1), 1_000, "/s", at_least=True),
        row("events, 500 a POST, durable", round(batch.rate() * size, 1), 10_000, "/s", at_least=True),
        row("events failed", one.failed + batch.failed, 0, ""),
    ]


async def _seen_at_once(asks: Asks, client: Client, visits: int = 40) -> Rows:
    """From sending a click of a fresh visit to an answer for it that is no longer the stranger's."""
    waited = []
    for visit in range(visits):
        session = f"fresh-{time.time_ns():x}"
        ask = request("GET", "/v1/recommend?" + urlencode({"surface": "home", "session": session}))
        before = await _ids(client, ask)
        click = {"session": session, "item": before[visit % len(before)], "kind": "click"}
        start = time.perf_counter()
        await client.ask(request("POST", "/v1/events", json.dumps(click).encode()))
        while await _ids(client, ask) == before and time.perf_counter() - start < 5:
            await asyncio.sleep(0.001)
        waited.append((time.perf_counter() - start) * 1e3)
    return [row("event to changed answer, median", round(float(np.median(waited)), 2), 100, "ms"),
            row("event to changed answer, worst", round(max(waited), 2), 100, "ms")]  # fmt: skip


async def _ids(client: Client, ask: bytes) -> list[str]:
    status, body = await client.ask(ask)
    if status != 200:
        raise StoreError(f"the service answered {status}: {body[:500].decode(errors='replace')}")
    return [item["id"] for item in json.loads(body)["items"]]


async def _overload(asks: Asks, running: Running, peak: float, seed: int) -> Rows:
    """Five times the peak for five seconds, then an ordinary load: how soon it is answered in time again."""
    crowd = Client(HOST, running.port, 512, PATIENCE)
    flood = await open_loop(crowd, asks.recommend, 5 * peak, 5, seed + 4)
    crowd.close()
    usual = Client(HOST, running.port, 64)
    calm = _only(await open_loop(usual, asks.visit, min(200, peak / 2), 8, seed + 5), asks.is_question)
    usual.close()
    return [
        row("goodput under 5x overload, of peak", round(flood.rate(PATIENCE * 1e3) / peak, 3), 0.8, "", at_least=True),
        row("refused or gone under overload", round(1 - flood.good(PATIENCE * 1e3).mean(), 3), None, ""),
        row("recovery", _recovered(calm), 5, "s"),
    ]


def _recovered(calm: Heard, window: float = 0.5, within: float = 50.0) -> float:
    """Seconds after which every half second had 99 % of its requests answered well within 50 ms."""
    at = (calm.planned // window).astype(int)
    good = calm.good(within)
    bad = [n for n in range(at.max() + 1) if (at == n).any() and good[at == n].mean() < 0.99]
    return (max(bad) + 1) * window if bad else 0.0


def edited(shop: Path, what: str, into: str) -> None:
    """Puts `into` where the expression `what` stands in the shop's recipe, once. StoreError when it stands nowhere."""
    recipe = shop / "ronghe.toml"
    text, times = re.subn(what, into, recipe.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    if not times:
        raise StoreError(f"{recipe} has no line {what}")
    recipe.write_text(text, encoding="utf-8")
