"""Files are short, say in their first line what they are, and have names that mean something; functions fit on a screen."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc|stuff)$")
MACHINE = re.compile(r"(?<![\w.])/(root|home|work|Users)/\w|index-url|[\w-]+\.internal\b")


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    found = [ROOT / name for name in listed if name] or [p for p in ROOT.rglob("*") if ".venv" not in p.parts and p.is_file()]
    return sorted(p for p in found if p.is_file() and (not endings or p.suffix in endings))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


PYTHON = tracked(".py")


def test_there_are_files_to_look_at():
    assert len(PYTHON) > 50


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_file_opens_with_what_it_is(path: Path):
    caption = path.read_text(encoding="utf-8").split("\n", 1)[0]
    assert re.match(r'r?"""\S.{9,}', caption), f"the first line is {caption!r}; right would be a caption in three quotes"


@pytest.mark.parametrize("path", tracked(".py", ".js", ".css", ".html"), ids=name_of)
def test_a_file_is_short(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{lines} lines; a file holds one idea in at most {LONGEST_FILE}"


@pytest.mark.parametrize("path", [p for p in PYTHON if "tests" not in p.parts], ids=name_of)
def test_a_function_fits_on_a_screen(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: body_lines(f) for f in functions if body_lines(f) > LONGEST_FUNCTION}
    assert not long, f"lines of their bodies: {long}; {LONGEST_FUNCTION} is the end"


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_file_has_a_name_that_means_something(path: Path):
    assert not EMPTY_NAMES.search(path.stem), f"{path.name} could hold anything"


@pytest.mark.parametrize("path", tracked(".py", ".md", ".toml", ".js", ".html", ".css", ".txt", ""), ids=name_of)
def test_nothing_depends_on_one_machine(path: Path):
    if path == Path(__file__):
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    found = [line.strip() for line in text.splitlines() if MACHINE.search(line)]
    assert not found, found[:3]
