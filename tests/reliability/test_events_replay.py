"""E1: events doubled, out of order, late, in any batch split leave the same shop; accepted + doubled + rejected = sent."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.core.events import KINDS
from ronghe.stores import connect
from ronghe.stores.checks import check_events, check_items

NOW = 1.7e9
EVENT = st.fixed_dictionaries(
    {"time": st.floats(1.5e9, NOW), "user": st.sampled_from(["ann", "bob", 3]), "item": st.sampled_from(["x", "y", "z", "late"])},
    optional={
        "id": st.sampled_from(["1", "2", "3"]),
        "session": st.sampled_from(["s", "t"]),
        "kind": st.sampled_from([*KINDS, "addtocart", "nonsense"]),
        "amount": st.sampled_from([1, 2.5, 0, -1, True]),
        "price": st.floats(allow_nan=True),
    },
)


def one_id_one_event(rows):
    """The first row of each id: two events that share an id are one event, sent again."""
    first = {}
    return [first.setdefault(row["id"], row) if "id" in row else row for row in rows]


@st.composite
def roads(draw):
    """The same events by two roads: in order, and shuffled with doubles in batches, the catalogue somewhere between."""
    rows = one_id_one_event(draw(st.lists(EVENT, max_size=12)))
    again = rows + (draw(st.lists(st.sampled_from(rows), max_size=5)) if rows else [])
    shuffled = draw(st.permutations(again))
    cuts = sorted(draw(st.sets(st.integers(0, len(shuffled)))) | {0, len(shuffled)})
    batches = [shuffled[a:b] for a, b in pairwise(cuts)]
    return rows, batches, draw(st.integers(0, len(batches)))


@settings(max_examples=60)
@given(roads())
def test_any_road_leads_to_the_same_shop(road):
    straight, crooked = connect("memory://"), connect("memory://")
    check_both(road, straight, crooked)


@settings(max_examples=15)
@given(roads())
def test_so_it_does_on_disk(tmp_path_factory, road):
    folder = tmp_path_factory.mktemp("shop")
    straight, crooked = connect(f"sqlite:///{folder}/a.db"), connect(f"sqlite:///{folder}/b.db")
    check_both(road, straight, crooked)
    straight.close()
    crooked.close()


def check_both(road, straight, crooked):
    rows, batches, catalogue_at = road
    catalogue = check_items([{"id": i, "title": i} for i in ("x", "y", "z", "late")])[0]
    straight.put_items(catalogue)
    send(straight, rows, "straight")
    for number, batch in enumerate([*batches, []]):
        if number == catalogue_at:
            crooked.put_items(catalogue)
        send(crooked, batch, "straight")
    assert shop_of(straight) == shop_of(crooked)
    assert {r.content for r in straight.rejects()} == {r.content for r in crooked.rejects()}


def send(store, rows, source):
    good, bad = check_events(rows, now=NOW, source=source)
    done = store.append(good)
    store.reject(bad)
    assert done.accepted + done.doubled + len(bad) == len(rows)


def shop_of(store):
    """What is known, by ids: numbers are given in the order of arrival and may differ."""
    rows = sorted(map(repr, store.event_rows().drop("seq").rows()))
    events, shoppers, items = store.events(), store.shoppers().ids, store.catalog().vocabulary.ids
    assert (np.diff(events.time) >= 0).all()
    told = sorted(
        (t, shoppers[u], items[i], int(k)) for t, u, i, k in zip(events.time, events.user, events.item, events.kind, strict=True)
    )
    return rows, told
