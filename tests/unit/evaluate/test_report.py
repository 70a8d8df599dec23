"""The report: JSON there and back, the best of each role, clear refusal of what is not a report."""

import json
import math

import pytest

from reports import report
from ronghe.core.errors import BadData
from ronghe.evaluate.report import Report


def test_json_there_and_back_loses_nothing():
    text = report().to_json()
    assert Report.of_json(text).to_json() == text
    assert Report.of_dict(report().to_dict()).system("ease").scores == report().system("ease").scores


def test_nan_is_null_in_json_and_nan_again():
    plain = json.loads(report().to_json(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert plain["systems"][0]["alone"] is None
    assert math.isnan(Report.of_json(report().to_json()).system("popular").alone)


def test_the_best_of_a_role_comes_first():
    assert [s.name for s in report().of_role("retriever")] == ["ease", "a<b>&c"]
    assert (report().best_single.name, report().final.name) == ("ease", "final")


def test_the_headline_is_numbers_only():
    assert report().headline() == {"ndcg@10": 0.4, "recall@10": 0.4, "hit@10": 0.4, "coverage": 0.04}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not an evaluation report"),
        ("[]", "JSON object"),
        ('{"schema": 99}', "schema 99"),
        ('{"schema": 1}', "not an evaluation"),
    ],
)
def test_what_is_not_a_report_is_refused(text, says):
    with pytest.raises(BadData, match=says):
        Report.of_json(text)
