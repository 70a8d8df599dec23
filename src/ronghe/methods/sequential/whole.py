"""Models that score all the items they know by what a shopper wanted, one thing after the other."""

from ronghe.methods.sequential.lines import Known
from ronghe.methods.whole import WholeModel


class LineModel(WholeModel):
    """known: the items that the model knows, and how a line is read."""

    known: Known

    @property
    def _known(self) -> Known:
        return self.known
