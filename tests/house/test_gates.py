"""The gates of the house: ruff, its formatting, strict types, and the floors that imports may only go down."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
GATES = {
    "ruff": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy", "--no-error-summary"],
    "floors": ["-c", LINT],
}


@pytest.mark.parametrize("gate", GATES)
def test_the_gate_is_passed(gate: str):
    done = subprocess.run([sys.executable, *GATES[gate]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{gate}:\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
