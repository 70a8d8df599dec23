"""What a running shop takes up by itself: rules and items of others, events that came before their item, a damaged `current`."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request
from served import fit, small_shop

HIDE = '[[hide]]\nitem = "i40"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return small_shop(tmp_path / "shop", versions=0)


@pytest.fixture
def pair(shop: Path) -> Iterator[tuple[Engine, Engine]]:
    """The engine that is asked, and one that stands for another process."""
    with closing(Engine.open(shop)) as ours, closing(Engine.open(shop)) as theirs:
        yield ours, theirs


def found(engine: Engine, text: str = "tea") -> list[str]:
    (answer,) = engine.ask([Request("search", text=text, k=50, log=False)])
    assert isinstance(answer, Answer)
    return [one.id for one in answer.items]


def remembered(engine: Engine, name: str) -> list[str]:
    history = engine.keeper.shoppers.history([(engine.keeper.shoppers.number(name),)], np.array([9e9]))
    return [engine.keeper.live.catalog.vocabulary.ids[item] for item in history.item]


def viewed(item: str, moment: float = 1.7e9) -> dict[str, object]:
    return {"id": f"zoe-{item}", "time": moment, "user": "zoe", "item": item, "kind": "view"}


def test_rules_of_another_process_hold_after_a_refresh(pair: tuple[Engine, Engine]) -> None:
    ours, theirs = pair
    theirs.set_rules(HIDE)
    assert "i40" in found(ours)
    ours.refresh()
    assert "i40" not in found(ours)
    (ours.folder / "rules.toml").unlink()
    ours.refresh()
    assert "i40" in found(ours)


@pytest.mark.parametrize("wrong", [b"[[hide]]\nitme = 'i41'\n", b"\xff\xfe", b"[[hide"])
def test_wrong_rules_of_another_process_are_told_and_those_in_force_stay(shop: Path, wrong: bytes) -> None:
    with closing(Engine.open(shop)) as ours:
        ours.set_rules(HIDE)
        (shop / "rules.toml").write_bytes(wrong)
        ours.refresh()
        assert "i40" not in found(ours)
        assert "rules.toml" in ours.status()["broken"]
        assert ours.keeper.trouble == ["rules.toml"]
        ours.set_rules("")
        assert ours.status()["broken"] == {}
        assert "i40" in found(ours)


def test_a_switch_keeps_the_rules_in_force_when_those_on_disk_are_wrong(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        ours.set_rules(HIDE)
        (shop / "rules.toml").write_text("[[hide")
        ours.switch(fit(ours))
        assert "i40" not in found(ours)


def test_new_rules_leave_suggestions_and_facets_at_hand(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        before = ours.keeper.live.suggester, ours.keeper.live.facets
        ours.set_rules(HIDE)
        assert (ours.keeper.live.suggester, ours.keeper.live.facets) == before


def test_an_event_that_comes_before_its_item_is_remembered_when_the_item_comes(pair: tuple[Engine, Engine]) -> None:
    ours, theirs = pair
    theirs.put_items([{"id": "new", "title": "New Tea"}])
    theirs.record([viewed("new"), viewed("later", 1.6e9)])
    ours.keeper.sync()  # between the look at the catalogue and the look at the log
    assert remembered(ours, "zoe") == []
    ours.refresh()
    assert remembered(ours, "zoe") == ["new"]
    ours.put_items([{"id": "later", "title": "Later Tea"}])
    assert remembered(ours, "zoe") == ["later", "new"]  # in the order of time
    assert ours.keeper._waiting == {}


def test_what_waits_for_items_that_never_come_has_an_end(pair: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.engine.keeper.MOST_WAITING", 3)
    ours, _ = pair
    ours.record([viewed(f"never-{n}") for n in range(9)])
    assert list(ours.keeper._waiting) == ["never-6", "never-7", "never-8"]


@pytest.mark.parametrize("damage", [b"", b"\n", b"\xff\xff", b"20260101-0000"], ids=["empty", "blank", "not text", "cut off"])
def test_the_newest_whole_version_serves_when_current_is_damaged(shop: Path, damage: bytes) -> None:
    with closing(Engine.open(shop)) as ours:
        first, last, refused = fit(ours), fit(ours), fit(ours)
        for version in (first, last):
            ours.switch(version)
        names = sorted((first, last, refused))
    gate(shop, names[2], "worse than what is popular")
    (shop / "models" / "current").write_bytes(damage)
    with closing(Engine.open(shop)) as ours:
        assert ours.keeper.live.version == names[1]
        assert [info.version for info in ours.models() if info.current] == [names[1]]
        broken = ours.status()["broken"]
        assert "current" in broken or damage.decode("latin-1") in broken
        assert ours.keeper.trouble
        ours.switch(names[0])
        assert ours.keeper.trouble == []
        assert "current" not in ours.status()["broken"]


def gate(shop: Path, version: str, why: str) -> None:
    """Makes a version one that the gate refused."""
    import json

    from ronghe.engine.versions import MANIFEST, seal

    folder = shop / "models" / version
    meta = json.loads((folder / "meta.json").read_text())
    (folder / MANIFEST).unlink()
    (folder / "meta.json").write_text(json.dumps({**meta, "gated": why}))
    seal(folder)


def test_another_whole_version_serves_when_the_only_one_that_ever_served_is_gone(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        other, served = fit(ours), fit(ours)
        ours.switch(served)
    shutil.rmtree(shop / "models" / served)
    with closing(Engine.open(shop)) as ours:
        assert ours.keeper.live.version == other
        assert ours.keeper.trouble == [served]
    manifest = shop / "models" / other / "manifest.json"
    os.truncate(manifest, 10)
    with closing(Engine.open(shop)) as ours:
        assert ours.keeper.live.version == ""  # nothing whole is left: words and popularity still answer
        assert found(ours)


def test_a_damaged_current_is_told_while_the_shop_runs_and_what_serves_stays(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        ours.switch(version := fit(ours))
        (shop / "models" / "current").write_text("")
        assert ours.refresh() is False
        assert ours.keeper.trouble == ["current"]
        assert ours.keeper.live.version == version
        (shop / "models" / "current").write_text(f"{version}\n")
        ours.refresh()
        assert ours.keeper.trouble == []


def test_versions_that_were_never_made_current_do_not_serve(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        fit(ours)
    with closing(Engine.open(shop)) as ours:
        assert ours.keeper.live.version == ""
        assert ours.status()["broken"] == {}


def test_a_new_brand_category_and_attribute_are_suggested_and_counted_at_once(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        assert ours.suggest("zan") == []
        item = {
            "id": "new",
            "title": "Oolong Tea",
            "brand": "Zander",
            "category": "DRINKS > ZANY",
            "attributes": {"sort": ["Rare", "Old"]},
        }
        ours.put_items([item])
        assert {(one.kind, one.id) for one in ours.suggest("zan")} == {("category", "DRINKS > ZANY"), ("brand", "Zander")}
        (answer,) = ours.ask([Request("search", text="oolong", log=False)])
        assert isinstance(answer, Answer)
        counted = {facet.name: dict(facet.values) for facet in answer.facets}
        assert counted["sort"] == {"Rare": 1, "Old": 1}
        for name, value in (("brand", "Zander"), ("category", "DRINKS"), ("sort", "Rare")):
            (answer,) = ours.ask([Request("search", text="oolong", filters={name: (value,)}, log=False)])
            assert isinstance(answer, Answer)
            assert answer.total == 1
        ours.delete_items(["new"])
        assert ours.suggest("zan") == []
        assert ours.delete_items(["new"]) == 0


def test_rules_that_cannot_be_written_leave_the_old_ones_and_no_trace(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(start: Path, end: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with closing(Engine.open(shop)) as ours:
        ours.set_rules(HIDE)
        monkeypatch.setattr("os.replace", full)
        with pytest.raises(OSError, match="No space"):
            ours.set_rules("")
        assert ours.rules() == HIDE
        assert "i40" not in found(ours)
        assert [path.name for path in shop.glob(".rules*")] == []


def test_nobody_waits_for_what_a_new_version_has_to_work_out(shop: Path) -> None:
    with closing(Engine.open(shop)) as ours:
        ours.refresh()
        assert {"facets", "funnels", "columns", "suggester"} <= set(ours.keeper.live.__dict__)
        ours.switch(fit(ours))
        assert {"facets", "funnels", "columns", "suggester"} <= set(ours.keeper.live.__dict__)
        assert "attributes" in ours.keeper.live.facets.__dict__


def test_a_visit_that_was_forgotten_is_remembered_when_it_returns(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.engine.shoppers.FOLD", 10)
    text = (shop / "ronghe.toml").read_text()
    (shop / "ronghe.toml").write_text(text.replace("[shop]", "[shop]\nvisits = 3"))
    with closing(Engine.open(shop)) as ours:
        rows = [{"time": 1.7e9 + n, "session": f"s{n}", "item": f"i{n % 60}", "kind": "view"} for n in range(120)]
        for start in range(0, 120, 10):
            ours.record(rows[start : start + 10])
        assert not ours.keeper.shoppers.at_hand("session:s0")
        assert ours.keeper.shoppers.at_hand("session:s119")
        ours.record([{"time": 1.79e9, "session": "s0", "item": "i9", "kind": "view"}])
        assert remembered(ours, "session:s0") == ["i0", "i9"]
        assert remembered(ours, "session:s1") == ["i1"]
        names = ours.store.shoppers()
        assert len({ours.keeper.shoppers.number(name) for name in names.ids}) == len(names)
    with closing(Engine.open(shop)) as ours:
        assert not ours.keeper.shoppers.at_hand("session:s1")
        assert remembered(ours, "session:s1") == ["i1"]
