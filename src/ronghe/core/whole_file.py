"""A file that is there whole or not at all, whatever falls over meanwhile; and what people wrote into one."""

import os
import secrets
from pathlib import Path

from ronghe.core.errors import BadRecipe


def write_whole(path: Path, text: str) -> None:
    """Puts a text (UTF-8) where `path` is; on disk when this returns. OSError leaves what was there, and no trace."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        draft.write_text(text, encoding="utf-8")
        sync(draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)  # there only when the disk is full
    sync(path.parent)


def written_in(path: Path) -> str:
    """The text of a file that people write: UTF-8, with or without a byte order mark. BadRecipe when it is something else."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecipe(f"{path}: byte {error.start + 1} is no UTF-8; right would be a text saved as UTF-8") from error


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
