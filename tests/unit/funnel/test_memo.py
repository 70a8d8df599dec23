"""The memo of a batch: made once, shared by threads, gone with its batch."""

import gc
from threading import Thread

from ronghe.core.memo import Memo
from ronghe.core.queries import Queries


def test_it_is_made_once_for_a_batch_and_anew_for_another():
    made: list[int] = []
    memo: Memo[int] = Memo()

    def make(queries: Queries) -> int:
        made.append(len(queries))
        return len(queries)

    one, other = Queries.of(1), Queries.of(2)
    assert [memo.of(q, make) for q in (one, one, other, one)] == [1, 1, 2, 1]
    assert made == [1, 2]


def test_it_is_gone_with_its_batch():
    memo: Memo[int] = Memo()
    for size in range(50):
        memo.of(Queries.of(size), len)
    gc.collect()
    assert len(memo._known) == 0


def test_threads_get_the_value_of_their_own_batch():
    memo: Memo[int] = Memo()
    wrong: list[int] = []

    def ask(size: int) -> None:
        for _ in range(300):
            queries = Queries.of(size)
            if not memo.of(queries, len) == memo.of(queries, len) == size:
                wrong.append(size)

    threads = [Thread(target=ask, args=(size,)) for size in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
