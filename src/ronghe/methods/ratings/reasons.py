"""Why a shopper is foretold these stars: each rated item's exact share, those that were liked by name, all others summed."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.slates import Reason, Reasons
from ronghe.kernels.least_squares import Float64
from ronghe.methods.reasons import NAMED, REST

LIKED, START = "liked", "start"


def told(start: float, item: NDArray[np.int64], share: Float64, liked: NDArray[np.bool_], part: str) -> Reasons:
    """Reasons whose weights sum to start + share.sum().

    start: what every shopper is foretold · item (d,): numbers of what the shopper rated or touched · share (d,) of each ·
    liked (d,): rated above the mean. A share of something that was not liked is nothing to say to its shopper.
    """
    order = np.argsort(-share, kind="stable")
    named = order[(share[order] > 0) & liked[order]][:NAMED]
    why = [Reason(LIKED, (int(item[at]),), (), float(share[at]), part) for at in named]
    rest = float(np.delete(share, named).sum())
    return (*why, *((Reason(REST, (), (), rest, part),) if rest else ()), Reason(START, (), (), start, part))
