"""Synonyms from proposal to search: mined, looked through, refused with the line, by API and in the console, by who may."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from ronghe.service.keys import read_keys
from ronghe.service.settings import Settings
from served import Served, small_shop


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=0, understand="synonyms = {}")


def clicks(text: str, items: list[str], users: range) -> list[dict[str, object]]:
    now = time.time() - 1000
    return [
        {"id": f"{text}-{user}-{item}", "time": now, "user": f"c{user}", "kind": "click", "item": item, "query": text}
        for user in users for item in items
    ]  # fmt: skip


def tell(folder: Path, story: Callable[[Served, httpx.AsyncClient], Awaitable[None]], settings: Settings | None = None) -> None:
    async def run() -> None:
        async with Served(folder, settings) as served:
            served.engine.record(clicks("mild fromage", ["i11", "i13"], range(8)))
            served.engine.record(clicks("mild cheese", ["i11", "i13"], range(8, 16)))
            for n in range(20):
                served.engine.record(clicks(f"thing {chr(97 + n)}", [f"i{20 + n}", f"i{21 + n}"], range(20, 25)))
            await story(served, served.client)

    asyncio.run(run())


async def texts(client: httpx.AsyncClient, text: str) -> dict[str, object]:
    found: dict[str, object] = (await client.get("/v1/search", params={"text": text})).json()
    return found


def test_a_proposal_is_mined_accepted_and_acts(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/synonyms")).json() == {"text": "", "mined": None, "proposals": []}
        assert (await client.post("/v1/synonyms/mine", json={})).json()["proposals"] == 1
        (one,) = (await client.get("/v1/synonyms")).json()["proposals"]
        assert {one["one"], one["other"]} == {"fromage", "cheese"}
        assert (one["both_ways"], one["source"], one["support"]) == (True, "clicks", 16)
        assert (await texts(client, "fromage"))["total"] == 0, "nothing acts before it is accepted"
        body = {"one": one["other"], "other": one["one"], "accept": True}
        after = (await client.post("/v1/synonyms/proposals", json=body)).json()
        assert after["proposals"] == []
        assert "fromage" in after["text"]
        found = await texts(client, "fromage")
        assert found["total"] == 10
        assert found["also"] == [{"typed": "fromage", "searched": "cheese"}]
        assert (await client.post("/v1/synonyms/mine", json={})).json()["proposals"] == 0
        assert (await client.post("/v1/synonyms/proposals", json=body)).status_code == 404

    tell(shop, story)


def test_what_was_rejected_is_not_proposed_again(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        await client.post("/v1/synonyms/mine", json={})
        body = {"one": "fromage", "other": "cheese", "accept": False}
        assert (await client.post("/v1/synonyms/proposals", json=body)).json()["proposals"] == []
        assert (await client.post("/v1/synonyms/mine", json={})).json()["proposals"] == 0
        assert (await texts(client, "fromage"))["total"] == 0

    tell(shop, story)


def test_a_wrong_file_is_refused_with_its_line(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        assert (await client.put("/v1/synonyms", json={"text": "brot, bread\n"})).status_code == 200
        wrong = await client.put("/v1/synonyms", json={"text": "brot, bread\nalone\n"})
        assert wrong.status_code == 400
        assert "synonyms.txt:2" in wrong.json()["error"]["message"]
        assert (await texts(client, "brot"))["total"] == 10

    tell(shop, story)


def test_only_who_keeps_the_shop_may_change_them(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        read, write = ({"x-api-key": f"{name}-{'x' * 20}"} for name in ("read", "write"))
        assert (await client.get("/v1/synonyms", headers=read)).status_code == 200
        for method, path, body in (
            ("PUT", "/v1/synonyms", {"text": ""}), ("POST", "/v1/synonyms/mine", {}),
            ("POST", "/v1/synonyms/proposals", {"one": "a", "other": "b", "accept": True}),
        ):  # fmt: skip
            assert (await client.request(method, path, json=body, headers=write)).status_code == 403
            assert (await client.request(method, path, json=body)).status_code == 401

    keys = read_keys(f"a:read:read-{'x' * 20},b:read+write:write-{'x' * 20}")
    tell(shop, story, Settings(keys=keys))


@pytest.mark.parametrize(("language", "accepted"), [("en", "Accepted"), ("zh", "已接受")])
def test_the_console_lists_proposals_and_takes_a_verdict_by_our_form_alone(shop: Path, language: str, accepted: str):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        client.cookies.set("ronghe_lang", language)
        page = await client.get("/console/synonyms")
        token = re.findall(r'name="token" value="([^"]+)"', page.text)[0]
        client.cookies.update(page.cookies)
        await client.post("/console/synonyms", data={"token": token, "act": "mine"})
        page = await client.get("/console/synonyms")
        one, other = (re.findall(rf'name="{name}" value="([^"]+)"', page.text)[0] for name in ("one", "other"))
        assert {one, other} == {"fromage", "cheese"}
        verdict = {"act": "accept", "one": one, "other": other}
        assert (await client.post("/console/synonyms", data=verdict)).status_code == 403
        done = await client.post("/console/synonyms", data={**verdict, "token": token})
        assert done.status_code == 303
        assert accepted in (await client.get(done.headers["location"])).text
        wrong = await client.post("/console/synonyms", data={"token": token, "act": "save", "synonyms": "a, b\nalone"})
        assert wrong.status_code == 400
        assert "synonyms.txt:2" in wrong.text
        assert "alone" in wrong.text, "what was typed is not lost"
        again = await client.post("/console/synonyms", data={**verdict, "token": token})
        assert again.headers["location"] == "/console/synonyms", "somebody else was faster"

    tell(shop, story)
