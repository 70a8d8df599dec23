"""How a MultimodalModel is learnt: what is known of items, heads in closed form, heads and gate refined, vectors, strangers."""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady
from ronghe.core.roles import Compute
from ronghe.methods.encoders.multimodal.fused import Fused, known_of
from ronghe.methods.encoders.multimodal.gathering import Raw, gathered
from ronghe.methods.encoders.multimodal.heads import Gate, Head
from ronghe.methods.encoders.multimodal.model import MultimodalModel, parted
from ronghe.methods.encoders.multimodal.senses import FILES, SENSES
from ronghe.methods.encoders.multimodal.starting import file_basis, plain_basis, text_basis, turned

if TYPE_CHECKING:
    from ronghe.methods.encoders.multimodal.multimodal import Multimodal
    from ronghe.methods.encoders.multimodal.training import Lessons

LACKING = "multimodal learns with torch, which is not installed; right would be pip install 'ronghe[train]'"
TOLD = 100  # files that could not be read of which a model remembers why
MOST = 20_000  # texts of either kind that tell what the shop is about
FEW = 32  # items below which nothing is learnt: heads stay as the closed form has them
ASKED, STRANGERS = 500, 400  # texts and items of which it is told how alike strangers are
FAR = 3.0  # standard deviations above the mean likeness of strangers
LOST = 0.02  # share of texts that may miss their own item, rather than bring strangers in


def learnt(learner: "Multimodal", data: Dataset, compute: Compute) -> MultimodalModel:
    """The model of these settings, from what `data` may see."""
    raw = gathered(learner, data, compute)
    heads, across = started(learner, raw)
    gate = Gate(np.zeros((len(SENSES) + 1, len(SENSES)), np.float32), np.zeros(len(SENSES), np.float32))
    if learner.epochs and len(heads) > 1 and len(raw.items) >= FEW:
        heads, gate = refined(learner, raw, heads, across, compute)
    dim = raw.texts.shape[2]
    parts = tuple(
        parted(raw.row[name], heads.get(_head(name)), raw.raw[name], raw.items, len(data.catalog), dim) for name in SENSES
    )
    events = np.zeros(len(data.catalog), dtype=np.int64)
    events[raw.items] = raw.events
    fused = Fused.of(parts, gate, events, known_of(data.catalog))
    floor = strangers(raw, heads["typed"], fused)
    known = np.concatenate([raw.raw[name][:MOST] for name in ("says", "facts")]).astype(np.float16)
    wrong = dict(islice(raw.wrong.items(), TOLD))
    return MultimodalModel.of(learner, heads, gate, parts, events, fused, floor, data.catalog, known, wrong)


def started(learner: "Multimodal", raw: Raw) -> tuple[dict[str, Head], dict[str, NDArray[np.float32]]]:
    """Heads in closed form, and how each turns what its basis says."""
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
        basis[name], counts = file_basis(raw.raw[name], copies, learner.width)
        row = raw.row[name][told[name]]
        shown = np.concatenate([counts * basis[name](files)[row] for files in (raw.raw[name], *copies)])
        across[name] = counts[:, None] * turned(shown, np.tile(texts[told[name]], (1 + len(copies), 1)))
    return {name: _plain(basis[name], across[name]) for name in basis}, across


def refined(
    learner: "Multimodal",
    raw: Raw,
    heads: Mapping[str, Head],
    across: Mapping[str, NDArray[np.float32]],
    compute: Compute,
) -> tuple[dict[str, Head], Gate]:
    """Heads and gate after they have learnt from each other."""
    try:
        from ronghe.methods.encoders.multimodal.training import Course, Lessons, trained
    except ModuleNotFoundError as error:
        raise NotReady(LACKING) from error
    raw = raw.take(np.flatnonzero(raw.same >= 0))  # whoever says nothing teaches nothing
    order = np.random.default_rng(compute.seed).permutation(len(raw.items))
    held, rest = np.split(order, [int(learner.held * len(order))])
    trial = _lessons(Lessons, raw, *started(learner, raw.take(np.sort(rest))))
    course = Course(learner.hidden, learner.epochs, learner.batch, learner.rate)
    pupil = trained(_lessons(Lessons, raw, heads, across), trial, np.sort(held), course, compute)
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


def _lessons(kind: "type[Lessons]", raw: Raw, heads: Mapping[str, Head], across: Mapping[str, NDArray[np.float32]]) -> "Lessons":
    typed = np.stack([heads["typed"].basis(one) for one in raw.texts])
    senses = [name for name in SENSES if _head(name) in heads]
    seen = {name: heads[_head(name)].basis(raw.raw[name])[None] for name in senses}
    for name in (one for one in senses if len(raw.copies.get(one, ()))):
        seen[name] = np.concatenate([seen[name], np.stack([heads[name].basis(copy) for copy in raw.copies[name]])])
    row = {name: np.full(len(raw.items), -1, dtype=np.int64) for name in SENSES} | {name: raw.row[name] for name in senses}
    return kind(typed, raw.same, seen, row, across, raw.events, raw.pairs)


def _plain(basis: Any, across: NDArray[np.float32]) -> Head:
    wide, dim = across.shape
    nothing = np.zeros((wide, 0), np.float32), np.zeros(0, np.float32), np.zeros((0, dim), np.float32)
    return Head(basis, across, np.zeros(dim, np.float32), *nothing)


def _head(sense: str) -> str:
    return "typed" if sense in ("says", "facts") else sense
