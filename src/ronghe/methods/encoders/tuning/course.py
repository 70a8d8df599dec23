"""The settings of a course of fine-tuning."""

from dataclasses import asdict, dataclass
from typing import Any

from ronghe.core.errors import BadRecipe, require
from ronghe.methods.encoders.item_text import FIELDS
from ronghe.methods.encoders.tuning.pairs import KINDS


@dataclass(frozen=True)
class Course:
    """checkpoint: where it begins: "minilm", a folder, or owner/model of a hub · kinds of pairs it learns from: query, made,
    title, facts, together, next · says: fields of an item that make its text · most: pairs of a kind at most · tokens: longest
    text that is read while it learns · batch: pairs read together · epochs: times that all pairs are read at most · minutes:
    time it takes at most, checks included; 0 = no limit · rate: how large learning steps are at first · scale: 1 / temperature
    of the contrast · near: how many neighbours in meaning go into a batch together, so that each is a hard negative of the
    others; 1 = by chance · negatives: hard negatives mined for each pair besides · mine: what finds these: "words" (like bm25)
    or "encoder" (as it is now) · margin: share of the right answer's cosine above which a mined one may be right too · augment:
    how often what is asked is put otherwise · widths: nested widths that must do alone (Matryoshka) · lora: rank of low-rank
    changes; 0 = the layers themselves learn · freeze: lowest layers that stay as they are; what stands for a piece always stays
    · adapt: steps of reading the catalogue's texts with pieces hidden, before anything else · facts: weight of foretelling
    category and brand · teach: weight of a teacher's margins, where there is a teacher · held: share of the items whose pairs
    are kept to know when to end · checks: how often that is looked at · patience: looks without gain after which it ends ·
    workers: processes that learn together.
    """

    checkpoint: str = "minilm"
    kinds: tuple[str, ...] = KINDS
    says: tuple[str, ...] = ("title", "category")
    most: int = 20_000
    tokens: int = 40
    batch: int = 64
    epochs: int = 1
    minutes: float = 0.0
    rate: float = 5e-5
    scale: float = 20.0
    near: int = 8
    negatives: int = 0
    mine: str = "words"
    margin: float = 0.95
    augment: float = 0.2
    widths: tuple[int, ...] = ()
    lora: int = 0
    freeze: int = 0
    adapt: int = 0
    facts: float = 0.0
    teach: float = 0.0
    held: float = 0.03
    checks: int = 8
    patience: int = 3
    workers: int = 1

    def __post_init__(self) -> None:
        for name, least in {
            "most": 1,
            "tokens": 8,
            "batch": 2,
            "epochs": 1,
            "near": 1,
            "checks": 1,
            "patience": 1,
            "workers": 1,
        }.items():
            require(getattr(self, name) >= least, name, getattr(self, name), f"{least} or more")
        for name in ("minutes", "negatives", "lora", "freeze", "adapt", "facts", "teach"):
            require(0 <= getattr(self, name) < float("inf"), name, getattr(self, name), "0 or more")
        require(0 < self.rate < 1, "rate", self.rate, "above 0 and below 1")
        require(0 < self.scale < 1000, "scale", self.scale, "above 0 and below 1000")
        for name in ("augment", "margin"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "from 0 to 1")
        require(0 <= self.held <= 0.5, "held", self.held, "from 0 to 0.5")
        require(self.mine in ("words", "encoder"), "mine", repr(self.mine), '"words" or "encoder"')
        require(self.negatives > 0 or not self.teach, "negatives", self.negatives, "1 or more where a teacher is followed")
        require(all(width >= 1 for width in self.widths), "widths", list(self.widths), "whole numbers of 1 or more")
        if not self.kinds or set(self.kinds) - set(KINDS):
            raise BadRecipe(f"kinds are {list(self.kinds)}; right would be some of {', '.join(KINDS)}")
        if not self.says or set(self.says) - set(FIELDS):
            raise BadRecipe(f"says is {list(self.says)}; right would be some of {', '.join(FIELDS)}")

    def told(self) -> dict[str, Any]:
        """The settings as JSON-like values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
