"""A tuned transformer as a folder that `semantic` reads: model.onnx, its int8 copy, tokenizer.json; refused unless they agree."""

import io
import logging
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from ronghe.core.errors import BadArtifact
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.onnx_text import OnnxText, session_of
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.tower import read

OPSET = 17
LEAST = 0.9999  # cosine of a text's vectors by torch and by the exported graph, at the least
LONGEST = 96  # tokens that are read when it serves
PROBES = ("", "a", "usb-c cable 2 m black", "Gaming laptop, 16 GB, 512 GB SSD. " * 12, "蓝牙耳机", "wireless mouse for left hands")


@dataclass(frozen=True)
class Parity:
    """How well the exported graphs agree with torch: the least and mean cosine of a text's vectors · bytes of each file."""

    onnx: float
    int8: float
    int8_mean: float
    onnx_bytes: int
    int8_bytes: int


def exported(checkpoint: Checkpoint, folder: Path, probes: Sequence[str] = PROBES, width: int = 0) -> Parity:
    """Writes model.onnx (float32), model_quantized.onnx (int8) and tokenizer.json into `folder`.

    width: only the first numbers of a vector are kept, as Matryoshka widths allow; 0 = all. BadArtifact, and no file, when the
    graph says anything else than torch does (cosine below LEAST on `probes`).
    """
    plain = onnx_of(
        Reader(checkpoint.network, width), ("input_ids", "attention_mask"), "last_hidden_state", width or checkpoint.dim
    )
    small = int8_of(plain)
    tokenizer = checkpoint.tokenizer
    tokenizer.enable_truncation(min(LONGEST, checkpoint.longest))
    texts = [text for text in dict.fromkeys(probes) if tokenizer.encode(text).ids]
    wanted = read(checkpoint, texts, min(LONGEST, checkpoint.longest))[:, : width or None]
    wanted = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
    same = (wanted * OnnxText(session_of(plain), tokenizer).encode(texts)).sum(axis=1)
    near = (wanted * OnnxText(session_of(small), tokenizer).encode_each(texts)).sum(axis=1)
    if not np.isfinite(same).all() or same.min() < LEAST:
        raise BadArtifact(f"the exported graph gives vectors a cosine of {same.min():.6f} away; right would be {LEAST} or more")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(plain)
    (folder / "model_quantized.onnx").write_bytes(small)
    tokenizer.save(str(folder / "tokenizer.json"))
    return Parity(float(same.min()), float(near.min()), float(near.mean()), len(plain), len(small))


class Reader(nn.Module):
    """The network as onnx_text reads it: what it makes of each token, of which the mean is taken outside; cut to `width`."""

    def __init__(self, network: Any, width: int = 0) -> None:
        super().__init__()
        self.network, self.width = network, width

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(texts, tokens) twice to (texts, tokens, width)."""
        hidden: Tensor = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden[:, :, : self.width] if self.width else hidden


def onnx_of(module: nn.Module, inputs: Collection[str], output: str, width: int = 0) -> bytes:
    """The bytes of the graph of a module around a `network`.

    inputs: names of what it reads, whole numbers (texts, tokens), both of free length · output: name of what it gives ·
    width: how many numbers it gives a token (texts, tokens, width); 0 = it gives something a text, (texts, …).
    """
    held, free = io.BytesIO(), {0: "texts", 1: "tokens"}
    network, was = cast(Any, module).network, module.training
    attention = network.config._attn_implementation
    network.set_attn_implementation("eager")  # plain products, which any runtime and the quantiser know
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter through TorchScript, which needs no further package, warns of its age
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        device = next(module.parameters()).device
        given = tuple(torch.ones((2, 7), dtype=torch.int64, device=device) for _ in inputs)
        torch.onnx.export(
            module.eval(), given, cast(Any, held), dynamo=False, opset_version=OPSET, input_names=list(inputs),
            output_names=[output],
            dynamic_axes={**dict.fromkeys(inputs, free), output: free if width else {0: "texts"}},
        )  # fmt: skip
    network.set_attn_implementation(attention)
    module.train(was)
    return _of_width(held.getvalue(), width) if width else held.getvalue()


def _of_width(graph: bytes, width: int) -> bytes:
    """The graph, which says how wide its vectors are: the exporter does not see it through all kinds of networks."""
    import onnx

    model = onnx.load_from_string(graph)
    model.graph.output[0].type.tensor_type.shape.dim[-1].dim_value = width
    written: bytes = model.SerializeToString()
    return written
