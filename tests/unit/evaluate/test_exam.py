"""The exam: one truth for all systems, marks apart by slice, paired tests that know who is better."""

import numpy as np
import scipy.sparse as sp

from ronghe.core.candidates import Candidates
from ronghe.evaluate.exam import Exam, compare, with_alone
from ronghe.evaluate.report import DISCOVERY, MAIN, NEW_SHELF, REPEAT
from ronghe.evaluate.wanted import Wanted


def exam(shoppers=30):
    """Everybody had item 0 (and 1..5 as filler), and wanted item 0 again and item 9 for the first time."""
    had = [[0, 1, 2, 3, 4, 5]] * shoppers
    past = sp.csr_matrix(np.tile(np.array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], dtype=np.float32), (shoppers, 1)))
    owners = np.array([shoppers] * 6 + [0] * 4, dtype=float)
    return Exam(Wanted.of_lists([[0, 9]] * shoppers), Wanted.of_lists(had), past, np.arange(10) % 3, owners, shoppers)


def lists(*items, shoppers=30):
    return Candidates.of_lists([np.array(items)] * shoppers, [-np.arange(len(items))] * shoppers)


def test_repeats_and_discoveries_are_marked_apart():
    marks = exam().marks(lists(0, 7, 9))
    hit = {part: float(np.nanmean(values["hit@10"])) for part, values in marks.values.items()}
    assert (hit[REPEAT], hit[DISCOVERY]) == (1.0, 1.0)
    ndcg = {part: float(np.nanmean(values[MAIN])) for part, values in marks.values.items()}
    assert ndcg[REPEAT] == 1.0
    assert ndcg[DISCOVERY] < ndcg[NEW_SHELF] < 1.0  # without the known item, the new one moves up from place 3 to 2


def test_a_better_system_is_found_better_and_by_how_much():
    marks = {"good": exam().marks(lists(0, 9)), "poor": exam().marks(lists(7, 8, 0))}
    (test,) = compare(marks, "good", "poor")
    assert test.difference.p < 0.01
    assert test.difference.mean > 0.5


def test_what_only_one_retriever_found_is_counted():
    one, two, wanted = lists(0, 9), lists(0, 8), exam().wanted
    systems = [exam().system(name, "retriever", ranked, exam().marks(ranked), 0.1) for name, ranked in (("one", one), ("two", two))]
    alone = {s.name: s.alone for s in with_alone(systems, {"one": one, "two": two}, wanted)}
    assert alone == {"one": 0.5, "two": 0.0}


def test_every_number_of_a_system_is_there():
    system = exam().system("one", "retriever", lists(0, 9), exam().marks(lists(0, 9)), 0.1)
    assert system.beyond["coverage"] == 0.2
    assert set(system.slices) == {REPEAT, DISCOVERY, NEW_SHELF, "warm"}
    assert all(interval.low <= interval.mean <= interval.high for interval in system.scores.values())
