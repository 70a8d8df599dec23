"""The tutorial's commands run, in order, as they stand there."""

import re
import shlex
from pathlib import Path

import pytest

from real_shop import COMMANDS, ronghe

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-shop.md"
BASH = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines() -> list[tuple[str, ...]]:
    found = [shlex.split(line) for block in BASH.findall(PAGE.read_text(encoding="utf-8")) for line in block.splitlines()]
    return [tuple(words[1:]) for words in found if words[0] == "ronghe"]


def test_it_opens_a_shop_as_the_tests_do():
    assert [words for words in lines() if words in COMMANDS][: len(COMMANDS)] == list(COMMANDS)


@pytest.mark.slow
def test_every_command_runs(shop_copy: Path):
    after = lines()[lines().index(("models",)) :]  # what comes before has made the copy
    assert len(after) >= 6
    for words in after:
        done = ronghe(*words, folder=shop_copy.parent)
        assert done.stdout.strip(), words
