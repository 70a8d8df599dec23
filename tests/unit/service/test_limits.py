"""One limit each: what files may bring in, clients may send and ask for, and pages show."""

import json
from typing import Any

import pytest

from ronghe.core import limits
from ronghe.core.errors import BadRequest
from ronghe.service.api.asking import SEARCH
from ronghe.service.api.events import EVENT
from ronghe.service.api.items import ITEM
from ronghe.service.fields import read_object, read_query
from ronghe.service.pages.shop import SEARCH as PAGE
from ronghe.stores.checks import check_events, check_items

ODD = "a\u00a0b\u200b\u3000c"
ITEMS: dict[str, list[Any]] = {
    "id": ["x" * limits.ID, "x" * (limits.ID + 1), ODD, "a\tb", "a\x85b", "a\u2028b"],
    "title": ["t" * limits.TITLE, "t" * (limits.TITLE + 1)],
    "description": ["d" * limits.DESCRIPTION, "d" * (limits.DESCRIPTION + 1)],
    "brand": ["b" * limits.ID, "b" * (limits.ID + 1)],
    "category": ["c" * limits.CATEGORY, "c" * (limits.CATEGORY + 1)],
    "group": ["g" * limits.ID, "g" * (limits.ID + 1)],
    "language": ["zh-Hans-CN", "zh-Hans-CNX"],
    "price": [0, limits.PRICE, limits.PRICE * 1.001, -0.01],
    "stock": [0, limits.STOCK, limits.STOCK + 1, -1],
    "created": [limits.FIRST_MOMENT, limits.FIRST_MOMENT - 1],
    "attributes": [{"a": "v" * 15_000}, {"a": "v" * 20_001}, {"n" * 101: "v"}, {"a\nb": "v"}, {"a": ["v"] * 60}],
    "image": ["i" * limits.LINK, "i" * (limits.LINK + 1)],
}
EVENTS: dict[str, list[Any]] = {
    **{name: ["x" * limits.ID, "x" * (limits.ID + 1), ODD, "a\tb"] for name in ("id", "user", "session", "item", "slate")},
    "platform": ["x" * limits.ID, "x" * (limits.ID + 1)],
    "query": ["q" * limits.QUERY, "q" * (limits.QUERY + 1)],
    "amount": [limits.PIECES, limits.PIECES + 1],
    "price": [limits.PRICE, limits.PRICE * 1.001],
    "place": [1, limits.PLACE, 0, limits.PLACE + 1],
    "propensity": [limits.ODDS, 0, 1, 1.1],
    "time": [limits.FIRST_MOMENT, limits.FIRST_MOMENT - 1],
}


def taken_by_http(row: dict[str, Any], fields: Any) -> bool:
    try:
        read_object(row, fields)
    except BadRequest:
        return False
    return True


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in ITEMS.items() for v in values])
def test_an_item_that_a_file_may_bring_in_may_be_posted_too(field: str, value: Any):
    row = {"id": "x", field: value}
    good, _ = check_items([{**row, "attributes": json.dumps(value)} if field == "attributes" else row])
    passed = taken_by_http(row, ITEM)
    assert passed or not good.height
    assert good.height or not passed or field == "attributes"  # their JSON text as a whole is measured when it is kept


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in EVENTS.items() for v in values])
def test_so_it_is_with_events(field: str, value: Any):
    row = {"id": "x", "time": 1.7e9, "user": "u", "item": "i", "kind": "view", field: value}
    good, _ = check_events([row])
    assert bool(good.height) == taken_by_http(row, EVENT)


@pytest.mark.parametrize(
    ("facet", "value"), [("brand", "b" * limits.ID), ("category", "c" * limits.CATEGORY), ("size", "v" * limits.CHOICE)]
)
def test_what_an_item_may_say_can_be_filtered_by(facet: str, value: str):
    asked = f"{facet}:{value}".encode()
    assert read_object({"filters": {facet: [value]}}, SEARCH)["filters"] == {facet: (value,)}
    assert read_query(b"filters=" + asked, SEARCH)["filters"] == {facet: (value,)}
    assert read_query(b"f=" + asked, PAGE)["f"] == {facet: (value,)}


@pytest.mark.parametrize(
    "link", ["https://a.example/b.jpg", "HTTP://a.example", "//cdn.example/a.png", "pictures/a:b.png", "a.png", "/a.png?x=1",
             "data:image/png;base64,AAAA"],
)  # fmt: skip
def test_a_picture_may_lie_on_the_web_or_beside_the_shop(link: str):
    good, bad = check_items([{"id": "x", "image": link}])
    assert (good["image"].to_list(), bad) == ([link], [])


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,<b>", "vbscript:x", "file:///a",
             "c:\\a.png", "blob:x"],
)  # fmt: skip
def test_a_picture_is_nothing_that_a_browser_would_run(link: str):
    good, bad = check_items([{"id": "x", "image": link}])
    assert (good.height, [reject.field for reject in bad]) == (0, ["image"])
