"""Log-mel spectrograms as musicnn was trained on: 96 bands (Slaney 1998), 512 samples every 256 at 16 kHz."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # samples a second
WINDOW, HOP, BANDS = 512, 256, 96
FRAMES = 187  # of one patch: three seconds
PATCH = (FRAMES - 1) * HOP  # samples of one patch; frames are centred, so that a patch has one more than hops
LINEAR, STEP = 1_000.0, 200 / 3  # hertz below which a mel is so many hertz
LOG = np.log(6.4) / 27  # growth of the frequency with each mel above


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """samples at RATE (n,), -1 to 1, at least WINDOW of them, to log10(1 + 10,000 power) (1 + n // HOP, BANDS)."""
    padded = np.pad(samples.astype(np.float32), WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * _hann(), axis=1)) ** 2
    found: NDArray[np.float32] = np.log10(1 + 10_000 * (power @ filters().T)).astype(np.float32)
    return found


def patches(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel of the sound, three seconds after three seconds (patches, FRAMES, BANDS); what is too short is said again."""
    count = max(len(samples) // PATCH, 1)
    whole = np.resize(samples, PATCH) if len(samples) < PATCH else samples[: count * PATCH]
    mel = log_mel(whole)
    starts = np.arange(count) * (FRAMES - 1)
    found: NDArray[np.float32] = mel[starts[:, None] + np.arange(FRAMES)]
    return found


@lru_cache(maxsize=1)
def filters() -> NDArray[np.float64]:
    """Triangles of equal area over the power spectrum (BANDS, 1 + WINDOW / 2)."""
    edges = _hertz(np.linspace(0.0, _mel(RATE / 2), BANDS + 2))
    bins = np.linspace(0.0, RATE / 2, 1 + WINDOW // 2)
    up = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    found: NDArray[np.float64] = np.maximum(0.0, np.minimum(up, down)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return found


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float64]:
    """The periodic window of Hann."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


def _mel(hertz: float) -> float:
    return float(hertz / STEP if hertz < LINEAR else LINEAR / STEP + np.log(hertz / LINEAR) / LOG)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = LINEAR / STEP
    return np.where(mel < turn, mel * STEP, LINEAR * np.exp(LOG * (np.maximum(mel, turn) - turn)))
