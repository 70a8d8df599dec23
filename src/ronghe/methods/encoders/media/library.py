"""Where a shop's pictures and sounds lie: files of a folder, and what its zip archives hold, by name."""

import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from ronghe.core.errors import BadData, BadMedia, BadRecipe

MOST = 2_000_000  # entries of one archive
AT_HAND = 4  # libraries that are kept open


@dataclass(frozen=True)
class Library:
    """folder: of the files. A name is a path below it, or of an entry in one of the zip archives that lie in it."""

    folder: Path

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise BadRecipe(f"{self.folder} is no folder; right would be the one where the shop's pictures and sounds lie")

    def read(self, name: str, longest: int) -> bytes | None:
        """The file of that name; None when there is none. BadMedia when it has more than `longest` bytes, or cannot be unpacked."""
        if "\x00" in name:
            return None
        path = (self.folder / name).resolve()
        if path.is_relative_to(self.folder.resolve()) and path.is_file():
            with path.open("rb") as file:
                content = file.read(longest + 1)
        elif name in self._archived:
            content = _unpacked(self._archived[name], name, longest)
        else:
            return None
        if len(content) > longest:
            raise BadMedia(f"{name} has more than {longest} bytes", BadMedia.TOO_LARGE)
        return content

    @cached_property
    def _archived(self) -> dict[str, zipfile.ZipFile]:
        """The archive of each entry."""
        found: dict[str, zipfile.ZipFile] = {}
        for path in sorted(self.folder.glob("*.zip")):
            try:
                archive = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, OSError) as error:
                raise BadData(f"{path} is no zip archive that can be read: {error}") from error
            found |= dict.fromkeys(archive.namelist()[:MOST], archive)
        return found


def is_local(name: str) -> bool:
    """Whether an item names a file of the shop's own, not an address somewhere: addresses are never fetched."""
    try:
        found = urlsplit(name.strip())
    except ValueError:
        return False
    return bool(name.strip()) and not found.scheme and not found.netloc


def library_of(folder: Path) -> Library:
    """The library of a folder; the same one as long as its archives are the same files."""
    archives = ((path.name, path.stat()) for path in sorted(folder.glob("*.zip")))
    return _library(folder, tuple((name, found.st_size, found.st_mtime_ns, found.st_ino) for name, found in archives))


@lru_cache(maxsize=AT_HAND)
def _library(folder: Path, _archives: tuple[tuple[str, int, int, int], ...]) -> Library:
    return Library(folder)


def _unpacked(archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    """At most one byte more than `longest`, whatever the archive says that it would unfold to."""
    try:
        with archive.open(name) as entry:
            return entry.read(longest + 1)
    except Exception as error:  # locked with a password, packed in another way, cut short: zipfile and zlib raise many kinds
        raise BadMedia(f"{name} cannot be unpacked: {error}", BadMedia.BROKEN) from error
