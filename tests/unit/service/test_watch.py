"""The outermost layer: what it lets in and what it turns away at the door."""

import asyncio
import io

import httpx
from starlette.responses import PlainTextResponse

from ronghe.service.logs import json_log
from ronghe.service.metrics import Metrics
from ronghe.service.watch import Watch


def test_where_too_many_wait_a_request_is_turned_away_before_any_work_and_others_are_not():
    metrics, lines = Metrics(), io.BytesIO()
    watch = Watch(PlainTextResponse("in"), metrics, json_log(lines), (), full=lambda path: path == "/v1/search")

    async def ask(*paths: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(watch), base_url="http://shop") as client:
            return [await client.get(path) for path in paths]

    away, fine = asyncio.run(ask("/v1/search", "/v1/recommend"))
    assert (away.status_code, away.json()["error"]["code"], away.headers["retry-after"]) == (503, "busy", "1")
    assert (fine.status_code, fine.text) == (200, "in")
    assert lines.getvalue().count(b"\n") == 1  # a flood is counted, not logged line by line
    assert b'status="503"' in metrics.text()
