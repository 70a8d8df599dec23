"""A shop's own files: what is no file, holds no row, or swells is said, and never read for ever."""

import gzip
import os

import pytest

from ronghe.core.errors import BadData
from ronghe.stores import streams
from ronghe.stores.files import Files, chunks
from ronghe.stores.lines import LINE_LIMIT


def test_a_line_that_swells_beyond_measure_ends_the_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "FREE", 4 * LINE_LIMIT)
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "' + b"a" * (64 * LINE_LIMIT)))
    with pytest.raises(BadData, match="unpacks to more"):
        list(chunks(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "f.csv")
    with pytest.raises(BadData, match="neither a file nor a folder"):
        Files((tmp_path / "f.csv",)).parts()
    with pytest.raises(BadData, match="nothing to read"):
        Files((tmp_path,)).parts()


def test_why_a_file_holds_no_rows_is_said(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('[{"id": "a", "title": "Tea"}]')
    with pytest.raises(BadData, match="line is a JSON array; right would be an object"):
        Files((path,)).parts()
