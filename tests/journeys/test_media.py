"""A shop with pictures and sounds, from its files to what is found by a picture, over HTTP and on the pages; bad files."""

import asyncio
import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from real_shop import ronghe
from recipes import recipe
from ronghe.compute.local import Local
from ronghe.learn.train import train
from served import Served, small_shop
from shown_shop import COLOURS, items, picture, sound, write_files
from store_of_world import handed_over

pytest.importorskip("torch", reason="torch is not installed: pip install 'ronghe[train]'")
pytest.importorskip("PIL.Image", reason="pillow is not installed: pip install 'ronghe[media]'")

from ronghe.methods.encoders.media.features import PICTURES, SOUNDS, lacking

if needs := lacking(PICTURES) or lacking(SOUNDS):
    pytest.skip(f"pictures or sounds cannot be read here: {needs}", allow_module_level=True)

RECIPE = recipe("""
[shop]
media = "files"
[retrieve]
bm25 = {}
multimodal = { captions = 2, epochs = 4 }
popular = {}
recent = {}
[surface.home]
retrieve = ["recent"]
[surface.search]
retrieve = ["bm25", "multimodal"]
[surface.item]
retrieve = ["multimodal"]
""")
PICTURE, SOUND = "/v1/search/picture", "/v1/search/sound"
PNG, FLAC = {"content-type": "image/png"}, {"content-type": "audio/flac"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media") / "shop"
    write_files(folder / "files", sounds=True)
    rows = [{**one, "attributes": {"sound": one["id"] + ".flac"}} if "attributes" in one else one for one in items(sounds=True)]
    handed_over(folder, RECIPE, items=rows)
    assert train(folder, Local(1)).gated is None
    return folder


def told(shop: Path, story: Any) -> Any:
    async def whole() -> Any:
        async with Served(shop) as served:
            return await story(served.client, served)

    return asyncio.run(whole())


def bomb(side: int) -> bytes:
    """A PNG of a few bytes whose head says side x side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_and_a_sound_find_their_like_and_say_why(shop: Path):
    async def story(client: Any, served: Served) -> None:
        sent = await client.post(
            PICTURE, params={"k": 5, "explain": True}, content=picture(COLOURS["green"]), headers={"content-type": "image/png"}
        )
        assert sent.status_code == 200, sent.text
        body = sent.json()
        assert [one["id"].partition("-")[0] for one in body["items"]].count("green") >= 3
        assert body["surface"] == "search"
        assert any("picture" in reason["sentence"] for reason in body["items"][0]["reasons"])
        why = (await client.get(f"/v1/explain/{body['slate']}")).json()
        assert [one["id"] for one in why["items"]] == [one["id"] for one in body["items"]]
        assert any("picture" in reason["sentence"] for reason in why["items"][0]["reasons"])
        form = await client.post(SOUND, params={"k": 1}, files={"file": ("whistle.flac", sound(3.0, 500.0), "audio/flac")})
        assert form.json()["items"][0]["id"].startswith("reed")
        dark = await client.post(
            PICTURE, params={"price_min": 1}, content=picture((0, 0, 0)), headers={"content-type": "image/png"}
        )
        assert dark.json()["items"] == []

    told(shop, story)


BAD = {
    "empty": (PICTURE, b"", PNG, 422, "broken"),
    "no picture": (PICTURE, b"hello", PNG, 415, "not_known"),
    "a sound": (PICTURE, sound(1.0), PNG, 415, "not_known"),
    "cut": (PICTURE, picture((1, 2, 3))[:60], PNG, 422, "broken"),
    "a bomb": (PICTURE, bomb(60_000), PNG, 413, "too_large"),
    "long side": (PICTURE, picture((1, 2, 3), (20_000, 2)), PNG, 413, "too_large"),
    "large": (PICTURE, b"\xff\xd8\xff" + b"0" * (8 * 2**20), {"content-type": "image/jpeg"}, 413, "too_large"),
    "svg": (PICTURE, b"<svg/>", {"content-type": "image/svg+xml"}, 415, "no_picture"),
    "json": (PICTURE, b"{}", {"content-type": "application/json"}, 415, "no_picture"),
    "no type": (PICTURE, picture((1, 2, 3)), {}, 415, "no_picture"),
    "no form": (PICTURE, b"x", {"content-type": "multipart/form-data; boundary=b"}, 400, "bad_request"),
    "no sound": (SOUND, b"RIFFxxxxWAVE", {"content-type": "audio/wav"}, 422, "broken"),
    "silence": (SOUND, sound(1.0, seconds=0.001), FLAC, 422, "broken"),
    "half an hour": (SOUND, sound(1.0, seconds=1_800, rate=4_000), FLAC, 413, "too_large"),
    "cut sound": (SOUND, sound(1.0)[:50], FLAC, 422, "broken"),
    "a picture": (SOUND, picture((1, 2, 3)), FLAC, 415, "not_known"),
}


def test_bad_files_are_refused_each_with_its_reason_and_the_shop_answers_on(shop: Path):
    async def story(client: Any, served: Served) -> None:
        for name, (path, content, headers, status, code) in BAD.items():
            sent = await client.post(path, content=content, headers=headers)
            assert (sent.status_code, sent.json()["error"]["code"]) == (status, code), (name, sent.text)
        wrong = await client.post(PICTURE, params={"k": 0}, content=picture((1, 2, 3)), headers=PNG)
        assert wrong.json()["error"]["field"] == "k"
        assert (await client.post(PICTURE, content=picture((1, 2, 3)), headers=PNG)).status_code == 200

    told(shop, story)


def test_the_page_takes_a_file_by_a_plain_form_and_shows_what_is_like_it(shop: Path):
    async def story(client: Any, served: Served) -> None:
        home = (await client.get("/")).text
        assert 'href="/search/picture"' in home
        assert 'src="/picture/red-' in (await client.get("/search?q=red+mug")).text
        form = (await client.get("/search/picture")).text
        token = re.search(r'action="/search/picture".*?name="token" value="([^"]+)"', form, re.DOTALL)
        assert token
        file = {"file": ("<b>my mug.png", picture(COLOURS["blue"]), "image/png")}
        sent = await client.post("/search/picture", data={"token": token[1]}, files=file)
        assert sent.status_code == 200
        assert "Looks like &lt;b&gt;my mug.png" in sent.text
        assert sent.text.count('href="/item/blue-') >= 3
        assert (await client.post("/search/picture", data={"token": "x"}, files=file)).status_code == 403
        broken = await client.post("/search/picture", data={"token": token[1]}, files={"file": ("a.png", b"no", "image/png")})
        assert broken.status_code == 415
        assert "a.png is no picture" in broken.text
        assert "以图搜索" in (await client.get("/search/picture?lang=zh")).text

    told(shop, story)


def test_a_list_has_pages_without_sending_the_file_again(shop: Path):
    async def story(client: Any, served: Served) -> None:
        content = picture(COLOURS["green"])
        whole = (await client.post(PICTURE, params={"k": 8}, content=content, headers=PNG)).json()
        assert whole["total"] >= 8
        first = (await client.post(PICTURE, params={"k": 4}, content=content, headers=PNG)).json()
        more = {"slate": first["slate"], "k": 4, "offset": 4}
        second = (await client.get(PICTURE, params=more)).json()
        again = (await client.post(PICTURE, params={"k": 4, "offset": 4}, content=content, headers=PNG)).json()
        assert [one["place"] for one in second["items"]] == [5, 6, 7, 8]
        assert [one["id"] for one in (*first["items"], *second["items"])] == [one["id"] for one in whole["items"]]
        assert [one["id"] for one in second["items"]] == [one["id"] for one in again["items"]]
        assert (await client.get(PICTURE, params={**more, "price_min": 1e6})).json()["items"] == []
        words = (await client.get("/v1/search", params={"text": "mug"})).json()["slate"]
        for slate, path, status in ((words, PICTURE, 404), (first["slate"], SOUND, 404), ("x", PICTURE, 404)):
            assert (await client.get(path, params={"slate": slate})).status_code == status
        none = await client.get(PICTURE)
        assert (none.status_code, none.json()["error"]["field"]) == (400, "slate")

    told(shop, story)


def test_the_page_leads_to_the_next_one(shop: Path):
    async def story(client: Any, served: Served) -> None:
        token = re.search(r'name="token" value="([^"]+)"', (await client.get("/search/picture")).text)
        assert token
        sent = await client.post(
            "/search/picture", data={"token": token[1]}, files={"file": ("a.png", picture((9, 9, 9)), "image/png")}
        )
        links = re.findall(r'href="(/search/picture\?slate=[^"]+page=2)"', sent.text)
        assert links, "as many as this shop has need two pages"
        next_page = await client.get(links[0].replace("&amp;", "&"))
        assert "Looks like your picture" in next_page.text
        shown = [re.findall(r'href="/item/([^?"]+)', one.text) for one in (sent, next_page)]
        assert shown[1]
        assert not set(shown[0]) & set(shown[1])
        assert (await client.get("/search/picture?slate=nothing")).status_code == 404

    told(shop, story)


def test_the_command_line_searches_by_a_file_within_the_same_limits(shop: Path, tmp_path: Path):
    files = {
        "blue.png": picture(COLOURS["blue"]),
        "whistle.flac": sound(3.0, 500.0),
        "no.png": b"hello",
        "large.png": b"0" * (9 * 2**20),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def said(*words: str, status: int = 0) -> Any:
        done = ronghe("search", *words, "--shop", str(shop), folder=tmp_path, status=status)
        return json.loads(done.stdout) if not status else done.stderr

    found = said("--picture", "blue.png", "-k", "3", "--json")
    assert [one["id"].partition("-")[0] for one in found["items"]] == ["blue"] * 3
    assert said("--picture", "blue.png", "-k", "2", "--offset", "1", "--json")["items"][0]["id"] == found["items"][1]["id"]
    assert said("--sound", "whistle.flac", "--json")["items"][0]["id"].startswith("reed")
    assert said("mug", "--picture", "blue.png", "--json")["items"]
    assert "no.png is no picture" in said("--picture", "no.png", status=2)
    assert "large.png has" in said("--picture", "large.png", status=2)
    assert "gone.png cannot be read" in said("--picture", "gone.png", status=2)
    for wrong in ((), ("--picture", "blue.png", "--sound", "whistle.flac"), ("--picture", "blue.png", "--sort", "price")):
        assert "right would be" in said(*wrong, status=2)


def test_a_shop_that_learnt_nothing_of_pictures_says_so(tmp_path: Path):
    shop = small_shop(tmp_path / "shop", versions=0)
    (tmp_path / "a.png").write_bytes(picture((1, 2, 3)))
    done = ronghe("search", "--picture", "a.png", "--shop", str(shop), folder=tmp_path, status=2)
    assert "name multimodal in [retrieve]" in done.stderr


def test_files_of_items_are_given_out_as_what_they_are(shop: Path):
    async def story(client: Any, served: Served) -> None:
        sent = await client.get("/picture/red-1")
        assert (sent.status_code, sent.headers["content-type"]) == (200, "image/png")
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert (await client.get("/picture/red-1", headers={"if-none-match": sent.headers["etag"]})).status_code == 304
        assert (await client.get("/sound/reed-0")).headers["content-type"] == "audio/flac"
        for path in ("/picture/nothing", "/picture/reed-0", "/sound/red-1", "/picture/..%2f..%2fronghe.toml"):
            assert (await client.get(path)).status_code == 404, path
        put = await client.post("/v1/items", json={"id": "thief", "title": "thief", "image": "../ronghe.toml"})
        assert put.status_code == 200
        assert (await client.get("/picture/thief")).status_code == 404
        await client.delete("/v1/items/thief")

    told(shop, story)
