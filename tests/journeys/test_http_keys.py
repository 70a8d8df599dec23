"""Who may do what: every route of the live router, with every key, and nothing before the key was looked at."""

import asyncio
import re
from pathlib import Path

import pytest

from ronghe.service.guard import OPEN, Guarded
from ronghe.service.keys import read_keys
from ronghe.service.pages.route import PageRoute
from ronghe.service.pages.table import PAGES
from ronghe.service.settings import Settings
from served import Served, small_shop

SECRETS = {scope: f"secret-of-the-{scope}-key" for scope in ("read", "write", "admin")}
KEYS = read_keys(",".join(f"{scope}:{scope}:{secret}" for scope, secret in SECRETS.items()))
MAY = {"read": {"read", "admin"}, "write": {"write", "admin"}, "admin": {"admin"}, OPEN: {None, "read", "write", "admin"}}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=0)


def test_every_route_opens_for_its_scopes_only(shop: Path):
    async def story() -> None:
        async with Served(shop, Settings(keys=KEYS)) as served:
            routes = [r for r in served.app.routes if isinstance(r, Guarded) and not isinstance(r, PageRoute)]
            assert len(routes) > 20
            for route in routes:
                path = re.sub(r"{\w+}", "none", route.path)
                for key in (None, *SECRETS, "unknown"):
                    headers = {} if key is None else {"authorization": f"Bearer {SECRETS.get(key, 'wrong-secret-wrong-secret')}"}
                    answer = await served.client.request(next(iter(route.methods)), path, headers=headers)
                    scope = route.endpoint.needs  # type: ignore[attr-defined]
                    let_in = key in MAY[scope] or scope == OPEN
                    expected = not let_in and (401 if key in (None, "unknown") else 403)
                    assert answer.status_code == expected if expected else answer.status_code not in (401, 403), (
                        path,
                        key,
                        answer.text,
                    )
            lines = served.lines.getvalue().decode()
            assert not any(secret in lines for secret in SECRETS.values())

    asyncio.run(story())


def test_a_key_may_come_in_its_own_header(shop: Path):
    async def story() -> None:
        async with Served(shop, Settings(keys=KEYS)) as served:
            assert (await served.client.get("/v1/models", headers={"x-api-key": SECRETS["read"]})).status_code == 200

    asyncio.run(story())


def test_no_body_is_read_before_the_key(shop: Path):
    async def flood():
        raise AssertionError("the body was read")
        yield b""

    async def story() -> None:
        async with Served(shop, Settings(keys=KEYS)) as served:
            sent = await served.client.post("/v1/events", content=flood(), headers={"content-type": "application/json"})
            assert sent.status_code == 401

    asyncio.run(story())


def test_pages_are_closed_until_somebody_logs_in(shop: Path):
    async def story() -> None:
        async with Served(shop, Settings(keys=KEYS)) as served:
            for method, path, endpoint in PAGES:
                if endpoint.needs != OPEN:  # type: ignore[attr-defined]
                    answer = await served.client.request(method, path.format(item="i0", slate="s", place="1"))
                    assert answer.status_code == 303, path
                    assert answer.headers["location"].startswith("/login"), path
            form = await served.client.get("/login?back=/console")
            assert "does not open this" not in form.text
            token = re.search(r'name="token" value="(\w+)"', form.text)[1]  # type: ignore[index]
            wrong = await served.client.post("/login", data={"token": token, "key": "nobody"})
            assert wrong.status_code == 403
            done = await served.client.post("/login", data={"token": token, "key": SECRETS["read"], "back": "/"})
            assert (done.status_code, done.headers["location"]) == (303, "/")
            assert (await served.client.get("/")).status_code == 200
            sent = await served.client.get("/console")
            assert sent.status_code == 303
            assert "does not open this" in (await served.client.get(sent.headers["location"])).text
            await served.client.post("/login", data={"token": token, "key": SECRETS["admin"], "back": "/console"})
            assert (await served.client.get("/console")).status_code == 200
            await served.client.post("/logout", data={"token": token})
            assert (await served.client.get("/console")).status_code == 303

    asyncio.run(story())
