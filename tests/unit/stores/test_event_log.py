"""The event log in SQL: hashes find an id fast, but ids decide."""

import polars as pl

from ronghe.core.ports import EVENT_SCHEMA
from ronghe.stores import connect, event_log
from ronghe.stores.checks import check_items


def views(*ids):
    blank = dict.fromkeys(EVENT_SCHEMA)
    return pl.DataFrame(
        [{**blank, "id": i, "time": 1.6e9, "user": "u", "kind": "view", "item": f"i{i}"} for i in ids], schema=EVENT_SCHEMA
    )


def test_ids_of_one_hash_are_different_events(tmp_path, monkeypatch):
    monkeypatch.setattr(event_log, "_key", lambda name: 7)
    store = connect(f"sqlite:///{tmp_path}/shop.db")
    assert store.append(views("a", "b", "a")).accepted == 2
    done = store.append(views("b", "c"))
    assert (done.accepted, done.doubled) == (1, 1)
    assert store.event_rows()["id"].to_list() == ["a", "b", "c"]
    store.close()


def test_the_hash_of_an_id_is_the_same_in_every_version():
    assert event_log._key("e1") == 292540415853092123


def test_a_load_of_many_events_knows_the_items_that_a_small_one_knows(tmp_path):
    store = connect(f"sqlite:///{tmp_path}/shop.db")
    ids = [f"{n}" for n in range(2500)]
    store.append(views(*ids))
    store.put_items(check_items([{"id": f"i{n}"} for n in range(2499, -1, -2)])[0])
    whole = store.events().item
    small = [int(store.events(after=n, until=n + 1).item[0]) for n in range(0, 2500, 250)]
    assert whole[::250].tolist() == small
    assert (whole >= 0).sum() == 1250
    store.close()
