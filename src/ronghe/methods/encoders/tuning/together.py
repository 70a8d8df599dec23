"""One course over several processes: each reads its share of the batches, all agree on every step (gloo, on GPUs nccl)."""

import json
import tempfile
from pathlib import Path

import torch
from torch.multiprocessing.spawn import spawn

from ronghe.core.roles import Compute
from ronghe.methods.alone import Alone
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint, opened
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.lesson import Lesson
from ronghe.methods.encoders.tuning.shaping import shaped, whole
from ronghe.methods.encoders.tuning.training import Curve, Training

CURVE = "curve.json"


def trained(
    course: Course, checkpoint: Checkpoint, lesson: Lesson, compute: Compute, folder: Path | None = None, key: str = ""
) -> tuple[Checkpoint, Curve]:
    """What the course makes of the checkpoint, taught by this process or by `course.workers`, and how it went.

    folder: where its state is kept, so that it goes on after a stop where a course of the same `key` was; None = nowhere.
    """
    if course.workers == 1:
        return _taught(course, checkpoint, lesson, compute, folder, key)
    with tempfile.TemporaryDirectory() as place:
        checkpoint.save(Path(place) / "start")
        spawn(_work, (course, lesson, compute.seed, place, folder, key), nprocs=course.workers, join=True)  # type: ignore[no-untyped-call]
        curve: Curve = json.loads((Path(place) / CURVE).read_text(encoding="utf-8"))
        learnt = opened(str(Path(place) / "end"))
    return Checkpoint(learnt.network, checkpoint.tokenizer, checkpoint.source), curve


def _taught(
    course: Course, checkpoint: Checkpoint, lesson: Lesson, compute: Compute, folder: Path | None, key: str, rank: int = 0
) -> tuple[Checkpoint, Curve]:
    torch.manual_seed(compute.seed)  # where low-rank changes start
    held = shaped(checkpoint, course.freeze, course.lora)
    training = Training(course, held, lesson, compute, folder, rank, key)
    training.run()
    return whole(held), training.curve


def _work(rank: int, course: Course, lesson: Lesson, seed: int, place: str, folder: Path | None, key: str) -> None:
    """One of the processes. They meet in a folder of their own, over no port."""
    torch.set_num_threads(1)
    kind = "nccl" if torch.cuda.is_available() and torch.cuda.device_count() >= course.workers else "gloo"
    torch.distributed.init_process_group(kind, init_method=f"file://{place}/meet", rank=rank, world_size=course.workers)
    try:
        learnt, curve = _taught(course, opened(f"{place}/start"), lesson, Alone(seed), folder, key, rank)
        if rank == 0:
            learnt.save(Path(place) / "end")
            (Path(place) / CURVE).write_text(json.dumps(curve), encoding="utf-8")
    finally:
        torch.distributed.destroy_process_group()
