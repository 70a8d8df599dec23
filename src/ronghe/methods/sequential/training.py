"""Trains a network over lines, in this process or in several, and makes it ready to serve. Needs torch."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.methods.sequential.course import Course
from ronghe.methods.sequential.export import onnx_of
from ronghe.methods.sequential.fitting import Pupil, Training
from ronghe.methods.sequential.lines import Lines
from ronghe.methods.sequential.together import trained_together

Float32 = NDArray[np.float32]


def trained(learner: Course, start: Float32, lines: Lines, compute: Compute) -> tuple[Float32, bytes]:
    """Item vectors and the network as ONNX."""
    if learner.workers > 1:
        pupil = trained_together(learner, start, lines, compute.seed)
    else:
        pupil = Pupil.of(learner, start, compute.seed)
        Training(learner, pupil, lines, compute).run()
    network = pupil.network.cpu().eval()
    table = pupil.table.detach().cpu().numpy().astype(np.float32)
    return table, onnx_of(network, table.shape[1])
