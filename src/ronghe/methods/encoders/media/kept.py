"""Features of a shop's own files: worked out once, and kept by the hash of what is in a file."""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadMedia
from ronghe.core.media import MediaFiles
from ronghe.methods.encoders.media import pictures, sounds
from ronghe.methods.encoders.media.features import PICTURES, SOUNDS, Sense
from ronghe.methods.encoders.media.library import is_local, library_of

Features = NDArray[np.float16]
Track = Callable[[Iterable[Any], str, int | None], Iterable[Any]]
LONGEST = {PICTURES.name: pictures.BYTES, SOUNDS.name: sounds.BYTES}
WIDTH = {PICTURES.name: 2_064, SOUNDS.name: 3_412}
MADE = "1"  # changes when features of the same file do


@dataclass(frozen=True)
class Read:
    """features (files, width), one a file that could be read · row (names,): which is whose, -1 = none ·
    wrong: why others could not be read, by name.
    """

    features: Features
    row: NDArray[np.int64]
    wrong: dict[str, str] = field(default_factory=dict)


def features_of(files: MediaFiles | None, sense: Sense, names: Sequence[str], track: Track | None = None) -> Read:
    """Features of the files that items name; "" and addresses of other places name none."""
    distinct = [name for name in dict.fromkeys(names) if is_local(name)] if files is not None else []
    watched = track(distinct, f"reading {sense.name}s", len(distinct)) if track is not None and distinct else distinct
    rows: dict[str, int] = {}
    found: list[Features] = []
    wrong: dict[str, str] = {}
    for name in watched:
        assert files is not None
        try:
            held = _of_file(files, sense, name)
        except BadMedia as error:
            wrong[name] = str(error)
            continue
        if held is not None:
            rows[name] = len(found)
            found.append(held)
        else:
            wrong[name] = f"{name} is neither in {files.folder.name} nor in an archive there"
    features = np.stack(found) if found else np.zeros((0, WIDTH[_kind(sense)]), dtype=np.float16)
    return Read(features, np.array([rows.get(name, -1) for name in names], dtype=np.int64), wrong)


def of_content(sense: Sense, content: bytes, name: str) -> Features:
    """Features of one file (width,), rounded as they are kept. BadMedia when it cannot be read."""
    return sense.of(content, name).astype(np.float16)


def _of_file(files: MediaFiles, sense: Sense, name: str) -> Features | None:
    content = library_of(files.folder).read(name, LONGEST[_kind(sense)])
    if content is None or files.kept is None:
        return None if content is None else of_content(sense, content, name)
    digest = hashlib.sha256(content).hexdigest()
    path = files.kept / f"{sense.name}-{MADE}" / digest[:2] / f"{digest}.npy"
    with suppress(OSError, ValueError):  # what is broken is made anew
        held: Features = np.load(path, allow_pickle=False)
        if held.shape == (WIDTH[_kind(sense)],) and held.dtype == np.float16:
            return held
    made = of_content(sense, content, name)
    _keep(path, made)
    return made


def _kind(sense: Sense) -> str:
    return sense.name.partition("-")[0]


def _keep(path: Path, features: Features) -> None:
    """Whole or not at all; a full disk is no reason to stop."""
    draft = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            np.save(file, features, allow_pickle=False)
        draft.replace(path)
