"""The report in the terminal: every system and every test, in 100 columns."""

import io

from rich.console import Console

from reports import report
from ronghe.evaluate.terminal import said, show


def test_the_report_fits_and_says_what_was_found():
    out = io.StringIO()
    show(report(), Console(file=out, width=100))
    shown = out.getvalue()
    assert max(map(len, shown.splitlines())) <= 100
    for words in ("Corner <shop>", "1,234 shoppers", "40% of them new", "discover", "+0.1500", "0.0001", "bm25", "A note."):
        assert words in shown


def test_a_comparison_as_a_sentence():
    assert said(report().comparisons[1]) == (
        "final - ease, ndcg@10 on repeat: +0.1500 (95 % interval +0.1000 to +0.2000), p = 0.0001"
    )
