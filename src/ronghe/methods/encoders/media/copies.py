"""Sounds an octave lower and higher: what a head must take for the same thing. An instrument stays itself whatever it plays."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.media.features import PICTURES, SOUNDS, Sense, sound_features


def _at_speed(up: int, down: int) -> Sense:
    def features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        from scipy.signal import resample_poly

        return sound_features(resample_poly(samples, up, down).astype(np.float32))

    return replace(SOUNDS, name=f"{SOUNDS.name}-{down}-{up}", features=features)


SLOWER, FASTER = _at_speed(2, 1), _at_speed(1, 2)
COPIES: dict[str, tuple[Sense, ...]] = {PICTURES.name: (), SOUNDS.name: (SLOWER, FASTER)}
