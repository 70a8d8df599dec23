"""A picture's bytes to pixels, within limits: what is too large, of another format or broken is refused by name."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadMedia, NotReady
from ronghe.methods.encoders.media.efficientnet import SIDE

FORMATS = ("JPEG", "PNG", "WEBP")
BYTES = 8 * 2**20  # of a file
PIXELS = 32_000_000  # of the whole picture: what a few bytes may unfold to
EDGE = 16_384  # pixels of the longer side
Pixels = NDArray[np.uint8]


def read_picture(content: bytes, name: str) -> Pixels:
    """Pixels (SIDE, SIDE, 3), the whole picture on white, upright. BadMedia naming the file when it cannot be."""
    if len(content) > BYTES:
        raise BadMedia(f"{name} has {len(content)} bytes; a picture has at most {BYTES}", BadMedia.TOO_LARGE)
    image, pillow = _opened(content, name)
    if max(image.size) > EDGE or image.size[0] * image.size[1] > PIXELS:
        raise _unfolds(name, f"{image.size[0]} x {image.size[1]} pixels")
    try:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is read no finer than it is looked at
        return _squared(pillow.ImageOps.exif_transpose(image), pillow)
    except Exception as error:  # Pillow's decoders raise many kinds
        raise BadMedia(f"{name} cannot be read as a picture: {error}", BadMedia.BROKEN) from error


def _opened(content: bytes, name: str) -> tuple[Any, Any]:
    """The picture, of which only the head was read, and Pillow."""
    pillow = _pillow()
    try:
        return pillow.Image.open(io.BytesIO(content), formats=FORMATS), pillow
    except (pillow.Image.DecompressionBombError, pillow.Image.DecompressionBombWarning) as error:
        raise _unfolds(name, "more pixels than Pillow takes") from error
    except pillow.UnidentifiedImageError as error:
        raise BadMedia(f"{name} is no picture of {', '.join(FORMATS)}", BadMedia.NOT_KNOWN) from error
    except Exception as error:
        raise BadMedia(f"{name} cannot be read as a picture: {error}", BadMedia.BROKEN) from error


def _unfolds(name: str, found: str) -> BadMedia:
    return BadMedia(f"{name} has {found}; right would be at most {PIXELS} in all and {EDGE} a side", BadMedia.TOO_LARGE)


def _squared(image: Any, pillow: Any) -> Pixels:
    """The picture in the middle of a white square; what is transparent is white."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = pillow.Image.new("RGBA", image.size, "white")
        image = pillow.Image.alpha_composite(ground, image)
    scale = SIDE / max(image.size)
    size = tuple(max(round(edge * scale), 1) for edge in image.size)
    square = pillow.Image.new("RGB", (SIDE, SIDE), "white")
    small = image.convert("RGB").resize(size, pillow.Image.Resampling.BICUBIC)
    square.paste(small, tuple((SIDE - edge) // 2 for edge in size))
    return np.asarray(square)


def _pillow() -> Any:
    try:
        import PIL
        import PIL.Image
        import PIL.ImageOps
    except ImportError as error:
        raise NotReady("pictures need the package pillow: pip install 'ronghe[media]'") from error
    return PIL
