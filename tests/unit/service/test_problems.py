"""Errors of the outside world become the answers that clients can act on."""

import errno

import pytest

from ronghe.core.errors import StoreError
from ronghe.service.problems import problem_of


def of_store(cause: Exception, said: str) -> StoreError:
    error = StoreError(said)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        of_store(OSError(errno.ENOSPC, "No space left on device"), "shop.db: No space left on device"),
        of_store(ValueError(), "shop.db: database or disk is full; free some disk space"),
    ],
)
def test_a_full_disk_is_507(error: Exception):
    problem = problem_of(error)
    assert problem is not None
    assert (problem.status, problem.code) == (507, "disk_full")


def test_a_store_that_does_not_answer_is_503_and_says_when_to_come_again():
    problem = problem_of(StoreError("shop.db: disk I/O error"))
    assert problem is not None
    assert (problem.status, problem.headers) == (503, {"Retry-After": "1"})


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), RuntimeError("ours")])
def test_what_nobody_expects_is_a_fault_of_ours(error: Exception):
    assert problem_of(error) is None
