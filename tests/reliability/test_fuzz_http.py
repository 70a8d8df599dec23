"""F1: whatever is sent, the service answers as it documents: no unhandled fault, nothing silently taken for another thing."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ronghe.service.api.table import ROUTES, Route
from served import Served, listening, small_shop

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed; pip install '.[dev]'")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import response_schema_conformance  # noqa: E402

BODIES: list[bytes] = [
    b"",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"[[]]",
    b"[null]",
    b"{",
    b"NaN",
    b"\xff\xfe",
    b'{"a":1,"a":2}',
    b"[" * 50_000,
    b'{"text": NaN}',
    b'{"text": Infinity}',
    b'{"k": 1e999}',
    b'{"k": true}',
    b'{"k": 1.0}',
    b'{"k": "1"}',
    b'{"k": -1}',
    b'{"k": 1e400}',
    b'{"text": "\\u0000"}',
    b'{"text": "\\ud800"}',
    b'{"text": "' + b"x" * 5_000 + b'"}',
    b'{"user": ""}',
    b'{"user": 7}',
    b'{"filters": {"brand": "x"}}',
    b'{"filters": {"moon": ["x"]}}',
    b'{"sort": "sideways"}',
    b'{"surface": "moon"}',
    b'{"item": "no such"}',
    b'{"price_min": -1}',
    b'{"price_min": "1"}',
    b'{"version": "../../x"}',
    b'{"version": ""}',
    b'{"text": "[["}',
    b'{"offset": 1e9}',
    b'{"kind": "purchase", "user": "u", "item": "i1", "price": -1}',
    b'{"kind": "purchase", "user": "u", "item": "i1", "time": 99999999999}',
    b'{"kind": "purchase", "user": "u", "item": "i1", "amount": true}',
    b'{"kind": "view", "user": "session:x", "item": "i1"}',
    b'{"id": "x", "price": -0.01}',
    b'{"id": "x", "price": true}',
    b'{"id": "x", "attributes": {"a": {"b": 1}}}',
    b'{"id": "x", "stock": 1.5}',
    b'{"id": "x\\ny"}',
    b'{"id": "x", "deleted": false}',
    b'{"id": null}',
    b'{"id": "x", "title": null}',
    b'[{"id": "x", "id": "y"}]',
]
QUERIES = [
    "k=NaN",
    "k=1e9",
    "k=%00",
    "text=%FF",
    "text=a&text=b",
    "unknown=1",
    "price_min=inf",
    "filters=x",
    "offset=99999999999",
    "n=0",
    "language=xx",
    "text=" + "x" * 3_000,
    "&".join("a=1" for _ in range(500)),
    "%%%",
    "text=%ED%A0%80",
    "k=\u0661",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(tmp_path_factory.mktemp("fuzz") / "shop", versions=1)


def test_bad_bodies_are_refused_on_every_route_that_takes_one(shop: Path):
    allowed = {(r.path, body) for r in ROUTES for body in BODIES if is_right(r.path, body)}

    async def story(served: Served) -> list[Any]:
        wrong = []
        for route in (r for r in ROUTES if "application/json" in r.extra.get("requestBody", {}).get("content", {})):
            for body in BODIES:
                sent = await served.client.request(
                    route.method, route.path, content=body, headers={"content-type": "application/json"}
                )
                good = sent.status_code in (400, 404, 409, 413) or (sent.status_code == 200 and (route.path, body) in allowed)
                if not good or (sent.status_code != 200 and "error" not in sent.json()):
                    wrong.append((route.path, body[:60], sent.status_code, sent.text[:120]))
        return wrong

    assert run(shop, story) == []


def is_right(path: str, body: bytes) -> bool:
    """Bodies of the corpus that a route takes rightly."""
    asks = {"/v1/search", "/v1/recommend", "/v1/models/rollback", "/v1/synonyms/mine"}
    if body == b"[]":
        return path in ("/v1/events", "/v1/items")
    return (path in asks and body == b"{}") or (path == "/v1/search" and body == b'{"text": "[["}')


def test_bad_addresses_are_refused_on_every_route(shop: Path):
    async def story(served: Served) -> list[Any]:
        wrong = []
        for route in (r for r in ROUTES if r.method == "GET" and any(p["in"] == "query" for p in r.extra.get("parameters", ()))):
            for query in QUERIES:
                sent = await served.client.get(httpx.URL(f"http://localhost{route.path.replace('{', '').replace('}', '')}?{query}"))
                if not 400 <= sent.status_code < 500:
                    wrong.append((route.path, query[:60], sent.status_code))
        return wrong

    lax = {("/v1/search", "%%%")}  # nothing that a parser could be misled by
    assert [w for w in run(shop, story) if (w[0], w[1]) not in lax] == []


@pytest.mark.parametrize(
    "page", ["/", "/search", "/item/i1", "/basket", "/console/trace", "/console/report", "/console/models", "/suggest"]
)
def test_pages_refuse_bad_addresses_too(shop: Path, page: str):
    async def story(served: Served) -> list[Any]:
        found = [(query, (await served.client.get(httpx.URL(f"http://localhost{page}?{query}"))).status_code) for query in QUERIES]
        return [one for one in found if one[1] >= 500]

    assert run(shop, story) == []


def test_forms_that_are_not_ours_change_nothing(shop: Path):
    async def story(served: Served) -> list[Any]:
        wrong = []
        for path in (
            "/basket/add",
            "/basket/remove",
            "/basket/buy",
            "/act",
            "/login",
            "/logout",
            "/console/models",
            "/console/rules",
        ):
            for content in (b"", b"token=x", b"token=%FF", b"\xff", b"token=" + b"x" * 300_000, b"item=i1&token="):
                kind = {"content-type": "application/x-www-form-urlencoded"}
                sent = await served.client.post(path, content=content, headers=kind)
                if sent.status_code not in (400, 403, 413):
                    wrong.append((path, content[:20], sent.status_code))
        return wrong

    assert run(shop, story) == []


def run(shop: Path, story: Any) -> list[Any]:
    async def whole() -> list[Any]:
        async with Served(shop) as served:
            before = served.engine.store.counts()
            found: list[Any] = await story(served)
            after = served.engine.store.counts()
            assert {k: after[k] for k in ("items", "events")} == {k: before[k] for k in ("items", "events")}
            return found

    return asyncio.run(whole())


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with listening(small_shop(tmp_path_factory.mktemp("schema") / "shop")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def api(live: str) -> Any:
    return schemathesis.openapi.from_url(f"{live}/openapi.json")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_answers_what_its_document_says(api: Any, route: Route):
    @given(case=api[route.path][route.method].as_strategy())
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def ask(case: Any) -> None:
        case.call_and_validate(checks=[not_a_server_error, response_schema_conformance])

    ask()


def test_the_document_lists_every_route_with_an_example(live: str):
    document = json.loads(httpx.get(f"{live}/openapi.json").text)
    listed = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert listed == {(r.method, r.path) for r in ROUTES}
    for route in ROUTES:
        said = document["paths"][route.path][route.method.lower()]
        if "application/json" in (held := said.get("requestBody", {}).get("content", {})):
            assert "example" in held["application/json"], route.path
