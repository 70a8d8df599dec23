"""Rules as clients and visitors meet them: no trace of what is hidden, reasons for what is pinned, only what is shown is logged."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from ronghe.service.keys import read_keys
from ronghe.service.settings import Settings
from served import Served, small_shop

HIDE = '[[hide]]\nitem = "i10"\n'
PIN = '[[pin]]\nname = "oat week"\nitem = "i7"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=0)


def tell(folder: Path, story: Callable[[Served, httpx.AsyncClient], Awaitable[None]], settings: Settings | None = None) -> None:
    async def run() -> None:
        async with Served(folder, settings) as served:
            await story(served, served.client)

    asyncio.run(run())


def test_a_hidden_item_is_nowhere_to_be_found_but_by_who_keeps_the_shop(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        await client.put("/v1/rules", json={"text": HIDE})
        found = (await client.get("/v1/suggest", params={"text": "plain che"})).json()["suggestions"]
        assert "i10" not in [one["id"] for one in found]
        assert (await client.get("/v1/items/i10")).status_code == 404
        assert (await client.get("/v1/items/i10", params={"all": "true"})).json()["id"] == "i10"
        assert (await client.get("/item/i10")).status_code == 404
        assert (await client.get("/item/i11")).status_code == 200
        assert "i10" not in (await client.get("/suggest", params={"q": "plain che"})).text
        await client.delete("/v1/items/i11")
        assert (await client.get("/v1/items/i11")).status_code == 404
        assert (await client.get("/v1/items/i11?all=1")).json()["deleted"] is True

    tell(shop, story)


def test_a_key_that_only_reads_does_not_see_what_is_not_offered(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        read, write = ({"x-api-key": f"{name}-{'x' * 20}"} for name in ("read", "write"))
        await client.delete("/v1/items/i10", headers=write)
        assert (await client.get("/v1/items/i10?all=true", headers=read)).status_code == 403
        assert (await client.get("/v1/items/i10?all=true", headers=write)).status_code == 200

    keys = read_keys(f"a:read:read-{'x' * 20},b:read+write:write-{'x' * 20}")
    tell(shop, story, Settings(keys=keys))


def test_a_pin_is_told_as_a_reason_when_the_answer_is_explained_later(shop: Path):
    async def story(_: Served, client: httpx.AsyncClient) -> None:
        await client.put("/v1/rules", json={"text": PIN})
        answer = (await client.get("/v1/search", params={"text": "qzxv wkpt"})).json()
        assert answer.get("total") == 1, answer
        why = (await client.get(f"/v1/explain/{answer['slate']}")).json()["items"]
        assert why[0]["why"] == "picked by the shop"
        assert [reason["part"] for reason in why[0]["reasons"]] == ["rule:oat week"]
        page = await client.get(f"/why/{answer['slate']}/1")
        assert page.status_code == 200
        assert "picked by the shop" in page.text

    tell(shop, story)


def test_only_shelves_that_were_shown_are_logged(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        page = (await client.get("/")).text
        served.engine.logbook.flush()
        logged = {row.surface for row in served.engine.store.slates()}
        surfaces = ("home", "again", "discover", "popular", "new")
        assert logged == {name for name in surfaces if f'id="shelf-{name}"' in page}
        assert "again" not in logged  # a new visitor has bought nothing
        for row in served.engine.store.slates():
            assert row.id in page
            assert (await client.get(f"/why/{row.id}/1")).status_code == 200

    tell(shop, story)


def test_shelves_of_whom_nothing_new_is_known_are_worked_out_once_and_logged_each_time(shop: Path):
    async def story(served: Served, client: httpx.AsyncClient) -> None:
        await client.get("/")
        given = served.engine.keeper.live.answered
        held = {name: answer for name, (_, answer) in given._kept.items()}
        await client.get("/")
        assert held
        assert all(given._kept[name][1] is answer for name, answer in held.items())
        assert len(given._kept) == len(held)
        served.engine.logbook.flush()
        shown = [row.surface for row in served.engine.store.slates()]
        assert sorted(shown) == sorted(2 * list(set(shown)))

    tell(shop, story)


def test_a_shop_where_nothing_has_happened_shows_what_it_has(tmp_path: Path):
    folder = small_shop(tmp_path / "quiet", versions=0)
    (folder / "shop.db").unlink()
    for rest in folder.glob("shop.db-*"):
        rest.unlink()

    async def story(served: Served, client: httpx.AsyncClient) -> None:
        served.engine.put_items([{"id": f"i{n}", "title": f"Thing {n}", "image": "https://a.example/b.png"} for n in range(20)])
        page = (await client.get("/")).text
        assert page.count('class="card"') == 14
        assert 'id="shelf-browse"' in page
        assert "a.example" not in page, "the browser would refuse that picture"

    tell(folder, story)
