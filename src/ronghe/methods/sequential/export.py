"""A trained network as ONNX: what it makes of the last step, for any number of lines and steps. Needs torch and onnx."""

import io
import logging
import warnings
from typing import Any, cast

import torch
from torch import Tensor, nn

OPSET = 17


class Last(nn.Module):
    """The network, of which only the last step is wanted."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """(batch, steps, dim) and (batch, steps) to (batch, dim)."""
        out: Tensor = self.network(seen, age)[:, -1]
        return out


def onnx_of(network: nn.Module, dim: int) -> bytes:
    """The bytes of the graph: `seen` (lines, steps, dim) and `age` (lines, steps), where the network asks for it, to `taste`."""
    held = io.BytesIO()
    given = (torch.zeros(1, 3, dim), torch.zeros(1, 3))
    free = {0: "lines", 1: "steps"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter through TorchScript, which needs no further package, warns of its age
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            Last(network).eval(), given, cast(Any, held), dynamo=False, opset_version=OPSET, input_names=["seen", "age"],
            output_names=["taste"], dynamic_axes={"seen": free, "age": free, "taste": {0: "lines"}},
        )  # fmt: skip
    return held.getvalue()
