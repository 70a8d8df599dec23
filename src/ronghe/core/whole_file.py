"""A file that is there whole or not at all, whatever falls over meanwhile."""

import os
import secrets
from pathlib import Path


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


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
