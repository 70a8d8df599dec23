"""Text as people meant it: one spelling of each character, no markup, single spaces."""

import html
import re
import unicodedata

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
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
