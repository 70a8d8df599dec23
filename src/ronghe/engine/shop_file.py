"""A text file of the shop folder that people and other processes may change while the shop serves: the rules, the synonyms."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from ronghe.core.errors import BadRecipe
from ronghe.core.whole_file import write_whole, written_in

T = TypeVar("T")


class ShopFile(Generic[T]):
    """parse: what the text says, or BadRecipe with the line. Not there is as good as empty."""

    def __init__(self, path: Path, parse: Callable[[str], T]) -> None:
        self.path = path
        self.parse = parse
        self._seen = self._stamp()

    def text(self) -> str:
        """The text as it is; "" when there is none. BadRecipe when it is not in UTF-8."""
        return written_in(self.path) if self.path.is_file() else ""

    def value(self) -> T:
        """What it says. BadRecipe when it cannot be read."""
        return self.parse(self.text())

    def write(self, text: str) -> T:
        """Checks a text and keeps it. BadRecipe with the line leaves the old one."""
        value = self.parse(text)
        write_whole(self.path, text)
        self._seen = self._stamp()
        return value

    def changed(self, broken: dict[str, str]) -> T | None:
        """What it says, when it changed since the last look; a text that is wrong is noted in `broken` and changes nothing."""
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            value = self.value()
        except (BadRecipe, OSError) as error:
            broken[self.path.name] = str(error)
            return None
        broken.pop(self.path.name, None)
        return value

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino
