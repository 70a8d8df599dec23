"""`bench sequential`: what is asked, what may be known, and a file whose next items are certain."""

import json

import numpy as np
import pytest
from benchmarks.held_out import Lines, read
from benchmarks.options import Options
from benchmarks.sequential import Exam, run
from benchmarks.shelves import attributes_of, titles_of

from ronghe.core.errors import BadData, NotFound

AT_ONCE = 0  # minutes in which one setting is tried, however fast the machine is


@pytest.fixture
def ring(tmp_path):
    """Sixty users who walk round twelve items; one with a single item, one with two."""
    lines = [f"u{u} " + " ".join(f"i{(u + step) % 12}" for step in range(7)) for u in range(60)]
    (tmp_path / "sequences.txt").write_text("\n".join([*lines, "short i3", "shorter i4 i5", ""]), encoding="utf-8")
    return tmp_path


def test_the_last_item_is_asked_for_and_not_known(ring):
    lines = read(ring / "sequences.txt")
    exam = Exam.of(lines)
    assert exam.came[0] == lines.items.numbers(["i6"])[0]
    assert exam.known.counts[:2].tolist() == [6, 6]
    assert exam.came[60] == -1, "who has one item is asked for nothing"
    assert exam.known.counts[60:].tolist() == [1, 1]
    assert len(exam.some(10, 0).came) == 10


@pytest.mark.parametrize("name", ["next-item", "fused-sequence"])
def test_what_is_certain_is_found(ring, name):
    found = run(Options(data=ring, budget=AT_ONCE, only=name, out=ring / "lists.tsv"))
    assert found["with the validation item in the fit"]["ndcg@10"] > 0.9
    assert found["without the validation item in the fit"]["ndcg@10"] > 0.9
    rows = [line.split("\t") for line in (ring / "lists.tsv").read_text(encoding="utf-8").splitlines()]
    assert rows[0][:3] == ["u0", "i6", "1"]
    had = {f"i{n}" for n in range(6)}
    assert not [item for user, item, *_ in rows if user == "u0" and item in had]


def test_blind_scores_nothing_and_ranks_what_comes_after_the_whole_line(ring):
    found = run(Options(data=ring, budget=AT_ONCE, only="next-item", out=ring / "lists.tsv", blind=True))
    assert not [key for key in found if "validation item" in key]
    assert (ring / "lists.tsv").read_text(encoding="utf-8").split("\t")[1] == "i7"


def test_an_unknown_method_is_named(ring):
    with pytest.raises(NotFound, match="ease"):
        run(Options(data=ring, only="ease"))


def test_titles_and_attributes_stand_beside_the_items(ring):
    items = read(ring / "sequences.txt").items
    assert set(titles_of(ring, items)) == {""}
    (ring / "item_titles.tsv").write_text("item_id\tasin\ttitle\ni0\tB0\tRed thing\n", encoding="utf-8")
    (ring / "item_attributes.json").write_text(json.dumps({"i0": [1, 2]}), encoding="utf-8")
    assert titles_of(ring, items)[0] == "Red thing"
    assert json.loads(attributes_of(ring, items)[0]) == {"of": [1, 2]}
    (ring / "item_attributes.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(BadData, match="JSON object"):
        attributes_of(ring, items)


def test_lines_without_anything_are_no_error():
    none = read_of([])
    assert Exam.of(none).came.tolist() == []


def read_of(rows: list[list[int]]) -> Lines:
    from ronghe.core.vocabulary import Vocabulary

    return Lines(tuple(map(str, range(len(rows)))), np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int64), Vocabulary())


@pytest.mark.parametrize("text", ["", "\n \n", "u1 a\nu2\n"])
def test_lines_too_short_to_choose_settings_by_are_told_so(tmp_path, text):
    (tmp_path / "sequences.txt").write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match="no line is long enough"):
        run(Options(data=tmp_path, budget=AT_ONCE, blind=True))


def test_a_byte_order_mark_is_no_part_of_the_first_user(tmp_path):
    (tmp_path / "sequences.txt").write_bytes(b"\xef\xbb\xbfu1 a b\n")
    assert read(tmp_path / "sequences.txt").users == ("u1",)
