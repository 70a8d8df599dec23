"""Numbers with units: one way to write each, and the same measure in other words."""

import pytest

from ronghe.compute.local import Local
from ronghe.core.queries import Queries
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.measures import measures_of, written_one_way
from ronghe.methods.lexical.spelling import Spelling
from ronghe.methods.lexical.text import words
from worlds import shop

ITEMS = [
    {"title": "Fast drive 1TB"}, {"title": "Big drive 1024 GB"}, {"title": "Small drive 500GB"},
    {"title": "Laptop 15.6 inch"}, {"title": "Notebook 39.6 cm"}, {"title": 'Laptop 15.4"'},
    {"title": "Cola 0.5 l"}, {"title": "Cola 16 FL OZ"}, {"title": "矿泉水 500毫升"}, {"title": "Flour 1 lb"},
    {"title": "Rice 454 g"},
]  # fmt: skip


def found(text):
    return sorted(BM25().fit(shop(ITEMS, []), Local()).retrieve(Queries.of(1, text=(text,)), 20).item.tolist())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 tb", ["1tb"]), ("1TB", ["1tb"]), ("1000gb", ["1000gb"]), ("15,6 Zoll", ["15.6in"]), ("15.6-inch", ["15.6in"]),
        ("500ml", ["500ml"]), ("0.5 l", ["0.5l"]), (".50 Liter", ["0.5l"]), ("0,500 l", ["0.5l"]), ("16 oz", ["16oz"]),
        ("16 fl. oz.", ["16floz"]), ("10,000 mAh", ["10000mah"]), ("500毫升", ["500ml"]), ("55寸电视", ["55in", "电视"]),
        ("2 in 1", ["2", "in", "1"]), ("2-in-1", ["2", "in", "1"]), ("dv17 in", ["dv17", "in"]), ("5克拉", ["5", "克拉"]),
        ("30 x 20 cm", ["30", "x", "20cm"]), ("3.5.1 g", ["3.5.1", "g"]),
    ],
)  # fmt: skip
def test_a_number_with_its_unit_is_one_word(text, said):
    assert words(text) == said


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("1000gb", [0, 1]), ("1 tb", [0, 1]), ("500 GB", [2]), ("15,6 zoll", [3, 4]), ("15.4 inch", [5]), ("39,6 cm", [3, 4]),
        ("500 ml", [6, 8]), ("0.5升", [6, 8]), ("16 oz cola", [7, 9, 10]), ("16 oz", [7, 9, 10]),
        ("0.454 kg", [9, 10]), ("17 oz cola", []),
    ],
)  # fmt: skip
def test_the_same_measure_is_found_however_it_is_written(typed, items):
    assert found(typed) == items


def test_a_measure_counts_once_where_an_item_says_it_twice():
    items = [{"title": 'Laptop 15.6" (39.6 cm)'}, {"title": 'Laptop 15.6" silver'}]
    both = BM25(b=0.0).fit(shop(items, []), Local()).retrieve(Queries.of(1, text=("15.6 inch",)), 5)
    assert both.score[0] == both.score[1]


def test_an_ounce_is_a_mass_or_a_volume_and_a_word_is_no_measure():
    assert dict(measures_of("16oz")) == pytest.approx({"mass": 453.59237, "volume": 473.176473})
    assert measures_of("rtx2060") == measures_of("12") == ()


def test_a_measure_is_never_mended():
    model = Spelling().fit(shop([{"title": "Tin 500 gram"}, {"title": "inches"}], []), Local())
    texts = ("15,6 zoll", "500ml", "1 tb", "12 inchs")
    meant = model.rewrite(Queries.of(4, text=texts))
    assert meant.text[:3] == texts[:3]
    assert meant.maybe[:3] == ("", "", "")


def test_what_is_written_one_way_stays_so():
    for text in ("15,6 zoll", "1,440 pages", '17" wide', "500毫升 水"):
        assert written_one_way(written_one_way(text)).split() == written_one_way(text).split()
