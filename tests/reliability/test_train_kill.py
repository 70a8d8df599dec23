"""K1 and D1: a training is killed, or the disk is full, at any write, the switch too: the old version serves or the new one, whole.

A restart needs no repair, and the next training does again only what was not finished.
"""

import errno
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recipes import recipe
from ronghe.compute.local import Local
from ronghe.engine.versions import Versions
from ronghe.learn.train import train
from store_of_world import put
from worlds import corner_shop

RECIPE = recipe("""
[split]
test_days = 14
valid_days = 7
[retrieve]
popular = {}
item-knn = { least = 1 }
bm25 = {}
[surface.home]
retrieve = ["item-knn", "popular"]
[surface.search]
retrieve = ["bm25"]
""")


class Writes:
    """os.fsync and os.replace, counted; at the Nth call something else happens first."""

    def __init__(self, at: int = 0, happens: Callable[[], None] | None = None) -> None:
        self.at, self.happens, self.done = at, happens, 0
        self.fsync, self.replace = self._counted(os.fsync), self._counted(os.replace)

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*given: Any, **named: Any) -> Any:
            self.done += 1
            if self.done == self.at and self.happens is not None:
                self.happens()
            return call(*given, **named)

        return instead


def trained(monkeypatch: pytest.MonkeyPatch, folder: Path, seed: int, writes: Writes) -> int:
    """Trains here and now; how many writes there were."""
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", writes.fsync)
        patched.setattr("os.replace", writes.replace)
        train(folder, Local(seed=seed), evaluate=False)
    return writes.done


def killed(folder: Path, seed: int, at: int) -> None:
    """Trains in a process of its own, which is killed at its Nth write."""
    code = (
        "import os, signal, sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3]\n"
        "from test_train_kill import Local, Writes, train\n"
        "writes = Writes(int(sys.argv[5]), lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "os.fsync, os.replace = writes.fsync, writes.replace\n"
        "train(Path(sys.argv[3]), Local(seed=int(sys.argv[4])), evaluate=False)\n"
    )
    here = Path(__file__).parent
    command = [sys.executable, "-c", code, str(here), str(here.parent), str(folder), str(seed), str(at)]
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, check=False, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]


def all_whole(versions: Versions) -> bool:
    """True where the version that serves, and every other, is what was written; BadArtifact when a byte is not."""
    for info in versions.all():
        versions.load(info.version)
    return versions.current() is not None and all(info.ok for info in versions.all())


@pytest.mark.slow
def test_a_training_cut_short_leaves_the_old_version_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shop = put(corner_shop(), tmp_path, RECIPE)
    versions = Versions(shop / "models")
    writes = trained(monkeypatch, shop, 0, Writes())
    first = versions.current()
    assert trained(monkeypatch, shop, 1, Writes()) == writes  # another seed: all is learnt anew, and there is a way back
    assert versions.current() != first
    rng = random.Random(int.from_bytes(os.urandom(4), "big"))
    # somewhere, and around the rename of the version and that of the switch
    for seed, at in enumerate((rng.randrange(1, writes - 4), writes - rng.randrange(4)), 2):
        killed(shop, seed, at)
        assert all_whole(versions)
    drafts = set(versions.folder.glob(".draft-*"))

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = versions.current()
    with pytest.raises(OSError, match="No space"):
        trained(monkeypatch, shop, 4, Writes(writes - rng.randrange(2, 8), full))
    assert versions.current() == before
    assert all_whole(versions)
    assert set(versions.folder.glob(".draft-*")) == drafts, "who finds the disk full leaves nothing on it"
    known = {info.version for info in versions.all()}
    trained(monkeypatch, shop, 4, Writes())
    assert versions.current() not in known
    assert all_whole(versions)
    assert versions.rollback()
    for path in drafts:
        os.utime(path, (0, 0))  # left behind long ago
    versions.write({}, {})
    assert not list(versions.folder.glob(".draft-*")), "what was killed is cleared away"
