"""How a MultimodalModel is learnt: what is known of items, heads in closed form, heads and gate refined, vectors, strangers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.errors import NotReady
from ronghe.core.roles import Compute
from ronghe.methods.encoders.multimodal.fused import Float16, Fused, Known, Part
from ronghe.methods.encoders.multimodal.gathering import Raw
from ronghe.methods.encoders.multimodal.heads import Gate, Head
from ronghe.methods.encoders.multimodal.lessons import Course, Lessons, head_of
from ronghe.methods.encoders.multimodal.senses import FILES, SENSES
from ronghe.methods.encoders.multimodal.starting import file_basis, plain_basis, text_basis, turned

LACKING = "multimodal learns with torch, which is not installed; right would be pip install 'ronghe[train]'"
MOST = 20_000  # texts of either kind that tell what the shop is about
FEW = 32  # items below which nothing is learnt: heads stay as the closed form has them
ASKED, STRANGERS = 500, 400  # texts and items of which it is told how alike strangers are
FAR = 3.0  # standard deviations above the mean likeness of strangers
LOST = 0.02  # share of texts that may miss their own item, rather than bring strangers in


@dataclass(frozen=True, eq=False)
class Learnt:
    """heads: by sense, "typed" reads texts · floor: cosine below which strangers are · said (texts, d): what items say, as the
    encoder reads it · wrong: some files not read, and why · unread: by kind of file, how many could not be read, of how many.
    """

    heads: dict[str, Head]
    gate: Gate
    known: Known
    floor: float
    said: Float16
    wrong: dict[str, str]
    unread: dict[str, tuple[int, int]]


def learnt(raw: Raw, catalog: Catalog, course: Course, compute: Compute) -> Learnt:
    """Heads, gate and vectors of a catalogue of which `raw` is known."""
    heads, across = started(raw, course.width)
    gate = Gate(np.zeros((len(SENSES) + 1, len(SENSES)), np.float32), np.zeros(len(SENSES), np.float32))
    if course.epochs and len(heads) > 1 and len(raw.items) >= FEW:
        heads, gate = refined(raw, heads, across, course, compute)
    events = np.zeros(len(catalog), dtype=np.int64)
    events[raw.items] = raw.events
    known = Known.of(tuple(_part(raw, name, heads, len(catalog)) for name in SENSES), gate, events, catalog)
    said = np.concatenate([raw.raw[name][:MOST] for name in ("says", "facts")]).astype(np.float16)
    floor = strangers(raw, heads["typed"], known.fused)
    return Learnt(heads, gate, known, floor, said, dict(raw.wrong), dict(raw.unread))


def started(raw: Raw, width: int) -> tuple[dict[str, Head], dict[str, NDArray[np.float32]]]:
    """Heads in closed form, and how each turns what its basis says. width: numbers of a file that they look at."""
    dim = raw.texts.shape[2]
    told = {name: np.flatnonzero((raw.row[name] >= 0) & (raw.same >= 0)) for name in (*FILES, "sells")}
    able = [name for name, items in told.items() if len(items) > 1]
    files = [name for name in able if name in FILES]
    every = raw.texts[:, raw.same >= 0]
    basis = {"typed": text_basis(every.reshape(-1, dim), every.shape[1]) if files else plain_basis(dim)}
    across = {"typed": np.eye(dim, dtype=np.float32)}
    texts = np.mean([basis["typed"](one) for one in raw.texts], axis=0)
    for name in able:
        copies = raw.copies.get(name, np.zeros((0, *raw.raw[name].shape), dtype=np.float16))
        basis[name], counts = file_basis(raw.raw[name], copies, width)
        row = raw.row[name][told[name]]
        shown = np.concatenate([counts * basis[name](files)[row] for files in (raw.raw[name], *copies)])
        across[name] = counts[:, None] * turned(shown, np.tile(texts[told[name]], (1 + len(copies), 1)))
    return {name: _plain(basis[name], across[name]) for name in basis}, across


def refined(
    raw: Raw, heads: Mapping[str, Head], across: Mapping[str, NDArray[np.float32]], course: Course, compute: Compute
) -> tuple[dict[str, Head], Gate]:
    """Heads and gate after they have learnt from each other."""
    try:
        from ronghe.methods.encoders.multimodal.training import trained
    except ModuleNotFoundError as error:
        raise NotReady(LACKING) from error
    raw = raw.take(np.flatnonzero(raw.same >= 0))  # whoever says nothing teaches nothing
    order = np.random.default_rng(compute.seed).permutation(len(raw.items))
    held, rest = np.split(order, [int(course.held * len(order))])
    trial = _lessons(raw, *started(raw.take(np.sort(rest)), course.width))
    pupil = trained(_lessons(raw, heads, across), trial, np.sort(held), course, compute)
    return pupil.learnt({name: heads[name].basis for name in across}), pupil.gate.gate()


def strangers(raw: Raw, head: Head, fused: Fused) -> float:
    """A cosine that few texts and items reach which have nothing to do with each other, and nearly all that belong together."""
    able = np.flatnonzero((raw.same >= 0) & fused.there[raw.items])
    if len(able) < 2:
        return 0.0
    rng = np.random.default_rng(0)
    asked = rng.choice(able, min(ASKED, len(able)), replace=False)
    other = rng.choice(able, min(STRANGERS, len(able)), replace=False)
    cosine = head(raw.texts[-1][asked]) @ fused.vectors[raw.items[other]].astype(np.float32).T
    apart = cosine[raw.same[asked][:, None] != raw.same[other][None]]
    own = np.einsum("nd,nd->n", head(raw.texts[-1][asked]), fused.vectors[raw.items[asked]].astype(np.float32))
    far = apart.mean() + FAR * apart.std() if len(apart) else 0.0
    return float(max(min(far, np.quantile(own, LOST)), 0.0))


def _part(raw: Raw, sense: str, heads: Mapping[str, Head], size: int) -> Part:
    """Vectors of one sense, and whose they are, in a catalogue of `size`."""
    head, row = heads.get(head_of(sense)), np.full(size, -1, dtype=np.int64)
    if head is None:
        return Part(np.zeros((0, raw.texts.shape[2]), dtype=np.float16), row)
    row[raw.items] = raw.row[sense]
    return Part(head(raw.raw[sense]).astype(np.float16), row)


def _lessons(raw: Raw, heads: Mapping[str, Head], across: Mapping[str, NDArray[np.float32]]) -> Lessons:
    typed = np.stack([heads["typed"].basis(one) for one in raw.texts])
    senses = [name for name in SENSES if head_of(name) in heads]
    seen = {name: heads[head_of(name)].basis(raw.raw[name])[None] for name in senses}
    for name in (one for one in senses if len(raw.copies.get(one, ()))):
        seen[name] = np.concatenate([seen[name], np.stack([heads[name].basis(copy) for copy in raw.copies[name]])])
    row = {name: np.full(len(raw.items), -1, dtype=np.int64) for name in SENSES} | {name: raw.row[name] for name in senses}
    return Lessons(typed, raw.same, seen, row, across, raw.events, raw.pairs)


def _plain(basis: Any, across: NDArray[np.float32]) -> Head:
    wide, dim = across.shape
    nothing = np.zeros((wide, 0), np.float32), np.zeros(0, np.float32), np.zeros((0, dim), np.float32)
    return Head(basis, across, np.zeros(dim, np.float32), *nothing)
