"""The language the command line speaks: English, or Chinese by --lang zh or RONGHE_LANG=zh."""

import os
from collections.abc import Sequence

LANGUAGES = ("en", "zh")
_spoken = "en"


def choose_language(words: Sequence[str]) -> None:
    """Settles the language for this run: --lang on the command line, else RONGHE_LANG, else English."""
    global _spoken
    asked = os.environ.get("RONGHE_LANG", "")
    for at, word in enumerate(words):
        if word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        elif word == "--lang" and at + 1 < len(words):
            asked = words[at + 1]
    _spoken = "zh" if asked.lower().startswith("zh") else "en"


def spoken() -> str:
    """The language chosen for this run."""
    return _spoken


def say(english: str, chinese: str) -> str:
    """The text in the language of this run."""
    return chinese if _spoken == "zh" else english
