"""The linear graph filter: from what is liked over the shoppers who share it to what else they like, scaled by degrees."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.methods.collaborative.degrees import scaled
from ronghe.methods.collaborative.neighbours import Numbers, neighbours

Float32 = NDArray[np.float32]


def one_hop(
    liking: sp.csr_matrix, shoppers: float, items: float, power: float, keep: int, compute: Compute, title: str
) -> sp.csr_matrix:
    """The off-diagonal part of (R'R)^power, elementwise, R = D_U^-shoppers L D_I^-items; the `keep` largest of each row."""

    def raised(dot: Float32, i: Numbers, j: Numbers) -> Float32:
        return dot if power == 1 else np.power(dot, np.float32(power), out=dot)

    return neighbours(scaled(liking, shoppers, items), raised, keep, compute, title)
