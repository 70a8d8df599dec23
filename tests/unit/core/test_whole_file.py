"""A file is the old one or the new one, and nothing else is left beside it."""

from pathlib import Path

import pytest

from ronghe.core.errors import BadRecipe
from ronghe.core.whole_file import write_whole, written_in


def test_a_text_is_put_where_another_was(tmp_path: Path) -> None:
    path = tmp_path / "note"
    for text in ("one", "二\n"):
        write_whole(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there_and_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note"
    write_whole(path, "old")

    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_text_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, mark: bytes) -> None:
    (tmp_path / "note").write_bytes(mark + "二".encode())
    assert written_in(tmp_path / "note") == "二"


def test_a_text_that_is_no_utf_8_is_named_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(b"a\xff")
    with pytest.raises(BadRecipe, match="note: byte 2 is no UTF-8"):
        written_in(tmp_path / "note")
