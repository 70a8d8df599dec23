"""One vector an item out of all that is known of it, found by words, by a picture, by a sound, or by another item.

Heads lay pictures (EfficientNet-lite0), sounds (musicnn) and who buys what into the space of the text encoder; a gate says how
much each counts, by how much is known of the item. Learning needs torch (the extra `train`) where there is more than texts.
"""

from dataclasses import dataclass

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.methods.encoders.item_text import check_says
from ronghe.methods.encoders.multimodal.learning import learnt
from ronghe.methods.encoders.multimodal.model import MultimodalModel
from ronghe.methods.encoders.named import check_encoder
from ronghe.methods.encoders.vector_index import check_kind


@dataclass(frozen=True)
class Multimodal:
    """Learns MultimodalModel from what items say and name: pictures (`image`) and sounds (the attribute `sound`) out of the folder
    [shop] media, and who buys what.

    encoder: of texts, as in semantic · index: as in semantic · says: fields of an item that make its text, in this order ·
    captions: texts of each item that are learnt from: the whole, the title, and others drawn by chance · factors: width of what
    is known of who buys it, 0 = nothing is asked of that · width: numbers of a file that heads look at · hidden: units of a head ·
    epochs: times that every item is looked at, at most; 0 = heads stay as the closed form has them · batch: items a step ·
    rate: of the steps (Adam) · held: share of the items that say when to stop; after that it learns from all · cutoff: cosine
    below which what is typed or sent finds nothing; of what is typed, less than .6 of the best match is no answer anyway ·
    alike: cosine below which an item is not similar to another, 0 = as strangers tell.
    """

    encoder: str = "minilm"
    index: str = "auto"
    says: tuple[str, ...] = ("title", "category", "brand", "attributes")
    captions: int = 4
    factors: int = 64
    width: int = 512
    hidden: int = 256
    epochs: int = 20
    batch: int = 512
    rate: float = 0.002
    held: float = 0.1
    cutoff: float = 0.0
    alike: float = 0.0

    def __post_init__(self) -> None:
        check_encoder(self.encoder)
        check_kind("multimodal.index", self.index)
        check_says("multimodal.says", self.says)
        require(1 <= self.captions <= 50, "captions", self.captions, "from 1 to 50")
        require(0 <= self.factors <= 1024, "factors", self.factors, "from 0 to 1024")
        require(2 <= self.width <= 4096, "width", self.width, "from 2 to 4096")
        require(1 <= self.hidden <= 8192, "hidden", self.hidden, "from 1 to 8192")
        require(0 <= self.epochs <= 10_000, "epochs", self.epochs, "from 0 to 10000")
        require(self.batch >= 2, "batch", self.batch, "2 or more")
        require(0 < self.rate < 1, "rate", self.rate, "above 0, below 1")
        require(0 <= self.held <= 0.5, "held", self.held, "from 0 to 0.5")
        for name in ("cutoff", "alike"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "a cosine from 0 to 1")

    @property
    def timeless(self) -> bool:
        """Whether it learns from the catalogue alone: then training fits it once."""
        return self.factors == 0

    def fit(self, data: Dataset, compute: Compute) -> MultimodalModel:
        """Heads, gate and vectors of the catalogue as it is. NotReady where torch is needed and not installed."""
        return learnt(self, data, compute)
