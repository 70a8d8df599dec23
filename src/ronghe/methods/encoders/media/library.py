"""Where a shop's pictures and sounds lie: files of a folder, and what its zip archives hold, by name."""

import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ronghe.core.errors import BadData, BadMedia, BadRecipe

MOST = 2_000_000  # entries of one archive


@dataclass(frozen=True)
class Library:
    """folder: of the files. A name is a path below it, or of an entry in one of the zip archives that lie in it."""

    folder: Path

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise BadRecipe(f"{self.folder} is no folder; right would be the one where the shop's pictures and sounds lie")

    def read(self, name: str, longest: int) -> bytes | None:
        """The file of that name; None when there is none. BadMedia when it has more than `longest` bytes."""
        path = (self.folder / name).resolve()
        if path.is_relative_to(self.folder.resolve()) and path.is_file():
            with path.open("rb") as file:
                content = file.read(longest + 1)
        elif name in self._archived:
            with zipfile.ZipFile(self._archived[name]) as archive, archive.open(name) as entry:
                content = entry.read(longest + 1)  # never more, whatever the archive says
        else:
            return None
        if len(content) > longest:
            raise BadMedia(f"{name} has more than {longest} bytes", BadMedia.TOO_LARGE)
        return content

    @cached_property
    def _archived(self) -> dict[str, Path]:
        """The archive of each entry."""
        found: dict[str, Path] = {}
        for path in sorted(self.folder.glob("*.zip")):
            try:
                with zipfile.ZipFile(path) as archive:
                    names = archive.namelist()
            except (zipfile.BadZipFile, OSError) as error:
                raise BadData(f"{path} is no zip archive that can be read: {error}") from error
            found |= dict.fromkeys(names[:MOST], path)
        return found
