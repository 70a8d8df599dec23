"""A sound's bytes to samples, within limits: what is too large, of another format or broken is refused by name."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadMedia, NotReady
from ronghe.methods.encoders.media.mel import RATE, WINDOW

FORMATS = ("WAV", "WAVEX", "FLAC", "OGG")
BYTES = 16 * 2**20  # of a file
SECONDS = 30  # of a sound that are heard
LONGEST = 600  # seconds of a file; what is longer is no sound of a product
RATES = (4_000, 192_000)  # samples a second
CHANNELS = 8
Samples = NDArray[np.float32]


def read_sound(content: bytes, name: str) -> Samples:
    """The first SECONDS, one channel at RATE (samples,). BadMedia naming the file when it cannot be read, or is silence."""
    if len(content) > BYTES:
        raise BadMedia(f"{name} has {len(content)} bytes; a sound has at most {BYTES}", BadMedia.TOO_LARGE)
    soundfile = _soundfile()
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            _check(sound, name)
            samples = _resampled(_mono(sound), sound.samplerate)
    except BadMedia:
        raise
    except Exception as error:
        known = content[:4] in (b"RIFF", b"fLaC", b"OggS")
        wrong = BadMedia.BROKEN if known else BadMedia.NOT_KNOWN
        raise BadMedia(
            f"{name} cannot be read as a sound of WAV, FLAC or OGG: {getattr(error, 'error_string', error)}", wrong
        ) from error
    if len(samples) < WINDOW or not np.isfinite(samples).all() or not np.abs(samples).max() > 0:
        raise BadMedia(f"{name} holds no sound: {len(samples)} samples, or silence, or no numbers", BadMedia.BROKEN)
    return samples


def _check(sound: Any, name: str) -> None:
    """BadMedia unless what the head of the file says is within limits."""
    if sound.format not in FORMATS:
        raise BadMedia(f"{name} is of format {sound.format}; right would be WAV, FLAC or OGG", BadMedia.NOT_KNOWN)
    seconds = sound.frames / max(sound.samplerate, 1)
    if seconds > LONGEST:
        raise BadMedia(f"{name} lasts {seconds:.0f} seconds; right would be at most {LONGEST}", BadMedia.TOO_LARGE)
    if not RATES[0] <= sound.samplerate <= RATES[1] or not 1 <= sound.channels <= CHANNELS:
        found = f"{sound.samplerate} samples a second in {sound.channels} channels"
        raise BadMedia(f"{name} has {found}; right would be {RATES[0]} to {RATES[1]} in at most {CHANNELS}", BadMedia.BROKEN)


def _mono(sound: Any) -> Samples:
    """The first SECONDS, read a second at a time, channels averaged."""
    parts = [np.zeros(0, dtype=np.float32)]
    for _ in range(SECONDS):
        part = sound.read(sound.samplerate, dtype="float32", always_2d=True).mean(axis=1)
        parts.append(part)
        if len(part) < sound.samplerate:
            break
    return np.concatenate(parts)


def _resampled(samples: Samples, rate: int) -> Samples:
    if rate == RATE:
        return samples
    from scipy.signal import resample_poly

    shared = int(np.gcd(rate, RATE))
    found: Samples = resample_poly(samples, RATE // shared, rate // shared).astype(np.float32)
    return found


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise NotReady("sounds need the package soundfile: pip install 'ronghe[media]'") from error
    return soundfile
