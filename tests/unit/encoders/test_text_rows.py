"""Each different text has one row, and keeps it when items say something else."""

import numpy as np

from ronghe.methods.encoders.text_rows import TextRows, digests


def test_items_that_say_the_same_share_a_row_and_those_that_say_nothing_have_none():
    rows, texts = TextRows.of(["tea", "", "milk", "tea"])
    assert texts == ["tea", "milk"]
    assert rows.row.tolist() == [0, -1, 1, 0]
    assert rows.known.tolist() == digests(texts).tolist()


def test_new_texts_come_behind_the_others_and_known_ones_keep_their_rows():
    rows, _ = TextRows.of(["tea", "milk"])
    after, fresh = rows.restated(np.array([0, 2, 3, 4]), ["milk", "cake", "", "cake"], 6)
    assert fresh == ["cake"]
    assert after.row.tolist() == [1, 1, 2, -1, 2, -1]
    assert after.known.tolist() == digests(["tea", "milk", "cake"]).tolist()  # what nobody says any more keeps its row
    again, fresh = after.restated(np.array([1]), ["tea"], 6)
    assert (again.row[1], fresh) == (0, [])


def test_a_shop_that_has_become_smaller_loses_its_last_items():
    rows, _ = TextRows.of(["tea", "milk"])
    assert rows.restated(np.zeros(0, dtype=np.int64), [], 1)[0].row.tolist() == [0]
