"""What a learner may see: catalogue and events, as of a moment."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ronghe.core.catalog import Catalog
from ronghe.core.errors import BadData
from ronghe.core.events import Events
from ronghe.core.searches import Searches


@dataclass(frozen=True, eq=False)
class Dataset:
    """Catalogue + events strictly before `as_of` (epoch seconds). `users` counts shopper numbers given out so far; `searches`:
    what was typed before `as_of`, and what came of it.
    """

    catalog: Catalog
    events: Events
    as_of: float
    users: int
    searches: Searches = field(default_factory=Searches.empty)

    def __post_init__(self) -> None:
        if len(self.events) and self.events.time.max() >= self.as_of:
            raise BadData(f"an event at {self.events.time.max()} lies in the future of as_of {self.as_of}")

    def as_of_moment(self, moment: float) -> "Dataset":
        """The same shop as it was known at an earlier moment."""
        return Dataset(self.catalog, self.events.before(moment), moment, self.users, self.searches.before(moment))

    def interactions(self, half_life: float = float("inf")) -> sp.csr_matrix:
        """Liking of each (user, item), float32 CSR (users, items); only positive sums are kept.

        half_life: days after which an event counts half; infinite counts all alike.
        """
        return _interactions(self, half_life)

    @cached_property
    def signs(self) -> Events:
        """Events that say something about liking: known item and user, liking not 0."""
        return self.events.where((self.events.item >= 0) & (self.events.user >= 0) & (self.events.liking != 0))


def _interactions(data: Dataset, half_life: float) -> sp.csr_matrix:
    signs = data.signs
    weight = signs.liking
    if np.isfinite(half_life):
        weight = (weight * 0.5 ** (signs.days_before(data.as_of) / half_life)).astype(np.float32)
    shape = (data.users, len(data.catalog))
    matrix = sp.csr_matrix((weight, (signs.user, signs.item)), shape=shape, dtype=np.float32)
    matrix.sum_duplicates()
    matrix.data[matrix.data < 0] = 0
    matrix.eliminate_zeros()
    return matrix
