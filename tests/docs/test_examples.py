"""Every file of examples/ runs."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.stem)
def test_the_example_runs(example: Path, request: pytest.FixtureRequest, tmp_path: Path):
    needs_shop = "sys.argv" in example.read_text(encoding="utf-8")
    words = [str(request.getfixturevalue("shop_copy"))] if needs_shop else []
    asked = [sys.executable, "-W", "error", str(example), *words]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
