"""Models that score all the items they know by what a shopper likes."""

from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.whole import WholeModel


class LikingModel(WholeModel):
    """taste: the items that the model knows, and how liking is read."""

    taste: Taste

    @property
    def _known(self) -> Taste:
        return self.taste
