"""Packed files: read as they come, never further than is believable."""

import gzip

import pytest
import zstandard

from ronghe.core.errors import BadData
from ronghe.stores import streams
from ronghe.stores.streams import open_seekable, open_stream

TEXT = b"".join(b"line %d\n" % n for n in range(5000))


def packed(tmp_path, suffix, data=TEXT):
    path = tmp_path / f"f.csv{suffix}"
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[suffix]
    path.write_bytes(pack(data))
    return path


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_what_was_packed_is_read(tmp_path, suffix):
    path = packed(tmp_path, suffix)
    with open_stream(path) as stream:
        assert stream.readline() == b"line 0\n"
        assert len(stream.read()) == len(TEXT) - 7
    with open_seekable(path) as stream:
        stream.seek(-5, 2)
        assert stream.read() == TEXT[-5:]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_an_archive_bomb_is_refused_before_it_goes_off(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr(streams, "FREE", 2**20)
    path = packed(tmp_path, suffix, bytes(64 * 2**20))
    with open_stream(path) as stream, pytest.raises(BadData, match="unpacks to more"):  # noqa: PT012
        while stream.read(2**16):
            pass


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_file_cut_short_or_damaged_is_said(tmp_path, suffix):
    path = packed(tmp_path, suffix, TEXT * 20)
    whole = path.read_bytes()
    for wrong in (whole[: len(whole) // 2], whole[:-3], b"\x00" * 50, whole + b"more"):
        path.write_bytes(wrong)
        with pytest.raises(BadData, match="damaged or cut short"), open_stream(path) as stream:
            stream.read()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_archives_put_one_behind_the_other_are_one_file(tmp_path, suffix):
    path = packed(tmp_path, suffix)
    path.write_bytes(path.read_bytes() * 2)
    with open_stream(path) as stream:
        assert stream.read() == TEXT * 2


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadData, match="not there"), open_stream(tmp_path / "no.csv"):
        pass
