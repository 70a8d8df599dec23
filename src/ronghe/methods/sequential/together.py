"""One training over several processes: each reads its share of the batches, all agree on every step (torch.distributed, gloo)."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.multiprocessing.spawn import spawn

from ronghe.methods.alone import Alone
from ronghe.methods.sequential.course import Course
from ronghe.methods.sequential.fitting import Pupil, Training
from ronghe.methods.sequential.lines import Lines

STATE = "state.pt"


def trained_together(learner: Course, start: NDArray[np.float32], lines: Lines, seed: int) -> Pupil:
    """The pupil that `learner.workers` processes trained. They meet in a folder of their own, over no port."""
    with tempfile.TemporaryDirectory() as folder:
        given = (learner, start, lines, seed, folder)
        spawn(_work, given, nprocs=learner.workers, join=True)  # type: ignore[no-untyped-call]
        state = torch.load(Path(folder) / STATE, weights_only=True)
    pupil = Pupil.of(learner, start, seed)
    pupil.network.load_state_dict(state["network"])
    pupil.table.data = state["table"].to(pupil.table.device)
    return pupil


def _work(rank: int, learner: Course, start: NDArray[np.float32], lines: Lines, seed: int, folder: str) -> None:
    torch.set_num_threads(1)
    meet = f"file://{folder}/meet"
    torch.distributed.init_process_group("gloo", init_method=meet, rank=rank, world_size=learner.workers)
    try:
        pupil = Pupil.of(learner, start, seed, rank)
        Training(learner, pupil, lines, Alone(seed), rank, learner.workers).run()
        if rank == 0:
            torch.save({"network": pupil.network.state_dict(), "table": pupil.table.detach()}, Path(folder) / STATE)
    finally:
        torch.distributed.destroy_process_group()
