"""An encoder out of a local folder: model.onnx beside tokenizer.json, as sentence-transformers exports them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.minilm import TOKENS
from ronghe.methods.encoders.onnx_text import OnnxText, Track, Vectors, session_of

MODELS = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")


@dataclass(frozen=True)
class FolderEncoder:
    """path: the folder. Vectors are the mean of the last layer, of unit length."""

    path: str
    cutoff: float = 0.0

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors (texts, dim); equal texts, equal vectors, however they are batched."""
        return self._network.encode(texts, threads, track)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim); the same as of what items say."""
        return self.encode(texts)

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        return self._network.dim

    @cached_property
    def _network(self) -> OnnxText:
        from tokenizers import Tokenizer

        folder = Path(self.path)
        model = next((folder / name for name in MODELS if (folder / name).is_file()), None)
        if model is None or not (folder / "tokenizer.json").is_file():
            raise BadRecipe(f"semantic.encoder: {self.path!r} lacks tokenizer.json or a model ({', '.join(MODELS)})")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(TOKENS)
        return OnnxText(session_of(model), tokenizer)
