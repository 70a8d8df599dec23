"""Versions of a shop's models: whole or not there, checked by SHA-256, switched atomically, rolled back."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadArtifact, NotFound
from ronghe.core.whole_file import sync, write_whole
from ronghe.engine.artifacts import load_model, save_model

MANIFEST, META = "manifest.json", "meta.json"
CURRENT = "current"  # the file that names the versions that served, the one that serves last
DRAFT_LIFE = 3600.0  # seconds without a change after which a draft is nobody's any more
Parts = Mapping[str, Mapping[str, Any]]  # role -> name -> model


@dataclass(frozen=True)
class ModelInfo:
    """One version on disk: size in bytes; ok = its manifest is readable (files are hashed only when it is loaded)."""

    version: str
    trained: str
    current: bool
    recipe_hash: str
    metrics: Mapping[str, float]
    size: int
    ok: bool


@dataclass(frozen=True)
class Versions:
    """The folder models/ of a shop: one folder a version, and the file `current`."""

    folder: Path

    def write(self, parts: Parts, meta: Mapping[str, Any]) -> str:
        """Writes a new version and returns its name; it is not current yet. Nothing is seen of it until it is whole."""
        version = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)
        self._clear_away()
        draft = self.folder / f".draft-{version}"
        draft.mkdir(parents=True)
        try:
            for role, models in parts.items():
                for name, model in models.items():
                    save_model(model, draft / role / name)
            (draft / META).write_text(json.dumps({**meta, "version": version}, indent=1), encoding="utf-8")
            seal(draft)
            os.replace(draft, self.folder / version)
            sync(self.folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return version

    def _clear_away(self) -> None:
        """Removes what a write that was killed left behind; a draft of late may be somebody's who is still at it."""
        for draft in self.folder.glob(".draft-*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > DRAFT_LIFE:
                    shutil.rmtree(draft, ignore_errors=True)

    def load(self, version: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """The models of a version, by role and name, and its meta. BadArtifact when one byte is not what was written."""
        folder = self._path(version)
        verify(folder)
        meta = _meta(folder)
        roles = sorted(p for p in folder.iterdir() if p.is_dir())
        return {r.name: {p.name: load_model(p) for p in sorted(r.iterdir())} for r in roles}, meta

    def current(self) -> str | None:
        """The version that serves; None before the first."""
        order = self._order()
        return order[-1] if order else None

    def switch(self, version: str) -> None:
        """Makes a version current, atomically."""
        self._path(version)
        order = self._order()
        if not order or order[-1] != version:
            self._write_order([*order, version][-50:])

    def rollback(self) -> str:
        """Goes back to the version that was current before, and returns it."""
        version, order = self.before(), self._order()
        self._write_order(order[: len(order) - 1 - order[-2::-1].index(version)])
        return version

    def before(self) -> str:
        """The version that was current before, of those that are still there. NotFound when there is none."""
        found = next((version for version in self.earlier() if version != self.current()), None)
        if found is None:
            raise NotFound("there is no earlier version to roll back to; train twice, or switch to a version by name")
        return found

    def earlier(self) -> list[str]:
        """Versions that served before the current one, latest first, each once."""
        return [v for v in dict.fromkeys(self._order()[-2::-1]) if (self.folder / v).is_dir()]

    @property
    def damaged(self) -> bool:
        """True when a version was made current once, and which can no longer be read."""
        return not self._order() and (self.folder / CURRENT).exists()

    def in_turn(self) -> list[str]:
        """What to try to serve: the current version, those that served before, then every other that the gate let in, newest first.

        Nothing where no version was ever made current.
        """
        order = self._order()
        if not order and not self.damaged:
            return []
        others = [info.version for info in self.all() if info.ok and not self._refused(info.version)]
        return list(dict.fromkeys([*order[-1:], *self.earlier(), *others]))

    def _refused(self, version: str) -> bool:
        return _meta(self.folder / version).get("gated") is not None

    def all(self) -> list[ModelInfo]:
        """All versions, newest first."""
        if not self.folder.is_dir():
            return []
        names = sorted((p.name for p in self.folder.iterdir() if p.is_dir() and not p.name.startswith(".")), reverse=True)
        return [self._info(name, self.current()) for name in names]

    def _info(self, version: str, current: str | None) -> ModelInfo:
        folder = self.folder / version
        try:
            files = _manifest(folder)
            meta = _meta(folder)
        except BadArtifact:
            return ModelInfo(version, "", version == current, "", {}, 0, False)
        size = sum(entry["bytes"] for entry in files.values())
        return ModelInfo(
            version, meta.get("trained", ""), version == current, meta.get("recipe", ""), meta.get("metrics", {}), size, True
        )

    def _path(self, version: str) -> Path:
        folder = self.folder / version
        if not version or Path(version).name != version or version.startswith(".") or not folder.is_dir():
            raise NotFound(f"no model version {version!r}; `ronghe models` lists them")
        return folder

    def _order(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError, UnicodeDecodeError):  # damaged: as if none served yet; a switch mends it
            return (self.folder / CURRENT).read_text(encoding="utf-8").split()
        return []

    def _write_order(self, order: list[str]) -> None:
        write_whole(self.folder / CURRENT, "\n".join(order) + "\n")


def verify(folder: Path) -> None:
    """BadArtifact unless every file of a version is there, is as long as it was, and has the SHA-256 it had."""
    files = _manifest(folder)
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    if found != set(files):
        raise BadArtifact(f"{folder} lacks {sorted(set(files) - found)} and has unexpected {sorted(found - set(files))}")
    for name, entry in files.items():
        if _digest(folder / name) != entry["sha256"]:
            raise BadArtifact(f"{folder / name} is not what was written: its SHA-256 differs from the manifest's")


def seal(folder: Path) -> None:
    """Writes the manifest of everything in the folder, and makes sure that all of it is on disk."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    files = {str(p.relative_to(folder)): {"sha256": _digest(p), "bytes": p.stat().st_size} for p in paths}
    manifest = {"files": files, "sha256": _hash_of(files)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in [*paths, folder / MANIFEST, *(p for p in folder.rglob("*") if p.is_dir()), folder]:
        sync(path)


def _meta(folder: Path) -> dict[str, Any]:
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadArtifact(f"{folder / META} cannot be read: {error}") from error
    if not isinstance(meta, dict):
        raise BadArtifact(f"{folder / META} is not what was written")
    return meta


def _manifest(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, dict[str, Any]] = manifest["files"]
        whole = manifest["sha256"] == _hash_of(files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadArtifact(f"the manifest of {folder} cannot be read: {error}") from error
    if not whole:
        raise BadArtifact(f"the manifest of {folder} is not what was written")
    return files


def _hash_of(files: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
