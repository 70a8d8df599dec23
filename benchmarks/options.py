"""What every benchmark is told: where its data lie, where ranked lists go, how long it may take, with what seed."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """data: folder, None = the benchmark's own default · out: file for ranked lists (user or query, item, rank, score; by tabs) ·
    budget: minutes in all, tuning included · seed of everything random · blind: the folder holds no test part; cut a
    validation part, tune on it, fit on everything, rank what comes next · only: one leg or part, by name.
    """

    data: Path | None = None
    out: Path | None = None
    budget: float = 10.0
    seed: int = 0
    blind: bool = False
    only: str | None = None
