"""Pages hold together: links lead somewhere, the README's commands exist, and its Chinese twin says the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
README, TWIN = ROOT / "README.md", ROOT / "README.zh-CN.md"


def without_code(page: Path) -> str:
    return CODE.sub("", page.read_text(encoding="utf-8"))


def commands(page: Path) -> list[str]:
    """Every line of the page's bash blocks, without comments."""
    lines = [line for kind, code in CODE.findall(page.read_text(encoding="utf-8")) if kind == "bash" for line in code.splitlines()]
    return [stripped for line in lines if (stripped := line.partition("  #")[0].strip()) and not stripped.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    local = [link for link in LINK.findall(without_code(page)) if "://" not in link and not link.startswith("mailto:")]
    broken = [link for link in local if not (page.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name != "decisions"], ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_of_a_page_exist(page: Path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(known_commands())
    for line in commands(page):
        words = line.split()
        if words[0] == "make":
            assert words[1] in targets, line
        if words[0] in ("ronghe", ".venv/bin/ronghe"):
            assert words[1] in known or words[1].startswith("-"), line


def known_commands() -> list[str]:
    from ronghe.cli.app import app

    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    return [*names, *(group.name for group in app.registered_groups if group.name)]


def test_the_twin_has_the_same_sections_and_commands():
    shapes = [re.findall(r"^(#+) ", without_code(page), re.MULTILINE) for page in (README, TWIN)]
    assert shapes[0] == shapes[1]
    assert [code for _, code in code_blocks(README)] == [code for _, code in code_blocks(TWIN)]
    assert sorted(LINK.findall(without_code(README))) == sorted(
        link.replace("README.md", "README.zh-CN.md") for link in LINK.findall(without_code(TWIN))
    )


def code_blocks(page: Path) -> list[tuple[str, str]]:
    """Code of the page without its comments: those are in the page's language."""
    found = CODE.findall(page.read_text(encoding="utf-8"))
    return [
        (kind, re.sub(r"\s*#.*$", "", code, flags=re.MULTILINE))
        for kind, code in found
        if kind in ("bash", "python", "toml", "json")
    ]


def test_every_page_can_be_reached_from_the_index():
    seen, ahead = set(), [ROOT / "docs" / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        ahead += [(page.parent / link).resolve() for link in LINK.findall(without_code(page)) if "://" not in link]
    lost = [p for p in PAGES if p.is_relative_to(ROOT / "docs") and p not in seen and p.parent.name != "decisions"]
    assert not lost


def test_the_command_line_says_its_version():
    asked = [sys.executable, "-c", "from ronghe.cli import main; main(['--version'])"]
    assert subprocess.run(asked, capture_output=True, text=True, check=False).stdout.startswith("ronghe ")
