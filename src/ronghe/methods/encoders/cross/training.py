"""Teaches the network: within a lesson, the item that answers above those that do not, and each by itself. Needs torch."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.cross.lessons import Lessons
from ronghe.methods.encoders.cross.network import CrossNetwork, stacked
from ronghe.methods.encoders.cross.pieces import PairReader, Pieces, pair

WARM, CLIP = 0.1, 1.0  # share of the steps over which the rate rises · longest gradient
WINDOW = 16  # batches that are sorted by length together, so that little is padded


@dataclass(frozen=True)
class Pace:
    """rate of the first full steps · batch: lessons a step · rounds: how often each lesson is read."""

    rate: float
    batch: int
    rounds: int


def taught(
    network: CrossNetwork, reader: PairReader, texts: Pieces, lessons: Lessons, pace: Pace, compute: Compute
) -> CrossNetwork:
    """The same network, taught by lessons whose items are places in `texts`."""
    if not len(lessons):
        return network.eval()
    rng = np.random.default_rng(compute.seed)
    torch.manual_seed(compute.seed)  # dropout
    typed = {text: reader.typed(text) for text in set(lessons.question)}
    length = np.array([len(typed[text]) for text in lessons.question]) + np.diff(texts.splits)[lessons.item].max(axis=1)
    steps = [at for _ in range(pace.rounds) for at in _batches(length, pace.batch, rng)]
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=pace.rate, weight_decay=0.01)
    speed = torch.optim.lr_scheduler.LambdaLR(optimiser, partial(_speed, steps=len(steps)))
    network.train()
    for at in compute.track(steps, "cross-encoder", len(steps)):
        pairs = [pair(typed[lessons.question[n]], texts.text(int(item))) for n in at for item in lessons.item[n]]
        score = network.padded(*stacked(pairs)).reshape(len(at), -1)
        lost(score, torch.from_numpy(lessons.gain[at])).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, CLIP)
        optimiser.step()
        speed.step()
        optimiser.zero_grad(set_to_none=True)
    return network.eval()


def lost(score: Tensor, gain: Tensor) -> Tensor:
    """Softmax over each lesson against its gains (ListNet, Cao 2007, doi:10.1145/1273496.1273513), plus the odds of each item by
    itself, so that scores of different questions can be compared; (lessons, items) twice to one number.
    """
    share = gain / gain.sum(dim=1, keepdim=True).clamp(min=1e-6)
    order = -(share * score.log_softmax(dim=1)).sum(dim=1).mean()
    return order + nn.functional.binary_cross_entropy_with_logits(score, gain.clamp(max=1.0))


def _speed(step: int, steps: int) -> float:
    """Share of the rate: rises over the first steps, then falls evenly to 0."""
    rise = (step + 1) / max(WARM * steps, 1.0)
    return min(rise, max((steps - step) / max(steps * (1 - WARM), 1.0), 0.0))


def _batches(length: "np.ndarray[tuple[int], np.dtype[np.int64]]", size: int, rng: np.random.Generator) -> list[list[int]]:
    """Places of lessons, `size` together: alike in length within a window, windows drawn, batches in random order."""
    order = rng.permutation(len(length))
    windows = [order[at : at + WINDOW * size] for at in range(0, len(order), WINDOW * size)]
    ordered = [window[np.argsort(length[window], kind="stable")] for window in windows]
    found = [window[at : at + size].tolist() for window in ordered for at in range(0, len(window), size)]
    return [found[at] for at in rng.permutation(len(found))]
