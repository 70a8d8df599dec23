"""The API as a client sees it: ask, record, change the catalogue, explain, roll back, and what is refused."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ronghe.service.settings import Settings
from served import Served, listening, small_shop

Story = Callable[[Served, httpx.AsyncClient], Awaitable[None]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=0)


def tell(folder: Path, story: Story, settings: Settings | None = None) -> None:
    async def run() -> None:
        async with Served(folder, settings) as served:
            await story(served, served.client)

    asyncio.run(run())


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def test_search_finds_filters_sorts_and_pages(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/search", params={"text": "cheese", "k": 4})
        assert answer.json()["total"] == 10
        facets = {f["name"]: f for f in answer.json()["facets"]}
        assert {"value": "Lind", "count": 5} in facets["brand"]["values"]
        first = ids(answer)
        assert ids(await client.get("/v1/search", params={"text": "cheese", "k": 4, "offset": 4}))[0] not in first
        body = {"text": "cheese", "filters": {"brand": ["Lind"]}, "price_max": 2.5, "sort": "-price"}
        found = (await client.post("/v1/search", json=body)).json()["items"]
        assert [one["price"] for one in found] == [2.4, 2.2, 2.0]
        assert ids(await client.get("/v1/search?text=cheese&filters=brand:Lind&price_max=2.5&sort=-price")) == [
            one["id"] for one in found
        ]
        assert (await client.get("/v1/search", params={"text": "chese"})).json()["meant"] == "cheese"
        assert (await client.get("/v1/search", params={"text": "qzxv wkpt"})).json()["total"] == 0

    tell(shop, story)


def test_an_event_changes_the_next_answer_at_once(tmp_path: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        ask = {"surface": "home", "session": "visitor-1", "k": 10}
        before = ids(await client.post("/v1/recommend", json=ask))
        event = {"session": "visitor-1", "item": "i10", "kind": "purchase"}
        assert (await client.post("/v1/events", json=event)).json() == {"accepted": 1, "duplicates": 0, "rejected": []}
        after = await client.post("/v1/recommend", json={**ask, "explain": True})
        assert ids(after) != before
        said = [r["sentence"] for one in after.json()["items"] for r in one["reasons"]]
        assert any("Plain Cheese" in sentence for sentence in said), said

    tell(small_shop(tmp_path / "shop", versions=1), story)


def test_good_rows_are_kept_and_bad_ones_named(shop: Path):
    good = {"id": "mine-1", "user": "u1", "item": "i3", "kind": "click", "time": 1_700_000_000}

    async def story(served: Served, client: httpx.AsyncClient) -> None:
        rows: list[Any] = [
            good,
            {**good, "id": "x", "kind": "bought"},
            {"kind": "view", "item": "i1"},
            7,
            {**good, "id": "y", "price": -1},
            {**good, "id": "z", "amount": True},
            {**good, "id": "w", "time": 9e10},
            {**good, "id": "v", "colour": "red"},
            {**good, "id": "ok-2"},
        ]
        answer = (await client.post("/v1/events", json=rows)).json()
        assert answer["accepted"] == 2
        assert [(r["row"], r["field"]) for r in answer["rejected"]] == [
            (1, "kind"), (2, "user"), (3, ""), (4, "price"), (5, "amount"), (6, "time"), (7, "colour"),
        ]  # fmt: skip
        before = served.engine.status()["counts"]["events"]
        again = await client.post("/v1/events", json=[good, good])
        assert (again.status_code, again.json()) == (200, {"accepted": 0, "duplicates": 2, "rejected": []})
        mixed = await client.post("/v1/events", json=[{"kind": "view"}, good, {**good, "id": "new"}, {**good, "id": "new"}])
        assert {k: v for k, v in mixed.json().items() if k != "rejected"} == {"accepted": 1, "duplicates": 2}
        before += 1
        assert served.engine.status()["counts"]["events"] == before
        bad = await client.post("/v1/events", json={**good, "kind": "bought"})
        assert bad.status_code == 400
        assert bad.json()["error"]["field"] == "kind"

    tell(shop, story)


def test_many_posts_at_once_are_each_kept_and_each_told_their_own(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        before = served.engine.status()["counts"]["events"]

        async def post(n: int) -> None:
            rows: list[Any] = [{"id": f"p{n}-{m}", "user": f"u{n}", "item": "i1", "kind": "view"} for m in range(n % 4)]
            rows.insert(len(rows) // 2, {"id": f"p{n}-bad", "user": f"u{n}", "kind": "view"})
            answer = await client.post("/v1/events", json=rows)
            told = answer.json() if n % 4 else answer.json()["error"]
            assert told["accepted"] == n % 4
            assert [(r["row"], r["field"]) for r in told["rejected"]] == [((n % 4) // 2, "item")]

        await asyncio.gather(*(post(n) for n in range(100)))
        assert served.engine.status()["counts"]["events"] - before == sum(n % 4 for n in range(100))

    tell(shop, story)


def test_an_item_is_live_when_it_was_put_and_gone_when_it_was_deleted(shop: Path):
    item = {
        "id": "new/1",
        "title": "Zebra Jam",
        "price": 2.5,
        "category": "PANTRY > JAM",
        "attributes": {"size": "1 l", "of": ["zebra"]},
    }

    async def story(_: Served, client: httpx.AsyncClient) -> None:
        assert (await client.post("/v1/items", json=[item, {**item, "id": "bad", "price": -2}])).json()["accepted"] == 1
        assert ids(await client.get("/v1/search", params={"text": "zebra"})) == ["new/1"]
        held = (await client.get("/v1/items/new%2F1")).json()
        assert (held["price"], held["attributes"]) == (2.5, {"size": "1 l", "of": ["zebra"]})
        assert (await client.delete("/v1/items", params={"id": ["new/1", "never-was"]})).json() == {"deleted": 1}
        assert ids(await client.get("/v1/search", params={"text": "zebra"})) == []
        assert (await client.delete("/v1/items/never-was")).status_code == 404
        assert (await client.get("/v1/items/never-was")).json()["error"]["code"] == "not_found"
        assert (await client.delete("/v1/items/i0")).json() == {"deleted": 1}

    tell(shop, story)


def test_similar_suggest_and_explain(tmp_path: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/similar/i0", params={"k": 3})
        assert ids(answer) == ids(await client.get("/v1/similar", params={"item": "i0", "k": 3}))
        assert "i0" not in ids(answer)
        why = (await client.get(f"/v1/explain/{answer.json()['slate']}", params={"language": "zh"})).json()
        assert [one["id"] for one in why["items"]] == ids(answer)
        assert any("一" <= c <= "鿿" for one in why["items"] for r in one["reasons"] for c in r["sentence"])
        assert (await client.get("/v1/explain/none")).status_code == 404
        found = (await client.get("/v1/suggest", params={"text": "che"})).json()["suggestions"]
        assert any("heese" in one["text"].lower() for one in found)
        assert (await client.get("/v1/similar")).json()["error"]["field"] == "item"
        assert (await client.get("/v1/similar/never-was")).status_code == 400

    tell(small_shop(tmp_path / "shop", versions=1), story)


def test_models_are_switched_and_rolled_back(tmp_path: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        versions = {m["version"]: m["current"] for m in (await client.get("/v1/models")).json()["models"]}
        now, before = next(v for v, c in versions.items() if c), next(v for v, c in versions.items() if not c)
        assert (await client.get("/v1/recommend")).json()["model"] == now
        assert (await client.post("/v1/models/rollback", json={})).json() == {"current": before}
        assert (await client.get("/v1/recommend")).json()["model"] == before
        assert (await client.post("/v1/models/switch", json={"version": now})).json() == {"current": now}
        assert (await client.get("/v1/recommend")).json()["model"] == now
        for wrong in ("../../etc", "none", ".draft"):
            assert (await client.post("/v1/models/switch", json={"version": wrong})).status_code == 404
        assert (await client.get("/health")).json()["model"] == now

    tell(small_shop(tmp_path / "shop"), story)


def test_a_version_that_another_process_made_current_is_picked_up(tmp_path: Path):
    folder = small_shop(tmp_path / "shop")

    async def story(served: Served, client: httpx.AsyncClient) -> None:
        before = (await client.get("/v1/recommend")).json()["model"]
        (folder / "models" / "current").write_text("\n".join(sorted({m.version for m in served.engine.models()} - {before})) + "\n")
        for _ in range(1_200):  # a minute, on a machine that has no time
            await asyncio.sleep(0.05)
            if (await client.get("/v1/recommend")).json()["model"] != before:
                return
        pytest.fail("the new version was never picked up")

    tell(folder, story, Settings(refresh_seconds=0.05))


def test_rules_are_read_saved_and_refused_with_their_line(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/rules")).json() == {"text": ""}
        wrong = await client.put("/v1/rules", json={"text": "\n\n[[pinn]]\n"})
        assert wrong.status_code == 400
        assert wrong.json()["error"]["code"] == "bad_rules"
        assert (await client.get("/v1/rules")).json() == {"text": ""}
        text = "# nothing yet\n"
        assert (await client.put("/v1/rules", json={"text": text})).json() == {"text": text}

    tell(shop, story)


def test_every_error_has_one_shape_and_a_request_id(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        asked: list[tuple[int, httpx.Response]] = [
            (404, await client.get("/v1/nothing")),
            (405, await client.put("/v1/search")),
            (400, await client.get("/v1/search?k=0")),
            (415, await client.post("/v1/search", content=b"{}", headers={"content-type": "text/plain"})),
            (413, await client.post("/v1/search", content=b"{" + b" " * 2_000_000, headers={"content-type": "application/json"})),
            (400, await client.post("/v1/search", content=b'{"text": NaN}', headers={"content-type": "application/json"})),
            (400, await client.post("/v1/recommend", json={"surface": "moon"})),
            (404, await client.get("/v1/items/none")),
            (403, await client.post("/v1/models/rollback", json={}, headers={"origin": "https://evil.example"})),
        ]
        for status, answer in asked:
            assert answer.status_code == status, answer.text
            error = answer.json()["error"]
            assert {"code", "message", "field", "request_id"} <= set(error)
            assert error["request_id"] == answer.headers["x-request-id"]
        mine = await client.get("/health", headers={"x-request-id": "order-77"})
        assert mine.headers["x-request-id"] == "order-77"
        evil = await client.get("/health", headers={"x-request-id": "a b<script>"})
        assert evil.headers["x-request-id"] != "a b<script>"
        lines = [json.loads(line) for line in served.lines.getvalue().splitlines()]
        assert {"method", "route", "status", "ms", "request_id"} <= set(lines[0])
        assert "order-77" in {line.get("request_id") for line in lines}

    tell(shop, story)


def test_a_chunked_body_is_cut_off_at_its_limit(shop: Path):
    async def flood() -> Any:
        for _ in range(64):
            yield b" " * 65_536

    async def story(_: Served, client: httpx.AsyncClient) -> None:
        answer = await client.post("/v1/events", content=flood(), headers={"content-type": "application/json"})
        assert answer.status_code == 413

    tell(shop, story)


def test_who_sends_far_too_much_still_hears_why(shop: Path):
    with listening(shop) as (address, _):
        for size in (3_000_000, 12_000_000):
            answer = httpx.post(
                f"{address}/v1/events", content=b"x" * size, headers={"content-type": "application/json"}, timeout=30
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_name_that_is_not_ours_is_not_answered(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/health", headers={"host": "evil.example"})).status_code == 421
        assert (await client.get("/health", headers={"host": "localhost:80@evil.example"})).status_code == 421

    tell(shop, story, Settings().for_address("127.0.0.1"))


def test_metrics_count_routes_batches_and_events(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        await client.get("/v1/search", params={"text": "secret words"})
        await client.post("/v1/events", json={"user": "u1", "item": "i1", "kind": "view"})
        text = (await client.get("/metrics")).text
        assert 'ronghe_requests_total{method="GET",route="/v1/search",status="200"} 1.0' in text
        assert 'ronghe_events_total{outcome="kept"} 1.0' in text
        assert 'ronghe_batch_size_count{of="asks"} 1.0' in text
        assert "secret" not in text

    tell(shop, story)


def test_a_fault_of_ours_is_a_500_with_its_id_and_nothing_else(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        def broken(*_: Any) -> Any:
            raise RuntimeError("the cable is unplugged")

        served.engine.suggest = broken  # type: ignore[method-assign]
        answer = await client.get("/v1/suggest", params={"text": "a"})
        assert answer.status_code == 500
        assert "cable" not in answer.text
        assert b"cable" in served.lines.getvalue()

    tell(shop, story)


def test_a_closing_service_is_not_ready(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        served.app.state.service.draining = True
        assert (await client.get("/health")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200

    tell(shop, story)
