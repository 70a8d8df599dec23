"""A little shop of things with a colour and a kind: what tests of fine-tuning learn from, where the right answers are known."""

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.events import KIND
from worlds import shop

COLOURS = ("red", "blue", "green", "black", "white")
THINGS = ("lamp", "cable", "mouse", "chair", "bag", "camera", "printer", "speaker")


def tiny_shop(copies: int = 3) -> Dataset:
    """Every colour of every kind, `copies` times under titles of their own; who buys a lamp buys a chair of its colour then."""
    rows = [
        {
            "title": f"{colour} {kind} {'abc'[copy % 3]}{copy} 16 gb",
            "category": f"Things > {kind}",
            "brand": f"brand {colour}",
            "attributes": f'{{"colour": "{colour}"}}',
            "description": f"the {kind} of {colour}",
        }
        for copy in range(copies)
        for colour in COLOURS
        for kind in THINGS
    ]
    rng = np.random.default_rng(0)
    bought = []
    for user in range(30):
        colour, copy = int(rng.integers(5)), int(rng.integers(copies))
        first = (copy * 5 + colour) * 8
        once = {"kind": KIND["purchase"], "user": user, "session": user}
        bought += [{**once, "item": first, "time": user / 2}, {**once, "item": first + 3, "time": user / 2 + 0.001}]
    return shop(rows, bought)
