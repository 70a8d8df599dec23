"""Micro-batching: answers reach who asked, what waits goes together, a full queue sheds, a failure stays with its cause."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ronghe.service.batching import Batcher
from ronghe.service.problems import Problem


class Gate:
    """Work that waits until it is let go, and remembers its batches."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.batches: list[list[int]] = []

    def __call__(self, asks: list[int]) -> list[Any]:
        assert self.open.wait(10)
        self.batches.append(asks)
        return [ask * 10 for ask in asks]


def batcher(work: Callable[[list[int]], Sequence[Any]], **given: Any) -> Batcher[int, int]:
    return Batcher(work, "asks", **{"most": 4, "waiting": 8, "seconds": 5.0, **given})


def test_what_is_asked_meanwhile_goes_together():
    async def run() -> tuple[list[int], list[list[int]]]:
        gate = Gate()
        group = batcher(gate)
        asked = [asyncio.ensure_future(group(n)) for n in range(7)]
        await asyncio.sleep(0)
        gate.open.set()
        answers = await asyncio.gather(*asked)
        await group.close()
        return answers, gate.batches

    answers, batches = asyncio.run(run())
    assert answers == [n * 10 for n in range(7)]
    assert batches == [[0], [1, 2, 3, 4], [5, 6]]


def test_a_full_queue_sheds_at_once_and_recovers():
    async def run() -> tuple[int, int, int]:
        gate = Gate()
        group = batcher(gate, waiting=2)
        asked = [asyncio.ensure_future(group(n)) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await group(3)
        gate.open.set()
        answers = await asyncio.gather(*asked)
        after = await group(4)
        await group.close()
        return refused.value.status, len(answers), after

    assert asyncio.run(run()) == (503, 3, 40)


def test_who_waits_too_long_is_told_so_and_others_get_their_own():
    async def run() -> tuple[int, int]:
        gate = Gate()
        group = batcher(gate, seconds=0.1)
        with pytest.raises(Problem) as late:
            await group(1)
        gate.open.set()
        group.seconds = 30.0  # the second is patient, however slow the machine is
        answer = await group(2)
        await group.close()
        return late.value.status, answer

    assert asyncio.run(run()) == (503, 20)


def test_an_answer_that_is_an_error_reaches_only_who_asked():
    async def run() -> list[Any]:
        group = batcher(lambda asks: [ValueError(n) if n == 2 else n for n in asks])
        answers = await asyncio.gather(*(group(n) for n in range(4)), return_exceptions=True)
        await group.close()
        return answers

    answers = asyncio.run(run())
    assert [answers[n] for n in (0, 1, 3)] == [0, 1, 3]
    assert isinstance(answers[2], ValueError)


@pytest.mark.parametrize("repeat", [True, False])
def test_one_that_spoils_a_batch_spoils_others_only_where_work_may_not_be_done_twice(repeat: bool):
    def work(asks: list[int]) -> list[int]:
        if 2 in asks:
            raise RuntimeError("spoilt")
        return asks

    async def run() -> list[Any]:
        group = batcher(work, repeat=repeat)
        answers = await asyncio.gather(*(group(n) for n in range(4)), return_exceptions=True)
        await group.close()
        return answers

    failed = [n for n, answer in enumerate(asyncio.run(run())) if isinstance(answer, RuntimeError)]
    assert failed == ([2] if repeat else [1, 2, 3])


def test_ten_thousand_askers_who_go_away_cross_no_answers():
    async def one(group: Batcher[int, int], n: int) -> bool:
        task = asyncio.ensure_future(group(n))
        await asyncio.sleep(0)
        if n % 2:
            task.cancel()
        try:
            return await task == n * 10
        except asyncio.CancelledError:
            return bool(n % 2)

    async def run() -> bool:
        group = batcher(lambda asks: [n * 10 for n in asks], most=32, waiting=20_000, seconds=30.0)
        good = await asyncio.gather(*(one(group, n) for n in range(10_000)))
        await group.close()
        return all(good)

    assert asyncio.run(run())


def test_heavy_asks_fill_a_batch_early():
    async def run() -> list[list[int]]:
        gate = Gate()
        group = batcher(gate, most=10, weigh=lambda n: n, heavy=5)
        asked = [asyncio.ensure_future(group(n)) for n in (1, 3, 3, 3)]
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(*asked)
        await group.close()
        return gate.batches

    assert asyncio.run(run()) == [[1], [3, 3], [3]]
