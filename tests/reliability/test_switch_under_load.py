"""X1: the model is switched and rolled back 200 times under load: no failure, and every answer is wholly of one version."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from ronghe.engine.engine import Engine
from served import fit, listening, small_shop

SWITCHES = 200
ASKERS = 6
ASK = {"surface": "home", "user": "u2", "k": 10, "log": False}


def two_versions(folder: Path) -> tuple[str, str]:
    """Two versions that answer differently."""
    engine = Engine.open(small_shop(folder, versions=1))
    first = engine.models()[0].version
    second = fit(engine, even_only=True)
    engine.switch(second)
    engine.close()
    return first, second


@pytest.mark.slow
def test_switching_under_load_fails_nobody_and_mixes_nothing(tmp_path: Path):
    versions = two_versions(tmp_path / "shop")
    answers: list[dict[str, Any]] = []
    failures: list[str] = []

    async def story(address: str) -> dict[str, list[str]]:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            expected: dict[str, list[str]] = {}
            for version in (*versions, versions[0]):
                await client.post("/v1/models/switch", json={"version": version})
                answer = (await client.post("/v1/recommend", json=ASK)).json()
                assert answer["model"] == version
                expected[version] = [one["id"] for one in answer["items"]]
            over = asyncio.Event()

            async def asker() -> None:
                while not over.is_set():
                    answer = await client.post("/v1/recommend", json=ASK)
                    if answer.status_code == 200:
                        answers.append(answer.json())
                    else:
                        failures.append(answer.text)

            asking = [asyncio.create_task(asker()) for _ in range(ASKERS)]
            for turn in range(SWITCHES):
                switched = await (
                    client.post("/v1/models/rollback", json={}) if turn % 3 == 2
                    else client.post("/v1/models/switch", json={"version": versions[1 - turn % 2]})
                )  # fmt: skip
                assert switched.status_code == 200, switched.text
                known = len(answers) + len(failures)
                while len(answers) + len(failures) == known:  # however fast the machine: somebody is answered between two switches
                    await asyncio.sleep(0.001)
            over.set()
            await asyncio.gather(*asking)
            return expected

    with listening(tmp_path / "shop") as (address, _):
        expected = asyncio.run(story(address))
    assert failures == []
    assert len(answers) >= SWITCHES
    assert {answer["model"] for answer in answers} == set(versions)
    assert expected[versions[0]] != expected[versions[1]]
    mixed = [answer for answer in answers if [one["id"] for one in answer["items"]] != expected[answer["model"]]]
    assert mixed == []
