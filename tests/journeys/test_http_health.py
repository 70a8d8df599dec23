"""What a shop says of itself when something is wrong with it."""

import asyncio
from pathlib import Path

from served import Served, small_shop


def test_a_shop_that_serves_something_else_than_it_was_told_says_so(tmp_path: Path):
    folder = small_shop(tmp_path / "shop")
    (folder / "models" / "current").write_text("")

    async def story() -> None:
        async with Served(folder) as served:
            health = await served.client.get("/health")
            assert (health.status_code, health.json()["status"], health.json()["broken"]) == (200, "degraded", ["current"])
            assert health.json()["model"] == (await served.client.get("/v1/recommend")).json()["model"] != ""
            assert "models/current names no version" in (await served.client.get("/console")).text
            await served.client.post("/v1/models/switch", json={"version": health.json()["model"]})
            mended = (await served.client.get("/health")).json()
            assert (mended["status"], mended["broken"]) == ("ok", [])

    asyncio.run(story())
