"""Files as streams of bytes: plain, .gz or .zst, read as they come, with a bound on how far an archive may swell."""

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from ronghe.core.errors import BadData

SWELL = 200  # times its own size that an archive may unpack to …
FREE = 64 * 2**20  # … once it has unpacked to so many bytes
WINDOW = 2**27  # bytes of memory that unpacking a .zst may take
PACKED = (".gz", ".zst")


@contextmanager
def open_stream(path: Path) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file. BadData when it is not there, damaged, cut short or swells beyond measure."""
    try:
        with path.open("rb") as raw:
            if path.suffix not in PACKED:
                yield raw
                return
            bound = max(FREE, SWELL * path.stat().st_size)
            with io.BufferedReader(_Bounded(_unpacked(raw, path.suffix), bound, path), 2**20) as stream:
                yield cast(IO[bytes], stream)
    except FileNotFoundError as error:
        raise BadData(f"{path} is not there") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        raise BadData(f"{path} is damaged or cut short: {error}; what was read before is kept") from error


@contextmanager
def open_seekable(path: Path) -> Iterator[IO[bytes]]:
    """The same for formats that are read from the end, as Parquet: a packed file is unpacked to a temporary one."""
    with open_stream(path) as stream:
        if path.suffix not in PACKED:
            yield stream
            return
        with tempfile.TemporaryFile() as whole:
            while piece := stream.read(2**20):
                whole.write(piece)
            whole.seek(0)
            yield cast(IO[bytes], whole)


def _unpacked(raw: IO[bytes], suffix: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    return cast(IO[bytes], zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(raw, read_across_frames=True))


class _Bounded(io.RawIOBase):
    def __init__(self, inner: IO[bytes], bound: int, path: Path) -> None:
        self._inner, self._left, self._bound, self._path = inner, bound, bound, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        piece = self._inner.read(len(view))
        self._left -= len(piece)
        if self._left < 0:
            raise BadData(f"{self._path} unpacks to more than {self._bound} bytes; unpack it yourself if that is right")
        view[: len(piece)] = piece
        return len(piece)
