"""What is gathered of a shop's items before anything is learnt: texts as vectors, features of files, who buys what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute
from ronghe.methods.encoders.multimodal.captions import captions, fields_of, whole
from ronghe.methods.encoders.multimodal.senses import FILES, events_of, factors_of, files_of, pairs_of
from ronghe.methods.encoders.named import encoder_of
from ronghe.methods.encoders.text_rows import distinct

TOLD = 100  # files of a kind that could not be read of which it is remembered why
PAIRS = 200_000  # pairs of items bought together that are learnt from, at most


@dataclass(frozen=True)
class Wording:
    """How words of items are read. encoder: of texts, by name · says: fields of an item that make its text, in this order."""

    encoder: str
    says: tuple[str, ...]

    def said(
        self, catalog: Catalog, items: NDArray[np.int64], sense: str, compute: Compute | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Raw vectors of what items say (texts, d) in one sense: all but their attributes, or these alone; and
        the row of each item.
        """
        fields = [name for name in self.says if (name == "attributes") == (sense == "facts")]
        texts = [whole(one) for one in fields_of(catalog, items, fields)] if fields else [""] * len(items)
        every, row = distinct(texts)
        return self.encoded(every, compute), row

    def encoded(self, texts: list[str], compute: Compute | None) -> NDArray[np.float32]:
        """Raw vectors of texts (texts, d)."""
        encoder = encoder_of(self.encoder)
        if not texts:
            return np.zeros((0, encoder.dim), dtype=np.float32)
        watched: dict[str, Any] = {} if compute is None else {"threads": compute.threads, "track": compute.track}
        return encoder.encode(texts, **watched)


@dataclass(frozen=True, eq=False)
class Raw:
    """What is known before heads. items: in the order of their ids, so that the order of the catalogue has no say · texts: raw
    vectors of texts of several lengths (v, n, d) · same (n,): number of the whole text, -1 = says nothing · raw: features of each
    sense · row: whose they are, by sense (n,) · copies: of files altered (c, files, f) · events (n,) · wrong: files not read ·
    pairs (m, 2): places of items bought together · unread: by kind of file, how many could not be read, of how many.
    """

    items: NDArray[np.int64]
    texts: NDArray[np.float32]
    same: NDArray[np.int64]
    raw: Mapping[str, NDArray[Any]]
    row: Mapping[str, NDArray[np.int64]]
    copies: Mapping[str, NDArray[Any]]
    events: NDArray[np.int64]
    wrong: Mapping[str, str]
    pairs: NDArray[np.int64]
    unread: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, places: NDArray[np.int64]) -> "Raw":
        """What is known of the items at these places, and of no other."""
        fresh = np.full(len(self.items), -1, dtype=np.int64)
        fresh[places] = np.arange(len(places))
        raw, row, copies = {}, {}, {}
        for name, held in self.raw.items():
            used, mine = np.unique(self.row[name][places], return_inverse=True)
            kept = used[used >= 0]
            raw[name], row[name] = held[kept], mine.reshape(-1) - (len(used) - len(kept))
            if name in self.copies:
                copies[name] = self.copies[name][:, kept]
        pairs = fresh[self.pairs]
        inside = (pairs >= 0).all(axis=1)
        known = self.items[places], self.texts[:, places], self.same[places]
        return Raw(*known, raw, row, copies, self.events[places], self.wrong, pairs[inside], self.unread)


def gathered(wording: Wording, captioned: int, factors: int, data: Dataset, compute: Compute) -> Raw:
    """What is known of all items. captioned: texts of each that are learnt from · factors: width of what is known of its buyers."""
    catalog = data.catalog
    ids = catalog.table["id"].to_list()
    items = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    texts, same = _texts(wording, captioned, catalog, items, compute)
    raw: dict[str, NDArray[Any]] = {}
    row: dict[str, NDArray[np.int64]] = {}
    copies: dict[str, NDArray[Any]] = {}
    wrong: dict[str, str] = {}
    unread: dict[str, tuple[int, int]] = {}
    for name in ("says", "facts"):
        raw[name], row[name] = wording.said(catalog, items, name, compute)
    for name in FILES:
        files = files_of(catalog, items, name, compute.track)
        raw[name], row[name], copies[name] = files.read.features, files.read.row, files.copies
        wrong |= islice(files.read.wrong.items(), TOLD)
        missed = len(files.read.wrong)
        unread[FILES[name].name] = missed, missed + len(files.read.features)
    raw["sells"], row["sells"] = factors_of(data, items, factors, compute.seed)
    pairs = pairs_of(data, items, PAIRS, np.random.default_rng(compute.seed))
    return Raw(items, texts, same, raw, row, copies, events_of(data, items), wrong, pairs, unread)


def _texts(
    wording: Wording, captioned: int, catalog: Catalog, items: NDArray[np.int64], compute: Compute
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Raw vectors of texts of several lengths (v, items, d), and the number of each item's whole text (items,)."""
    ids = catalog.table["id"][items].to_list()
    texts = captions(fields_of(catalog, items, wording.says), ids, captioned, compute.seed)
    every, _ = distinct([text for one in texts for text in one])
    place = {text: at for at, text in enumerate(every)}
    vectors = np.concatenate([wording.encoded(every, compute), np.zeros((1, encoder_of(wording.encoder).dim), np.float32)])
    same = distinct(texts[0])[1]
    return np.stack([vectors[[place.get(text, -1) for text in one]] for one in texts]), same
