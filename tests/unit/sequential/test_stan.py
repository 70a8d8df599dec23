"""STAN against its definition, written out by hand."""

import numpy as np

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.core.events import KIND
from ronghe.methods.sequential.stan import Stan
from worlds import shop

LINES = ([0, 1, 2], [1, 3], [2, 1, 4, 0], [3, 4])


def test_scores_are_what_the_definition_says():
    events = [
        {"kind": KIND["purchase"], "user": user, "item": item, "time": 1.0 + at, "session": user}
        for user, line in enumerate(LINES)
        for at, item in enumerate(line)
    ]
    model = Stan(decay=2.0, around=3.0).fit(shop([{"title": "thing"}] * 5, events), Local())
    fade = {1: 1.0, 0: np.exp(-1 / 2.0)}  # asked: 0, then 1
    want = np.zeros(5)
    for line in LINES:
        like = sum(fade.get(item, 0.0) for item in line) / np.sqrt(len(line))
        shared = [item for item in line if item in fade]
        if shared:
            meet = line.index(max(shared, key=lambda item: fade[item]))
            for at, item in enumerate(line):
                want[item] += like * np.exp(-abs(at - meet) / 3.0)
    np.testing.assert_allclose(model.scores(after(0, 1))[0][model.known.columns(np.arange(5))], want, rtol=1e-5)


def test_nobody_is_their_own_neighbour():
    data = ring(12, 1, 6)
    model = Stan().fit(data, Local())
    assert best(model, after(0, 1)) in range(12)
    assert model.retrieve(after(0, 1).replace(user=np.array([0])), 5).counts.tolist() == [0]


def test_old_lines_fade():
    events = [
        {"kind": KIND["purchase"], "user": user, "item": item, "time": 1.0 + 90 * (user % 2) + at, "session": user}
        for user in range(8)
        for at, item in enumerate((0, 1 if user % 2 else 2))
    ]
    data = shop([{"title": "thing"}] * 3, events)
    scores = Stan(recent=10.0).fit(data, Local()).retrieve(after(0), 3)
    said = dict(zip(scores.item.tolist(), scores.score.tolist(), strict=True))
    np.testing.assert_allclose(said[2] / said[1], np.exp(-90 / 10), rtol=1e-3)
