"""One vector of all that is known of an item: words find pictures, pictures find words, and what is missing is no harm."""

import io
from dataclasses import replace

import numpy as np
import pytest

from little import catalog as shelf
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.media import PICTURE, SOUND, Media, MediaFiles
from ronghe.core.queries import Queries
from shown_shop import COLOURS, EACH, items, picture, sound, write_files

pytest.importorskip("torch", reason="torch is not installed: pip install 'ronghe[train]'")
pytest.importorskip("PIL.Image", reason="pillow is not installed: pip install 'ronghe[media]'")

from ronghe.methods.encoders.media.features import PICTURES, SOUNDS, lacking
from ronghe.methods.encoders.media.kept import features_of, of_content
from ronghe.methods.encoders.multimodal.multimodal import Multimodal

if needs := lacking(PICTURES):
    pytest.skip(f"pictures cannot be read here: {needs}", allow_module_level=True)
HEARS = not lacking(SOUNDS)


def dataset(folder, files=items(HEARS)) -> Dataset:
    held = Catalog(shelf(*files).table, MediaFiles(folder, folder.parent / "kept"))
    return Dataset(held, Events.empty(), 0.0, 0)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(write_files(tmp_path_factory.mktemp("shown") / "files", HEARS))


@pytest.fixture(scope="module")
def model(data):
    return Multimodal(captions=3, epochs=0).fit(data, Local(1))


def sent(content: bytes, kind: str = PICTURE) -> Queries:
    media = Media(kind, of_content(PICTURES if kind == PICTURE else SOUNDS, content, "it"), "digest")
    return Queries.of(1, media=(media,))


def names(data, found: Candidates) -> list[str]:
    return [data.catalog.vocabulary.ids[item].partition("-")[0] for item in found.item]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_picture_finds_what_looks_like_it(data, model, colour):
    found = names(data, model.retrieve(sent(picture(COLOURS[colour], (200, 200), "JPEG")), 5))
    assert found.count(colour) >= 3


@pytest.mark.parametrize("colour", COLOURS)
def test_words_find_the_thing_whose_picture_alone_says_them(data, model, colour):
    asked = model.asked(Queries.of(1, text=(f"{colour} mug",)), 0)
    silent = [data.catalog.vocabulary.number(f"{name}-{EACH - 1}") for name in COLOURS]
    assert list(COLOURS)[int(np.argmax(model.item_vectors[np.array(silent)] @ asked))] == colour


def test_an_item_finds_its_like_but_not_itself(data, model):
    anchor = data.catalog.vocabulary.number("blue-3")
    found = model.retrieve(Queries.of(1, anchor=np.array([anchor])), 6)
    assert anchor not in found.item
    assert names(data, found).count("blue") >= 3


@pytest.mark.skipif(not HEARS, reason="sounds cannot be read here")
def test_a_sound_finds_what_sounds_like_it_an_octave_away(data, model):
    assert model.senses == (PICTURE, SOUND)
    found = names(data, model.retrieve(sent(sound(3.0, 660.0), SOUND), 2))
    assert found[0] == "reed"


def test_it_says_nothing_to_nothing_and_to_what_it_has_not_learnt(data, model):
    assert model.retrieve(Queries.of(2, text=("", "   ")), 5).counts.tolist() == [0, 0]
    deaf = replace(model, heads={name: head for name, head in model.heads.items() if name != "sounds"})
    assert deaf.senses == (PICTURE,)
    strange = Media(SOUND, np.ones(3412, dtype=np.float16), "digest")
    assert deaf.retrieve(Queries.of(1, media=(strange,)), 5).counts.tolist() == [0]


def test_words_and_a_picture_ask_together(data, model):
    alone = sent(picture(COLOURS["red"]))
    green = Candidates.of_lists([np.array([data.catalog.vocabulary.number("green-0")])], [np.ones(1)])
    before, after = model.score(alone, green), model.score(alone.replace(text=("large green mug",)), green)
    assert after > np.nan_to_num(before)


def test_a_new_picture_is_found_at_once_and_a_deleted_item_no_more(data, model):
    red = data.catalog.vocabulary.number("red-0")
    rows = shelf({**items()[0], "id": "fresh", "title": "", "category": "", "image": "blue-1.png"}).table
    later = data.catalog.upserted(rows).upserted(data.catalog.table[[red]].with_columns(deleted=True))
    new = model.with_catalog(later, np.array([red, len(data.catalog)]))
    found = new.retrieve(sent(picture(COLOURS["blue"])), EACH + 1).item
    assert len(data.catalog) in found
    assert red not in new.retrieve(sent(picture(COLOURS["red"])), 60).item
    assert red in model.retrieve(sent(picture(COLOURS["red"])), 60).item
    assert new.with_catalog(later, np.arange(len(later))) is new


def test_the_reasons_tell_each_sense_and_sum_to_the_score(data, model):
    asked = sent(picture(COLOURS["red"]))
    found = model.retrieve(asked, 5)
    why = model.because(asked, found)
    np.testing.assert_allclose([sum(r.weight for r in reasons) for reasons in why], found.score, atol=1e-5)
    assert {r.code for reasons in why for r in reasons} == {"looks", "described"}


def test_files_that_cannot_be_read_are_named_and_do_no_harm(tmp_path):
    folder = write_files(tmp_path / "files")
    (folder / "red-0.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")  # before the archive's
    rows = [
        *items(),
        {"id": "far", "title": "far mug", "image": "https://elsewhere.example/a.png"},
        {"id": "gone", "image": "gone.png"},
    ]
    model = Multimodal(captions=2, epochs=2).fit(dataset(folder, rows), Local(1))
    assert set(model.wrong) == {"red-0.png", "gone.png"}
    assert "red-0.png" in model.wrong["red-0.png"]
    assert model.unread == {"picture": (2, len(items()) + 1), "sound": (0, 0)}
    assert model.row[-1] == -1
    assert len(model.retrieve(sent(picture(COLOURS["red"])), 5).item) == 5


def test_features_of_a_file_are_worked_out_once_and_made_anew_when_broken(tmp_path):
    files = MediaFiles(write_files(tmp_path / "files"), tmp_path / "kept")
    first = features_of(files, PICTURES, ["red-0.png", "", "blue-0.png", "red-0.png"])
    assert first.row.tolist() == [0, -1, 1, 0]
    kept = sorted((tmp_path / "kept").rglob("*.npy"))
    assert len(kept) == 2
    kept[0].write_bytes(b"no array")
    held = io.BytesIO()
    np.save(held, np.zeros(2064, dtype=np.float16))
    kept[1].write_bytes(held.getvalue())
    again = features_of(files, PICTURES, ["red-0.png", "blue-0.png"])
    assert sorted(bool(row.any()) for row in again.features) == [False, True]  # what is whole is believed, what is broken is not
