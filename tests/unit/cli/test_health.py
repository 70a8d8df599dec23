"""The doctor's checks: each finds what it is for."""

import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ronghe.cli.health import machine, media, package, port_free, shop_folder, store, versions, written
from ronghe.engine.versions import MANIFEST, seal
from served import small_shop


def test_a_missing_and_an_old_package_are_found_and_named():
    assert not package("no-such-package-at-all>=1").ok
    old = package("pytest>=999")
    assert not old.ok
    assert old.remedy == "pip install 'pytest>=999'"
    assert package("pytest>=1.0; python_version > '3'").ok


def test_a_taken_port_is_found():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert not port_free(port).ok
    assert port_free(port).ok


def test_a_damaged_database_is_found(tmp_path: Path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table t (a text)")
        database.executemany("insert into t values (?)", [("x" * 500,)] * 500)
        database.commit()
    assert all(check.ok for check in store(tmp_path, "sqlite:///shop.db"))
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 8] = bytes(4096 * 7)
    path.write_bytes(data)
    assert not all(check.ok for check in store(tmp_path, "sqlite:///shop.db"))


def test_a_folder_without_a_recipe_is_told_how_to_get_one(tmp_path: Path):
    [check] = shop_folder(tmp_path)
    assert not check.ok
    assert "ronghe init" in check.remedy


def test_the_machine_is_looked_at_even_before_the_folder_is_there(tmp_path: Path):
    assert {check.name for check in machine(tmp_path / "not" / "yet")} >= {"python", "disk"}


def test_a_whole_model_of_another_ronghe_is_found(tmp_path: Path):
    shop = small_shop(tmp_path / "shop", versions=1)
    assert all(check.ok for check in versions(shop))
    version = next(path for path in (shop / "models").iterdir() if path.is_dir())
    held = next(version.rglob("ease/model.json"))
    held.write_text(held.read_text().replace("ronghe.methods.", "ronghe.methods.moved_since."))
    (version / MANIFEST).unlink()
    seal(version)
    [found] = versions(shop)
    assert not found.ok
    assert "moved_since" in found.found
    assert "ronghe train" in found.remedy


@dataclass
class Seeing:
    """What a retriever that reads files remembers of them."""

    wrong: dict[str, str] = field(default_factory=dict)
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)


def test_files_that_could_not_be_read_are_counted_and_some_named_with_their_reason():
    missing = {f"{n}.png": f"{n}.png is neither in files nor in an archive there" for n in range(100)}
    wrong = {**missing, "bad.png": "bad.png is no picture of JPEG, PNG, WEBP", "cut.wav": "cut.wav cannot be read as a sound: cut"}
    [check] = media({"bm25": object(), "multimodal": Seeing(wrong, {"picture": (1_200, 3_000), "sound": (1, 2)})})
    assert (check.name, check.ok) == ("multimodal", False)
    assert check.found.startswith("1,200 of 3,000 pictures, 1 of 2 sounds could not be read in training: 0.png is neither")
    assert "bad.png is no picture" in check.found
    assert "cut.wav cannot be read" in check.found
    assert check.found.endswith("and 1,197 more")
    assert "ronghe train" in check.remedy
    [older] = media({"multimodal": Seeing({"a.png": "a.png is empty"})})
    assert older.found == "1 files could not be read in training: a.png is empty"


def test_files_that_were_all_read_are_counted_and_a_shop_without_any_hears_nothing():
    [check] = media({"multimodal": Seeing({}, {"picture": (0, 12), "sound": (0, 0)})})
    assert (check.ok, check.found) == (True, "12 pictures read")
    assert list(media({"multimodal": Seeing({}, {"picture": (0, 0)}), "bm25": object()})) == []


def test_rules_and_synonyms_that_cannot_be_read_are_found(tmp_path: Path):
    assert not list(written(tmp_path)), "a shop without any hears nothing"
    (tmp_path / "rules.toml").write_text("[[pin]\n", encoding="utf-8")
    (tmp_path / "synonyms.txt").write_bytes(b"\xff\xfe")
    rules, synonyms = written(tmp_path)
    assert (rules.name, rules.ok, synonyms.name, synonyms.ok) == ("rules.toml", False, "synonyms.txt", False)
    assert str(tmp_path) in rules.remedy
    (tmp_path / "rules.toml").write_text("", encoding="utf-8")
    (tmp_path / "synonyms.txt").write_text("sofa, couch\n", encoding="utf-8")
    assert [check.ok for check in written(tmp_path)] == [True, True]
