"""--map and the sources of `ronghe ingest`: what the words of the command line mean."""

from pathlib import Path

import pytest

from ronghe.cli.loading import chosen, loaded, mapping_of
from ronghe.cli.shop import recipe_text
from ronghe.core.errors import BadData, BadRequest
from ronghe.stores.sources import SOURCES

FILE = Path("somewhere.csv")


def test_a_field_that_only_events_have_is_theirs():
    assert mapping_of(["user=customer_no", "time=ordered at"], None, None) == {
        "events": {"user": "customer_no", "time": "ordered at"}
    }


def test_a_field_of_both_goes_to_the_one_file_that_is_read():
    assert mapping_of(["price=cost"], FILE, None) == {"items": {"price": "cost"}}
    assert mapping_of(["price=cost"], None, FILE) == {"events": {"price": "cost"}}


def test_a_field_of_both_must_say_whose_it_is():
    with pytest.raises(BadRequest, match=r"items\.price or events\.price"):
        mapping_of(["price=cost"], FILE, FILE)
    assert mapping_of(["items.price=cost"], FILE, FILE) == {"items": {"price": "cost"}}


def test_several_columns_and_fixed_values():
    assert mapping_of(["items.category=aisle+shelf", "kind==purchase"], None, None) == {
        "items": {"category": ["aisle", "shelf"]},
        "events": {"kind": "=purchase"},
    }


@pytest.mark.parametrize("word", ["user", "=column", "people.name=x"])
def test_a_wrong_word_is_refused(word: str):
    with pytest.raises(BadRequest, match="--map"):
        mapping_of([word], None, None)


def test_something_must_be_named_and_only_once():
    with pytest.raises(BadRequest, match="complete-journey"):
        chosen([], None, None, None, 1.0)
    with pytest.raises(BadRequest, match="--items"):
        chosen(["complete-journey"], FILE, None, None, 1.0)


def test_files_are_read_as_what_they_were_said_to_be(tmp_path: Path):
    items, events = tmp_path / "a.csv", tmp_path / "b.csv"
    items.write_text("sku,label\n1,Milk\n", encoding="utf-8")
    events.write_text("when,who,sku\n1600000000,u,1\n", encoding="utf-8")
    mapping = mapping_of(["user=who", "time=when"], items, events)
    parts = chosen([], items, events, None, 1.0).parts(mapping)
    assert [part.noun for part in parts] == ["items", "events"]
    assert parts[1].mapping["user"] == "who"


@pytest.mark.parametrize("name", list(SOURCES))
def test_a_folder_without_the_files_of_a_source_is_one_line(name: str, tmp_path: Path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "ronghe.toml").write_text(recipe_text("shop"), encoding="utf-8")
    with pytest.raises(BadData, match="not there"):
        loaded(tmp_path / "shop", chosen([name], None, None, tmp_path, 1.0))
