"""Files as streams of bytes: plain, .gz or .zst, read as they come, with a bound on how far an archive may swell."""

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from ronghe.core.errors import BadData

SWELL = 200  # times its own size that an archive may unpack to …
FREE = 64 * 2**20  # … once it has unpacked to so many bytes
WINDOW = 2**27  # bytes of memory that unpacking a .zst may take
PIECE = 1024  # packed bytes that are unpacked at a time: at most 32 MiB come out of them
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
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw) if suffix == ".gz" else io.BufferedReader(_Zstandard(raw)))


class _Zstandard(io.RawIOBase):
    """Unpacks frame after frame; unlike the library's own stream it says when the last one is cut short."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._packed, self._out = raw, b"", b""
        self._frame: Any = _frame()
        self._begun = False  # whether the frame has had any bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        while not self._out:
            self._packed = self._packed or self._raw.read(PIECE)
            if not self._packed:
                if self._begun:
                    raise EOFError("the last frame has no end")
                return 0
            self._begun = True
            self._out, self._packed = self._frame.decompress(self._packed), b""
            if self._frame.eof:
                self._packed = self._frame.unused_data
                self._frame, self._begun = _frame(), False
        piece, self._out = self._out[: len(view)], self._out[len(view) :]
        view[: len(piece)] = piece
        return len(piece)


def _frame() -> Any:
    return zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()


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
