"""A pair of phrases that may be synonyms, as it is found, kept in a file, and looked through."""

from dataclasses import dataclass

from ronghe.methods.understand.phrases import Phrase, phrase


@dataclass(frozen=True)
class Proposal:
    """Two phrases that may mean the same. both_ways: or only who types `one` is also shown `other` · score: how alike they are,
    0 to 1 · support: shoppers, or items, that say so · chance: that it is an accident · source: "clicks" or "catalogue".
    """

    one: str
    other: str
    both_ways: bool
    score: float
    support: int
    chance: float
    source: str

    @property
    def pair(self) -> frozenset[Phrase]:
        """What it is about, whichever comes first and however it is written."""
        return pair_of(self.one, self.other)


def pair_of(one: str, other: str) -> frozenset[Phrase]:
    """The same for two texts of which nothing is proposed yet."""
    return frozenset((phrase(one), phrase(other)))
