"""What courses of networks over lines have in common: their settings, and the network that each brings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.alike import GIVES


@dataclass(frozen=True)
class Course(ABC):
    """What networks over lines have in common.

    dim: width of item vectors · layers: how many lie on each other · dropout: share of values left out while it learns ·
    rate: how large learning steps are at first · epochs: times that all lines are read at most ·
    patience: epochs without gain on the held-out steps after which it ends ·
    held: share of lines whose last step is held out to know when to end · batch: steps read together ·
    negatives: items drawn for each batch to tell the right ones from; all items where they are at most twice as many, or it is 0 ·
    traits: how much what items have in common shapes where their vectors start, beside what was seen together; 0 = random start ·
    vectors: a method whose vectors of items shape the start as traits do: semantic (their text), lightgcn, als or bpr (the graph of
    who likes what); "" = none · items: model the items with most events, so many at most ·
    least: an item with fewer events is left out ·
    longest: a line's newest steps that are read · workers: processes that learn together.
    """

    dim: int = 64
    layers: int = 2
    dropout: float = 0.4
    rate: float = 0.003
    epochs: int = 16
    patience: int = 5
    held: float = 0.05
    batch: int = 1024
    negatives: int = 512
    traits: float = 0.5
    vectors: str = ""
    items: int = 200_000
    least: int = 1
    longest: int = 50
    workers: int = 1

    def __post_init__(self) -> None:
        for field in ("dim", "layers", "epochs", "patience", "batch", "items", "least", "longest", "workers"):
            require(getattr(self, field) >= 1, field, getattr(self, field), "1 or more")
        require(0 <= self.dropout < 1, "dropout", self.dropout, "from 0 to below 1")
        require(0 < self.rate < 1, "rate", self.rate, "above 0 and below 1")
        require(0 <= self.held < 1, "held", self.held, "from 0 to below 1")
        require(self.negatives >= 0, "negatives", self.negatives, "0 or more")
        require(0 <= self.traits < float("inf"), "traits", self.traits, "0 or more")
        require(self.vectors in ("", *GIVES), "vectors", repr(self.vectors), f"one of {', '.join(GIVES)}, or nothing")

    @abstractmethod
    def network(self) -> Any:
        """A torch module: item vectors (batch, steps, dim) and ages (batch, steps) in days to what each step foretells,
        (batch, steps, dim); no step sees a later one.
        """
