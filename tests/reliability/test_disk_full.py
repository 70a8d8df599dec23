"""D1: the disk fills up while events come in: a clear 507 or 503, nothing acknowledged is lost, reads and later posts go on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from served import small_shop

SPACE = 12 * 2**20  # bytes of the small disk
ROOM = 400_000  # of which so many are left for the events
# Posts events until they are refused, makes room, posts on, and prints what it saw. argv: folder, "disk" or "limit".
CHILD = """
import asyncio, json, os, resource, sys
from pathlib import Path
from served import Served

folder, mode, room = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
filler = folder / "filler"

def tighten():
    if mode == "disk":
        free = os.statvfs(folder)
        with filler.open("wb") as file:
            file.write(b"x" * max(0, free.f_bavail * free.f_frsize - room))
    else:
        largest = max(path.stat().st_size for path in folder.glob("shop.db*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, resource.RLIM_INFINITY))

def loosen():
    if mode == "disk":
        filler.unlink()
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

async def story():
    seen = {"acknowledged": [], "refused": [], "reads": [], "after": 0, "model": ""}
    async with Served(folder) as shop:
        async def post(n):
            rows = [{"id": f"n{n}-{m}", "time": 1.75e9, "user": f"u{m}", "item": "i1", "kind": "view", "query": "q" * 200}
                    for m in range(100)]
            answer = await shop.client.post("/v1/events", json=rows)
            if answer.status_code == 200:
                seen["acknowledged"] += [row["id"] for row in rows]
            return answer

        tighten()
        for n in range(200):
            answer = await post(n)
            if answer.status_code != 200:
                error = answer.json()["error"]
                seen["refused"].append((answer.status_code, error["code"], error["message"], n))
                if len(seen["refused"]) == 3:
                    break
        for path in ("/v1/search?text=tea&log=false", "/v1/recommend?user=u2&log=false", "/v1/items/i1", "/health", "/"):
            seen["reads"].append((await shop.client.get(path)).status_code)
        loosen()
        again = await post(seen["refused"][0][3] if seen["refused"] else 0)  # the one that was refused, sent again
        seen["after"] = again.status_code
    print(json.dumps(seen))

asyncio.run(story())
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MiB, where this process may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can make a small disk; the limit on a file's size is tried instead")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", str(place)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.decode().strip()[:100]}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def story(folder: Path, mode: str) -> dict[str, list[object]]:
    """What the child saw."""
    given = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", CHILD, str(folder), mode, str(ROOM)]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, list[object]] = json.loads(done.stdout.splitlines()[-1])
    return seen


def check(folder: Path, seen: dict[str, list[object]], allowed: set[tuple[int, str]]) -> None:
    from ronghe.stores import connect

    assert seen["acknowledged"], "some posts must have gone through before the disk was full"
    assert len(seen["refused"]) == 3, "the disk must have filled up"
    assert {(status, code) for status, code, *_ in seen["refused"]} <= allowed  # type: ignore[misc, has-type]
    assert all("nothing of this request was kept" in message for _, _, message, _ in seen["refused"])  # type: ignore[misc, has-type]
    assert seen["reads"] == [200] * 5
    assert seen["after"] == 200
    store = connect(f"sqlite:////{folder}/shop.db")
    kept = [name for name in store.event_rows(limit=100_000)["id"].to_list() if name.startswith("n")]
    store.close()
    first = seen["refused"][0][3]  # type: ignore[index]
    again = {f"n{first}-{m}" for m in range(100)}
    assert len(kept) == len(set(kept)), "doubled"
    assert set(kept) == set(seen["acknowledged"]), "what was acknowledged is kept, what was refused is not"
    assert again <= set(kept), "the refused post, sent again, is kept"


def test_a_full_disk_refuses_clearly_and_loses_nothing(small_disk: Path):
    folder = small_shop(small_disk / "shop", versions=0)
    check(folder, story(folder, "disk"), {(507, "disk_full")})


def test_a_file_that_may_not_grow_refuses_clearly_and_loses_nothing(tmp_path: Path):
    folder = small_shop(tmp_path / "shop", versions=0)
    check(folder, story(folder, "limit"), {(507, "disk_full"), (503, "store_away")})
