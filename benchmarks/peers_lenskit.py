"""Item neighbours and ALS of LensKit (Ekstrand 2020, doi:10.1145/3340531.3412778), in its own environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.complete_journey import Part
from benchmarks.peers_implicit import FACTORS, FOREVER, SWEEPS, table
from benchmarks.peers_tuning import Fitted, Settings, System
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.segments import splits_of

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "out" / "lenskit-venv"
WANTED = ("lenskit>=2025.8,<2026", "torch<2.14")  # the cap picks torch's processor build where one is offered
GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {  # twelve settings each
    "item-knn": {"max_nbrs": (20, 50, 200), "save_nbrs": (100, 500), "min_sim": (1e-6, 0.05)},
    "als": {"weight": (4.0, 10.0, 40.0), "regularization": (0.1, 1.0, 10.0, 100.0)},
}


@contextmanager
def beside() -> Iterator[tuple[dict[str, System], str]]:
    """LensKit's systems while its process runs, and its version; no system, and why, where its environment cannot be made."""
    try:
        python = environment()
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", None) or str(error)
        yield {}, f"skipped: {(why.strip().splitlines() or ['no reason given'])[-1][:200]}"
        return
    with TemporaryDirectory() as folder:
        words = [str(python), str(Path(__file__).with_name("lenskit_side.py"))]
        alone = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **alone}
        ) as process:
            side = Side(process, Path(folder))
            try:
                version = side.said()["version"]
                yield {f"lenskit-{kind}": side.system(kind) for kind in GRIDS}, version
            finally:
                process.kill()


def environment() -> Path:
    """Its interpreter; the environment is made when there is none, and taken away again when that fails."""
    python = PLACE / "bin" / "python"
    done = PLACE / "made"
    if not done.is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True, capture_output=True, text=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
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
            raise RuntimeError(f"LensKit's process ended with {self.process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def asked(self, **task: Any) -> dict[str, Any]:
        """Its answer to a task."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return self.said()

    def system(self, kind: str) -> System:
        """One of its algorithms as a system of the table."""

        def fit(part: Part, settings: Settings, seed: int) -> Fitted:
            taste, liking = table(part, FOREVER)
            sp.save_npz(self.folder / "liking.npz", liking)
            more = {"embedding_size": FACTORS, "epochs": SWEEPS} if kind == "als" else {}
            seconds = self.asked(do="fit", kind=kind, settings={**settings, **more}, seed=seed, at=str(self.folder))["seconds"]

            def answer(queries: Queries, k: int) -> Candidates:
                np.save(self.folder / "users.npy", queries.user)
                self.asked(do="answer", k=k, at=str(self.folder))
                item, score = np.load(self.folder / "item.npy"), np.load(self.folder / "score.npy")
                said = item >= 0
                return Candidates.of(splits_of(said.sum(axis=1)), taste.items[item[said]], score[said])

            return Fitted(answer, seconds)

        return System(fit, GRIDS[kind])
