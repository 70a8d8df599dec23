"""Teaches a smaller network to say what a larger one says, on the shop's own texts. Needs torch."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.tower import Tower, coded, unit

WARM, CLIP, LONGEST = (
    0.1,
    1.0,
    64,
)  # share of steps in which the rate rises · longest gradient · tokens that are read
ALIKE = 1.0  # how much the cosines between texts count beside the vectors themselves


@dataclass(frozen=True)
class Lesson:
    """rate of the first full steps · batch: texts a step · rounds: how often each text is read."""

    rate: float = 2e-4
    batch: int = 32
    rounds: int = 1


def distilled(student: Checkpoint, texts: Sequence[str], said: NDArray[np.float32], lesson: Lesson, compute: Compute) -> Checkpoint:
    """A copy of the student after it has read the texts, of which the teacher says `said`, unit vectors (texts, dim).

    What is lost: squared distance of the vectors, and of the cosines within a batch (Tung & Mori 2019, arXiv:1907.09682).
    The table of pieces stays as it is.
    """
    network = copy.deepcopy(student.network)
    for weight in network.embeddings.parameters():
        weight.requires_grad_(False)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    tower, rng = Tower(network), np.random.default_rng(compute.seed)
    order = np.argsort([len(text) for text in texts], kind="stable")
    torch.manual_seed(compute.seed)
    cuts = [order[at : at + lesson.batch] for at in range(0, len(order), lesson.batch)]
    steps = [cuts[at] for _ in range(lesson.rounds) for at in rng.permutation(len(cuts))]
    optimiser = torch.optim.AdamW(weights, lr=lesson.rate, weight_decay=0.0)
    rise = max(WARM * len(steps), 1.0)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / rise, 1 - step / max(len(steps), 1)))
    network.eval()  # without dropout: what is to be said is said exactly
    for rows in compute.track(steps, "distilling", len(steps)):
        given = coded(student.tokenizer, [texts[at] for at in rows], LONGEST)
        lost(unit(tower(given.ids, given.mask)), torch.from_numpy(said[rows])).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, CLIP)
        optimiser.step()
        pace.step()
        optimiser.zero_grad(set_to_none=True)
    return replace(student, network=network.eval())


def lost(said: Tensor, wanted: Tensor) -> Tensor:
    """Squared distance of unit vectors (texts, dim) plus that of the matrices of their cosines."""
    apart = (said - wanted).square().sum(dim=1).mean()
    return apart + ALIKE * (said @ said.T - wanted @ wanted.T).square().mean()
