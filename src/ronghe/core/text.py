"""Text as people meant it: one spelling of each character, no markup, single spaces."""

import html
import re
import unicodedata
from functools import lru_cache

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20))  # blocks of Chinese characters
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]+")


def clean(text: str) -> str:
    """The text without HTML tags and entities, control and invisible characters; full-width letters as plain ones (NFKC)."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub(" ", text).strip()


def simplified(text: str) -> str:
    """The text with each traditional Chinese character as its simplified one: for comparing, not for showing."""
    return text if text.isascii() else text.translate(_simple())


@lru_cache(maxsize=1)
def _simple() -> dict[int, str]:
    """Code of a character -> its simplified form, after OpenCC's tables. One by one: where words decide between two forms, a
    comparison must not, as the other side may be cut elsewhere.
    """
    from opencc import OpenCC

    han = [chr(code) for low, high in _HAN for code in range(low, high)]
    form, convert = han, OpenCC("t2s").convert
    for _ in range(2):  # a few forms have a simpler one still
        form = convert("\n".join(form)).split("\n")
    return {ord(one): other for one, other in zip(han, form, strict=True) if one != other}
