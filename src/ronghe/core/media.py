"""What is shown or played to the shop: a picture or a sound as its features, and where the files lie that items name."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PICTURE, SOUND = "picture", "sound"
KINDS = (PICTURE, SOUND)


@dataclass(frozen=True, eq=False)
class Media:
    """A picture or a sound of a question. kind: one of KINDS · features: what a network sees or hears in it (width,) ·
    digest: of the file that was sent, in hexadecimal; the file itself is not kept.
    """

    kind: str
    features: NDArray[np.float16]
    digest: str


@dataclass(frozen=True)
class MediaFiles:
    """Where a shop's pictures and sounds lie. folder: files, and zip archives of files · kept: folder in which features of
    files are kept, by the hash of what is in the file; None = they are worked out anew.
    """

    folder: Path
    kept: Path | None = None
