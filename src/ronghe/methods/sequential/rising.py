"""What comes up and what goes out of fashion: items at the ends of lines beside items anywhere in them."""

import numpy as np

from ronghe.kernels.segments import place_of, segment_of
from ronghe.methods.scoring import Float32
from ronghe.methods.sequential.lines import Lines

FADE = 4.0  # steps from the end of its line after which a step counts 1/e as new
DOUBT = 20.0  # steps that each item is thought to have had in the usual places, besides its own


def rising(lines: Lines, n: int) -> Float32:
    """log of how much more often each of n items stands near the ends of lines than an item usually does (n,); 0 = as usual.

    Needs no clock: where lines end about now, their ends are what is wanted lately.
    """
    left = lines.counts[segment_of(lines.splits)] - 1 - place_of(lines.splits)
    new = np.exp(-left / FADE)
    if not len(new):
        return np.zeros(n, dtype=np.float32)
    lately = np.bincount(lines.column, weights=new / new.mean(), minlength=n)
    ever = np.bincount(lines.column, minlength=n)
    return np.log((lately + DOUBT) / (ever + DOUBT)).astype(np.float32)
