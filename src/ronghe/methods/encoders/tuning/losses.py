"""What an encoder's vectors lose: contrast within a batch, a teacher's margins, nested widths."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from ronghe.methods.encoders.tuning.tower import unit


def contrast(asked: Tensor, answers: Tensor, same: Tensor, scale: float) -> Tensor:
    """InfoNCE (van den Oord 2018, arXiv:1807.03748): each question tells its answer, at its own place, from the others.

    asked (n, dim) and answers (m, dim), of unit length, m >= n: those behind the first n are mined negatives · same (n, m): others
    that may be right too, which do not count · scale: 1 / temperature.
    """
    own = torch.arange(len(asked), device=asked.device)
    score = scale * asked @ answers.T
    wrong = same.clone()
    wrong[own, own] = False
    return nn.functional.cross_entropy(score.masked_fill(wrong, float("-inf")), own)


def both_ways(asked: Tensor, answers: Tensor, same: Tensor, scale: float) -> Tensor:
    """The contrast of questions among answers, and half as much that of answers among questions."""
    n = len(asked)
    back = contrast(answers[:n], asked, same[:, :n].T, scale)
    return (contrast(asked, answers, same, scale) + 0.5 * back) / 1.5


def margins(asked: Tensor, right: Tensor, wrong: Tensor, margin: Tensor, scale: float) -> Tensor:
    """Margin-MSE (Hofstätter 2020, arXiv:2010.02666): the cosines of right and wrong answers lie as far apart as a teacher says.

    asked, right, wrong (n, dim), of unit length · margin (n,): the teacher's, of which 1 = apart by 1 / scale; NaN = not known.
    """
    ours = scale * (asked * (right - wrong)).sum(dim=1)
    known = ~torch.isnan(margin)
    return nn.functional.mse_loss(ours[known], margin[known]) if bool(known.any()) else ours.sum() * 0.0


def nested(loss: Callable[[Tensor, Tensor], Tensor], asked: Tensor, answers: Tensor, widths: Sequence[int]) -> Tensor:
    """Matryoshka (Kusupati 2022, arXiv:2205.13147): the mean of the loss over the first numbers of each vector and all of them."""
    parts = [loss(unit(asked, width), unit(answers, width)) for width in (0, *widths)]
    return torch.stack(parts).mean()
