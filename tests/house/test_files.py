"""Files are short, say in their first line what they are, and have names that mean something; functions fit on a screen."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
CAPTION = re.compile(r'r?"""\S.{9,}')
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc|stuff)$")
MACHINE = re.compile(r"(?<![\w.])/(root|home|work|Users)/\w|index-url|[\w-]+\.internal\b")
TEXT = (".py", ".md", ".toml", ".js", ".html", ".css", ".txt", ".yml", "")


def tracked(*endings: str) -> list[Path]:
    """Files of the repository; where there is no git, files of the folder."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [ROOT / name for name in listed.stdout.split("\n") if name] or [p for p in ROOT.rglob("*") if ".venv" not in p.parts]
    return sorted(p for p in found if p.is_file() and p.suffix in endings)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_files_to_look_at():
    assert len(tracked(".py")) > 50


def test_every_file_opens_with_what_it_is():
    silent = [name_of(p) for p in tracked(".py") if not CAPTION.match(text_of(p).split("\n", 1)[0])]
    assert not silent, "the first line of a file is a caption in three quotes"


def test_every_file_is_short():
    lines = {name_of(p): text_of(p).count("\n") for p in tracked(".py", ".js", ".css", ".html")}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}, "a file holds one idea"


def test_every_function_fits_on_a_screen():
    found = {f"{name_of(p)}: {name}": size for p in tracked(".py") if "tests" not in p.parts for name, size in functions(p)}
    assert {name: size for name, size in found.items() if size > LONGEST_FUNCTION} == {}, "lines of the body"


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of the body, docstring apart, of each function of a file."""
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node.name, (node.end_lineno or 0) - body[0].lineno + 1


def test_every_file_has_a_name_that_means_something():
    assert [name_of(p) for p in tracked(".py") if EMPTY_NAMES.search(p.stem)] == []


def test_nothing_depends_on_one_machine():
    lines = [(p, line.strip()) for p in tracked(*TEXT) if p != Path(__file__) for line in text_of(p).splitlines()]
    assert [f"{name_of(p)}: {line[:120]}" for p, line in lines if MACHINE.search(line)] == []
