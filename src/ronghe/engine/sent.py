"""Pictures and sounds that shoppers send: read within limits, kept in the log as features, read again from there."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ronghe.core.errors import BadMedia, NotFound
from ronghe.core.media import KINDS, PICTURE, Media
from ronghe.core.ports import SlateRow
from ronghe.engine.live import Live


def senses(live: Live) -> tuple[str, ...]:
    """What may be sent to this version: kinds of media that one of its retrievers has learnt to see or to hear."""
    able = {kind for part in live.parts["retrieve"].values() for kind in getattr(part, "senses", ())}
    return tuple(kind for kind in KINDS if kind in able)


def sensed(live: Live, kind: str, content: bytes, name: str) -> Media:
    """A file as a question asks with it. BadMedia when it cannot be read; NotFound when no retriever can make anything of it."""
    if kind not in senses(live):
        raise _not_searched(kind)
    if not content:
        raise BadMedia(f"{name} is empty; right would be a {kind}", BadMedia.BROKEN)
    from ronghe.methods.encoders.media.features import PICTURES, SOUNDS
    from ronghe.methods.encoders.media.kept import of_content

    sense = next(one for one in (PICTURES, SOUNDS) if one.name == kind)
    return Media(kind, of_content(sense, content, name), hashlib.sha256(content).hexdigest())


def sent_for(live: Live, row: SlateRow | None, slate: str, kind: str) -> Media:
    """What a logged answer was asked by. NotFound when that is no such file, or no retriever can make anything of it now."""
    if kind not in senses(live):
        raise _not_searched(kind)
    held = row.body.get("media") if row is not None else None
    if held is None or held["kind"] != kind:
        raise NotFound(f"no {kind} was sent for an answer {slate!r}")
    return read_again(held)


def file_of(live: Live, item: str, kind: str) -> bytes:
    """The picture or the sound of an item, out of the shop's folder. NotFound when it names none that is there."""
    from ronghe.methods.encoders.media.kept import LONGEST
    from ronghe.methods.encoders.media.library import is_local, library_of
    from ronghe.methods.encoders.multimodal.senses import names_of

    number, folder = live.catalog.vocabulary.number(item), live.catalog.media
    [name] = names_of(live.catalog, np.array([number]), "looks" if kind == PICTURE else "sounds") if number >= 0 else [""]
    content = library_of(folder.folder).read(name, LONGEST[kind]) if folder is not None and is_local(name) else None
    if content is None:
        raise NotFound(f"item {item!r} has no {kind} of the shop's own")
    return content


def written(media: Media) -> dict[str, str]:
    """Media as the log keeps it: its features, so that an answer can be explained later; never the file."""
    features = base64.b64encode(media.features.astype("<f2").tobytes()).decode()
    return {"kind": media.kind, "digest": media.digest, "features": features}


def read_again(held: Mapping[str, Any]) -> Media:
    """Media out of the log."""
    features = np.frombuffer(base64.b64decode(held["features"]), dtype="<f2").astype(np.float16)
    return Media(held["kind"], features, held["digest"])


def _not_searched(kind: str) -> NotFound:
    return NotFound(f"this shop is not searched by {kind}s: name multimodal in [retrieve], and `ronghe train`")
