"""How commands end: what the disk refuses is one line that says what to do, what is our fault is told as such."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from ronghe.cli.errors import told
from ronghe.cli.shop import init
from ronghe.core.errors import BadData


def raising(error: BaseException) -> Any:
    def app(**given: Any) -> None:
        raise error

    return app


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EFBIG])
def test_a_disk_that_refuses_is_one_line(number: int, capsys: pytest.CaptureFixture[str]):
    assert told(raising(OSError(number, os.strerror(number), "models/x")), []) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "models/x" in line
    assert os.strerror(number) in line
    assert "run this again" in line


def test_what_is_wrong_with_data_is_one_line(capsys: pytest.CaptureFixture[str]):
    assert told(raising(BadData("price is -1")), []) == 2
    assert capsys.readouterr().err == "ronghe: price is -1\n"


def test_a_fault_of_ours_is_told_as_such(capsys: pytest.CaptureFixture[str]):
    for error in (ValueError("oh"), OSError(errno.EINVAL, "oh")):
        assert told(raising(error), []) == 1
        assert "fault in Ronghe" in capsys.readouterr().err


def test_a_word_that_is_no_utf_8_is_one_line(capsys: pytest.CaptureFixture[str]):
    assert told(raising(ValueError("never asked")), ["search", os.fsdecode(b"\xff milk")]) == 2
    assert "is no UTF-8" in capsys.readouterr().err


def test_what_can_be_no_folder_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BadData, match="cannot be a folder"):
            init(place, shop=tmp_path, recipe="shop")
