"""A shop by construction whose pictures and sounds say what things are: plain colours, and tones of one height with an overtone."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = {"red": (200, 20, 20), "green": (20, 160, 40), "blue": (20, 40, 200), "yellow": (230, 210, 30)}
TONES = {"flute": 1.0, "reed": 3.0}  # what is added to a tone, in times of its height
EACH = 12  # items of a colour
SORTS = ("large", "small", "old", "new", "light", "heavy", "plain", "round", "tall", "cheap", "fine")


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (80, 80), form: str = "PNG") -> bytes:
    """A plain square."""
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, form)
    return held.getvalue()


def sound(overtone: float, hertz: float = 440.0, seconds: float = 1.0, rate: int = 16_000) -> bytes:
    """A tone and an overtone as FLAC."""
    import soundfile

    at = np.arange(int(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * hertz * at) + 0.3 * np.sin(2 * np.pi * hertz * overtone * at)
    held = io.BytesIO()
    soundfile.write(held, wave, rate, format="FLAC")
    return held.getvalue()


def items(sounds: bool = False) -> list[dict[str, Any]]:
    """EACH mugs of each colour, "red-0" …; the last of each says nothing at all. With sounds, two whistles as well."""
    mugs = [
        {"id": f"{name}-{n}", "title": f"{SORTS[n]} {name} mug" if n < EACH - 1 else "",
         "category": "Kitchen > Mugs" if n < EACH - 1 else "",
         "image": f"{name}-{n}.png"}
        for name in COLOURS for n in range(EACH)
    ]  # fmt: skip
    if not sounds:
        return mugs
    return mugs + [
        {"id": f"{name}-{n}", "title": f"{name} whistle", "category": "Toys > Whistles",
         "attributes": json.dumps({"sound": f"{name}-{n}.flac"})}
        for name in TONES for n in range(2)
    ]  # fmt: skip


def write_files(folder: Path, sounds: bool = False) -> Path:
    """The files that these items name: pictures in an archive, sounds beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(folder / "pictures.zip", "w") as archive:
        for name, colour in COLOURS.items():
            for n in range(EACH):
                shade = tuple(int(np.clip(part + rng.integers(-18, 19), 0, 255)) for part in colour)
                archive.writestr(f"{name}-{n}.png", picture(shade))  # type: ignore[arg-type]
    if sounds:
        for name, overtone in TONES.items():
            for n in range(2):
                (folder / f"{name}-{n}.flac").write_bytes(sound(overtone, 440.0 * (1 + n)))
    return folder
