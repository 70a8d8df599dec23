"""Every store adapter answers like the in-memory one."""

import threading

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.core.catalog import SCHEMA
from ronghe.core.errors import BadData
from ronghe.core.events import KINDS
from ronghe.core.ports import EVENT_SCHEMA, Reject, SlateRow
from ronghe.stores import connect

ADAPTERS = ("memory", "sqlite")


def url_of(adapter, folder):
    return "memory://" if adapter == "memory" else f"sqlite:///{folder}/{adapter}.db"


@pytest.fixture(params=ADAPTERS)
def store(request, tmp_path):
    store = connect(url_of(request.param, tmp_path))
    yield store
    store.close()


def events(*rows):
    """Event rows; what is not said is a purchase at 1.6e9 + place."""
    blank = dict.fromkeys(EVENT_SCHEMA)
    full = [{**blank, "id": f"e{n}", "time": 1.6e9 + n, "kind": "purchase", **row} for n, row in enumerate(rows)]
    return pl.DataFrame(full, schema=EVENT_SCHEMA)


def items(*rows):
    text = dict.fromkeys((n for n, t in SCHEMA.items() if t == pl.String), "")
    blank = {**dict.fromkeys(SCHEMA), **text, "attributes": "{}", "deleted": False}
    return pl.DataFrame([{**blank, **row} for row in rows], schema=SCHEMA)


def test_a_new_shop_is_empty(store):
    assert store.counts() == {"items": 0, "events": 0, "shoppers": 0, "rejects": 0, "slates": 0}
    assert len(store.catalog()) == len(store.events()) == store.last() == 0
    assert store.event_rows().columns == [*EVENT_SCHEMA, "seq"]
    assert store.marks() == {}
    assert store.rejects() == []
    assert list(store.slates()) == []
    assert store.slate("x") is None


def test_an_event_counts_once_within_a_batch_and_over_batches(store):
    first = store.append(events({"id": "a", "user": "u"}, {"id": "b", "user": "u"}, {"id": "a", "user": "v"}))
    again = store.append(events({"id": "b", "user": "u"}, {"id": "c", "user": "u"}))
    assert (first.accepted, first.doubled, first.last) == (2, 1, 2)
    assert (again.accepted, again.doubled, again.last) == (1, 1, 3)
    assert (first.again, again.again) == ((2,), (0,))
    assert store.event_rows()["id"].to_list() == ["a", "b", "c"]
    assert store.shoppers().ids == ("u",), "a double gives no shopper a number"


def test_what_was_deleted_is_not_deleted_again(store):
    store.put_items(items({"id": "a"}, {"id": "b"}))
    assert store.delete_items(["a", "never"]) == 1
    assert store.delete_items(["a"]) == 0
    assert store.delete_items(["a", "b"]) == 1


def test_one_shopper_is_known_by_number_and_by_what_they_did(store):
    rows = [{"user": "u"}, {"user": None, "session": "s"}, {"user": "u"}, {"user": None, "session": "u"}]
    store.append(events(*({"id": str(n), **row} for n, row in enumerate(rows))))
    names = store.shoppers().ids
    assert [store.shopper(name) for name in names] == [0, 1, 2]
    assert store.shopper("nobody") == -1
    assert [store.event_rows(user=name)["id"].to_list() for name in names] == [["0", "2"], ["1"], ["3"]]
    assert store.event_rows(user="nobody").height == 0


def test_a_mark_is_written_with_its_events(store):
    store.append(events({"user": "u"}), mark=("file", 7))
    assert store.marks() == {"file": 7}
    with pytest.raises(BadData):
        store.append(events({"user": "u", "id": "new", "kind": "nonsense"}), mark=("file", 8))
    assert store.marks() == {"file": 7}
    assert store.last() == 1
    store.set_mark("other", 3)
    store.set_mark("file", 9)
    assert store.marks() == {"file": 9, "other": 3}


def test_shoppers_are_users_or_visits_and_are_numbered_as_they_come(store):
    store.append(events({"user": "u", "session": "s"}, {"session": "s"}, {"user": "v"}, {"user": "u"}))
    assert store.shoppers().ids == ("u", "session:s", "v")
    found = store.events()
    assert found.user.tolist() == [0, 1, 2, 0]
    assert found.session.tolist() == [0, 0, -1, -1]


def test_events_come_back_as_they_came(store):
    row = {
        "id": "é-1", "time": 1.6e9 + 0.25, "user": "王", "session": "s", "item": "i", "kind": "click", "query": "面包 'x'",
        "amount": 2.5,
        "price": 0.1, "slate": "sl", "place": 3, "propensity": 0.125, "platform": "web",
    }  # fmt: skip
    plain = {"id": "2", "time": 1.5e9, "session": "s2", "kind": "search", "query": "q"}
    store.append(events(row, plain))
    assert store.event_rows().drop("seq").equals(events(row, plain))
    assert store.event_rows()["seq"].to_list() == [1, 2]
    assert store.event_rows(after=1)["id"].to_list() == ["2"]
    assert store.event_rows(limit=1)["id"].to_list() == ["é-1"]
    assert store.event_rows(user="王")["id"].to_list() == ["é-1"]
    assert store.event_rows(user="session:s2")["id"].to_list() == ["2"]
    assert store.event_rows(user="nobody").height == 0


def test_events_load_in_time_order_with_what_is_unknown_marked(store):
    late = {"time": 1.7e9, "user": "u", "kind": "rating", "amount": 4.0, "price": 2.5, "place": 2, "propensity": 0.5}
    store.append(events(late, {"time": 1.6e9, "user": "v"}))
    found = store.events()
    assert found.time.tolist() == [1.6e9, 1.7e9]
    assert found.user.tolist() == [1, 0]
    assert found.kind.tolist() == [KINDS.index("purchase"), KINDS.index("rating")]
    assert found.amount.tolist() == [1.0, 4.0]
    assert found.place.tolist() == [-1, 2]
    assert np.isnan(found.price).tolist() == [True, False]
    assert np.isnan(found.propensity).tolist() == [True, False]


def test_events_after_and_until_are_by_sequence(store):
    store.append(events(*({"user": "u"} for _ in range(5))))
    assert store.events(after=2).time.tolist() == [1.6e9 + n for n in (2, 3, 4)]
    assert store.events(after=1, until=3).time.tolist() == [1.6e9 + n for n in (1, 2)]
    assert len(store.events(after=5)) == 0
    assert len(store.events(after=9, until=4)) == 0


def test_an_item_the_catalogue_does_not_know_joins_when_it_comes(store):
    store.append(events({"user": "u", "item": "later"}, {"user": "u", "item": "first"}))
    store.put_items(items({"id": "first"}))
    assert store.events().item.tolist() == [-1, 0]
    store.put_items(items({"id": "later"}))
    assert store.events().item.tolist() == [1, 0]


def test_items_keep_their_numbers_for_ever(store):
    assert store.put_items(items({"id": "a", "title": "A"}, {"id": "b", "price": 2.0, "stock": 0}, {"id": "a", "title": "A2"})) == 2
    numbers = {i: int(n) for i, n in zip("ab", store.catalog().numbers(["a", "b"]), strict=True)}
    assert store.put_items(items({"id": "c"}, {"id": "b", "title": "B", "created": 1.6e9})) == 2
    catalog = store.catalog()
    assert {i: int(n) for i, n in zip("ab", catalog.numbers(["a", "b"]), strict=True)} == numbers
    assert catalog.numbers(["c"]).tolist() == [2]
    b = catalog.row(numbers["b"])
    assert (b["title"], b["price"], b["stock"], b["created"]) == ("B", None, None, 1.6e9)
    assert catalog.row(numbers["a"])["title"] == "A2"


def test_a_deleted_item_keeps_its_number_and_may_come_back(store):
    store.put_items(items({"id": "a"}, {"id": "b"}))
    assert store.delete_items(["a", "nobody"]) == 1
    assert store.catalog().available.tolist() == [False, True]
    store.put_items(items({"id": "a", "title": "again"}))
    assert store.catalog().available.tolist() == [True, True]
    assert store.catalog().title == ["again", ""]


def test_wrong_columns_are_refused_and_nothing_is_kept(store):
    with pytest.raises(BadData, match="kind"):
        store.append(events({"user": "u"}).drop("kind"))
    with pytest.raises(BadData, match="price"):
        store.put_items(items({"id": "a"}).with_columns(pl.lit(1).alias("price")))
    with pytest.raises(BadData, match="id"):
        store.put_items(items({"id": None}))
    assert store.counts()["events"] == store.counts()["items"] == 0


def test_a_reject_is_kept_once_newest_last(store):
    first, second = Reject("f.csv", 1, "price", "price is -1", "{}"), Reject("f.csv", 2, "time", "time is x", "ü")
    store.reject([first, second])
    store.reject([first])
    store.reject([])
    assert store.rejects() == [first, second]
    assert store.rejects(limit=1) == [second]
    assert store.rejects(limit=0) == []
    assert store.counts()["rejects"] == 2


def test_slates_come_back_newest_first(store):
    slates = [SlateRow(f"s{n}", 1.6e9 + n, None if n else "u", "home", "v1", {"items": ["a"], "n": n, "x": "面"}) for n in range(3)]
    store.put_slate(slates)
    assert store.slate("s0") == slates[0]
    assert store.slate("s9") is None
    assert list(store.slates()) == slates[::-1]
    assert list(store.slates(limit=1)) == [slates[2]]
    assert store.counts()["slates"] == 3


def test_threads_neither_lose_nor_double_events(store):
    def send(worker):
        for n in range(10):
            store.append(events({"id": f"{worker}-{n}", "user": f"u{worker}"}, {"id": f"shared-{n}", "user": "u"}))

    threads = [threading.Thread(target=send, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = store.event_rows(limit=1000)
    assert sorted(rows["id"].to_list()) == sorted(
        [f"{w}-{n}" for w in range(6) for n in range(10)] + [f"shared-{n}" for n in range(10)]
    )
    assert rows["seq"].to_list() == list(range(1, 71))
    assert sorted(store.shoppers().ids) == ["u", *(f"u{w}" for w in range(6))]


IDS = st.sampled_from(["a", "b", "c", "d", "0", "session:s"])
EVENT = st.fixed_dictionaries({
    "id": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=3),
    "time": st.floats(0, 2e9),
    "user": st.none() | IDS,
    "session": st.none() | IDS,
    "item": st.none() | IDS,
    "kind": st.sampled_from(KINDS),
    "amount": st.none() | st.floats(0, 100, width=32),
    "place": st.none() | st.integers(1, 50),
})  # fmt: skip
STEP = st.tuples(st.just("append"), st.lists(EVENT, max_size=6)) | st.tuples(
    st.sampled_from(["put", "delete"]), st.lists(IDS, max_size=3)
)


@settings(max_examples=60)
@given(steps=st.lists(STEP, max_size=6))
def test_any_road_leads_every_adapter_to_the_same_shop(steps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    stores = [connect(url_of(adapter, folder)) for adapter in ADAPTERS]
    for verb, what in steps:
        done = [_do(store, verb, what) for store in stores]
        assert done.count(done[0]) == len(done)
    reference, *others = [_state(store) for store in stores]
    for store in stores:
        store.close()
    assert all(other == reference for other in others)


def _do(store, verb, what):
    if verb == "append":
        return store.append(events(*what), mark=("m", len(what)))
    return store.put_items(items(*({"id": i} for i in what))) if verb == "put" else store.delete_items(what)


def _state(store):
    found = store.events()
    columns = {name: np.nan_to_num(getattr(found, name).astype(float), nan=-9).tolist() for name in found.__dataclass_fields__}
    return (
        columns,
        store.event_rows().rows(),
        store.catalog().table.rows(),
        store.shoppers().ids,
        store.marks(),
        store.counts(),
        store.last(),
    )


def test_what_was_typed_is_told_by_events_and_by_the_answers_that_they_name(store):
    store.put_items(items({"id": "a"}, {"id": "b"}))
    body = {"items": ["b"], "request": {"surface": "search", "text": " tea "}}
    store.put_slate([SlateRow("s1", 1.0, "u", "search", "m", body), SlateRow("s2", 1.0, "u", "home", "m", {"items": []})])
    store.append(events(
        {"id": "1", "user": "u", "item": "a", "query": "milk", "kind": "click"},
        {"id": "2", "session": "v", "item": "b", "slate": "s1", "kind": "click"},
        {"id": "3", "user": "u", "item": "a"},
        {"id": "4", "user": "u", "item": "a", "slate": "s2"},
        {"id": "5", "query": "never sold", "kind": "search"},
        {"id": "6", "user": "u", "item": "unknown", "query": "oats", "slate": "s1", "time": 1.0},
    ))  # fmt: skip
    found = store.searches()
    assert found.text == ("oats", "milk", "tea", "never sold")
    assert found.item.tolist() == [-1, 0, 1, -1]
    assert found.user.tolist() == [0, 0, 1, -1]
    assert [KINDS[kind] for kind in found.kind] == ["purchase", "click", "click", "search"]
    assert store.searches(after=1, until=5).text == ("tea", "never sold")
    assert found.before(1.5).text == ("oats",)
