"""Pictures and sounds as files: what is read, and what is refused by name and kind."""

import contextlib
import io
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pytest

from ronghe.core.errors import BadData, BadMedia, BadRecipe
from ronghe.methods.encoders.media.efficientnet import SIDE
from ronghe.methods.encoders.media.library import Library
from ronghe.methods.encoders.media.mel import BANDS, FRAMES, RATE, filters, log_mel, patches
from ronghe.methods.encoders.media.pictures import BYTES, read_picture
from ronghe.methods.encoders.media.sounds import SECONDS, read_sound

Image = pytest.importorskip("PIL.Image", reason="pillow is not installed: pip install 'ronghe[media]'")
soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed: pip install 'ronghe[media]'")


def picture(form="PNG", size=(300, 200), mode="RGB", colour=(200, 10, 10), **more):
    held = io.BytesIO()
    Image.new(mode, size, colour).save(held, form, **more)
    return held.getvalue()


def sound(seconds=1.0, rate=RATE, form="FLAC", channels=1, hertz=1000.0):
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    held = io.BytesIO()
    soundfile.write(held, np.repeat(wave[:, None], channels, axis=1), rate, format=form)
    return held.getvalue()


def bomb(side):
    """A PNG of a few bytes whose head says side x side pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"\0" * 1_000_000, 9)
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refused(read, content):
    with pytest.raises(BadMedia, match=r"^it\.x ") as caught:
        read(content, "it.x")
    assert " at 0x" not in str(caught.value), "an address in memory tells nobody anything"
    return caught.value.wrong


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_whole_in_a_white_square(form):
    pixels = read_picture(picture(form), "it")
    assert pixels.shape == (SIDE, SIDE, 3)
    assert pixels.dtype == np.uint8
    assert (pixels[0] > 250).all()
    assert (np.abs(pixels[SIDE // 2].astype(int) - [200, 10, 10]) < 8).all()


def test_what_is_transparent_is_white_and_grey_is_a_colour():
    assert (read_picture(picture(mode="RGBA", colour=(0, 0, 0, 0)), "it") > 250).all()
    assert read_picture(picture(mode="L", colour=7), "it")[SIDE // 2].max() == 7


def test_a_picture_that_lies_on_its_side_is_turned_up():
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    pixels = read_picture(picture("JPEG", (400, 100), exif=turned.tobytes()), "it")
    assert (pixels[:, 0] > 250).all()
    assert (pixels[0, SIDE // 2] < 250).any()


def test_pictures_that_are_none_are_refused_by_kind():
    whole = picture("JPEG", (900, 900))
    assert refused(read_picture, b"") == BadMedia.NOT_KNOWN
    assert refused(read_picture, b"<svg xmlns='http://www.w3.org/2000/svg'/>") == BadMedia.NOT_KNOWN
    assert refused(read_picture, picture("GIF", mode="P", colour=1)) == BadMedia.NOT_KNOWN
    assert refused(read_picture, whole[: len(whole) // 2]) == BadMedia.BROKEN
    assert refused(read_picture, b"\0" * (BYTES + 1)) == BadMedia.TOO_LARGE


@pytest.mark.parametrize("side", [6_000, 10_000, 60_000])
def test_a_bomb_of_pixels_is_refused_before_it_unfolds(side):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow only warns of the middle one
        assert refused(read_picture, bomb(side)) == BadMedia.TOO_LARGE


@pytest.mark.parametrize(("form", "rate"), [("FLAC", 16_000), ("WAV", 44_100), ("OGG", 48_000), ("WAV", 8_000)])
def test_a_sound_is_one_channel_of_its_first_seconds(form, rate):
    samples = read_sound(sound(1.5, rate, form, channels=2), "it")
    assert samples.dtype == np.float32
    assert abs(len(samples) - 1.5 * RATE) < 0.02 * RATE
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(spectrum.argmax() * RATE / len(samples) - 1000) < 5


def test_of_a_long_sound_the_beginning_is_heard():
    assert len(read_sound(sound(45, 8_000), "it")) == SECONDS * RATE


def test_sounds_that_are_none_are_refused_by_kind():
    whole = sound()
    assert refused(read_sound, sound(1800, 8_000)) == BadMedia.TOO_LARGE
    assert refused(read_sound, b"no sound at all") == BadMedia.NOT_KNOWN
    assert refused(read_sound, whole[:40]) == BadMedia.BROKEN
    assert refused(read_sound, sound(hertz=0.0)) == BadMedia.BROKEN  # silence
    assert refused(read_sound, sound(0.001)) == BadMedia.BROKEN


def test_noise_in_a_file_is_a_refusal_and_never_another_error():
    rng = np.random.default_rng(0)
    for read, whole in ((read_picture, picture("JPEG")), (read_picture, picture("WEBP")), (read_sound, sound(0.3)),
                        (read_sound, sound(0.3, form="OGG"))):  # fmt: skip
        for _ in range(40):
            torn = bytearray(whole)
            for at in rng.integers(0, len(whole), 12):
                torn[at] = rng.integers(256)
            with contextlib.suppress(BadMedia):
                read(bytes(torn), "it.x")


def test_a_mel_band_is_a_triangle_of_area_one_and_hears_its_own_pitch():
    np.testing.assert_allclose(filters().sum(axis=1)[30:] * RATE / 512, 1.0, atol=0.08)  # hertz a bin; lower ones have few bins
    mel = log_mel(read_sound(sound(), "it"))
    assert mel.shape == (1 + RATE // 256, BANDS)
    heard = filters()[mel.mean(axis=0).argmax()].argmax() * RATE / 512
    assert abs(heard - 1000) < 60


def test_patches_are_three_seconds_and_what_is_short_is_said_again():
    assert patches(np.ones(1000, dtype=np.float32)).shape == (1, FRAMES, BANDS)
    assert patches(np.ones(10 * RATE, dtype=np.float32)).shape == (3, FRAMES, BANDS)


def test_a_library_reads_files_and_archives_and_never_beyond_its_folder(tmp_path):
    folder = tmp_path / "media"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "one.jpg").write_bytes(b"one")
    (tmp_path / "secret").write_bytes(b"secret")
    with zipfile.ZipFile(folder / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("two.jpg", b"two")
        archive.writestr("swells.jpg", b"\0" * 1_000_000)
    library = Library(folder)
    assert library.read("a/one.jpg", 10) == b"one"
    assert library.read("two.jpg", 10) == b"two"
    assert library.read("three.jpg", 10) is None
    assert library.read("../secret", 10) is None
    assert library.read(str(tmp_path / "secret"), 10) is None
    with pytest.raises(BadMedia, match=r"swells\.jpg has more than 1000 bytes"):
        library.read("swells.jpg", 1000)


def test_a_library_that_is_none_says_so(tmp_path):
    with pytest.raises(BadRecipe, match="no folder"):
        Library(tmp_path / "nowhere")
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(BadData, match=r"bad\.zip"):
        Library(tmp_path).read("x", 10)
