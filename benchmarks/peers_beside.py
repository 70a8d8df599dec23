"""A package in an environment of its own, which is made when first needed; its process is told tasks and answers by JSON lines."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.complete_journey import Part
from benchmarks.peers_implicit import FOREVER, table
from benchmarks.peers_tuning import Fitted, Settings, System
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.segments import splits_of

OUT = Path(__file__).parents[1] / "out"
ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Package:
    """name · wanted: what pip is asked for · side: the file of its half, beside this one · grids: settings to try of each of its
    algorithms · same: settings that an algorithm always has.
    """

    name: str
    wanted: tuple[str, ...]
    side: str
    grids: Mapping[str, Mapping[str, tuple[Any, ...]]]
    same: Mapping[str, Settings]

    @property
    def place(self) -> Path:
        """The folder of its environment."""
        return OUT / f"{self.name}-venv"


@contextmanager
def beside(package: Package) -> Iterator[tuple[dict[str, System], str]]:
    """The package's systems while its process runs, and its version; no system, and why, where it cannot be had."""
    try:
        python = environment(package)
    except (OSError, subprocess.CalledProcessError) as error:
        yield {}, skipped(getattr(error, "stderr", None) or str(error))
        return
    with TemporaryDirectory() as folder:
        words = [str(python), str(Path(__file__).with_name(package.side))]
        errors = Path(folder) / "errors.txt"
        with (
            errors.open("w") as said,
            subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={**os.environ, **ALONE},
                cwd=folder,
            ) as process,
        ):
            side = Side(process, Path(folder))
            try:
                version = side.said()["version"]
            except RuntimeError as error:
                yield {}, skipped(errors.read_text() or str(error))
                return
            try:
                yield {f"{package.name}-{kind}": side.system(package, kind) for kind in package.grids}, version
            finally:
                process.kill()


def skipped(why: str) -> str:
    """The last line of what went wrong."""
    return f"skipped: {(why.strip().splitlines() or ['no reason given'])[-1][:200]}"


def environment(package: Package) -> Path:
    """Its interpreter; the environment is made when there is none, and anew when making it did not end."""
    python, done = package.place / "bin" / "python", package.place / "made"
    if not done.is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(package.place)], check=True, capture_output=True, text=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *package.wanted]
        subprocess.run(pip, check=True, capture_output=True, text=True)
        done.touch()
    return python


class Side:
    """The other process: a JSON line there, a JSON line back."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder

    def said(self) -> dict[str, Any]:
        """Its next line. RuntimeError when it ended."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"the other process ended with {self.process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def asked(self, **task: Any) -> dict[str, Any]:
        """Its answer to a task."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return self.said()

    def system(self, package: Package, kind: str) -> System:
        """One of its algorithms as a system of the table."""

        def fit(part: Part, settings: Settings, seed: int) -> Fitted:
            taste, liking = table(part, FOREVER)
            sp.save_npz(self.folder / "liking.npz", liking)
            given = {**settings, **package.same.get(kind, {})}
            seconds = self.asked(do="fit", kind=kind, settings=given, seed=seed, at=str(self.folder))["seconds"]

            def answer(queries: Queries, k: int) -> Candidates:
                np.save(self.folder / "users.npy", queries.user)
                self.asked(do="answer", k=k, at=str(self.folder))
                item, score = np.load(self.folder / "item.npy"), np.load(self.folder / "score.npy")
                said = item >= 0
                return Candidates.of(splits_of(said.sum(axis=1)), taste.items[item[said]], score[said])

            return Fitted(answer, seconds)

        return System(fit, package.grids[kind])
