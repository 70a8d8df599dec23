"""Imports: no circles, and the command line loads nothing heavy before it knows what was asked."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

HEAVY = ("numpy", "scipy", "polars", "pyarrow", "sqlalchemy", "alembic", "tantivy", "faiss",
         "lightgbm", "onnxruntime", "fastapi", "uvicorn", "rich", "structlog", "asyncio")  # fmt: skip
ASK = """
import sys
from ronghe.cli import main
status = main({words!r})
print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}}))
sys.exit(status)
"""


def test_no_module_imports_itself_by_a_detour():
    graph = grimp.build_graph("ronghe")  # not even for types
    sorter = TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules})
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["search", "--help"], ["train", "--help"], ["tune", "--help"], ["serve", "--help"]],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(words: list[str]):
    done = subprocess.run([sys.executable, "-c", ASK.format(words=words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "typer" in loaded
    assert sorted(loaded & set(HEAVY)) == []
