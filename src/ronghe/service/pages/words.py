"""What the pages say, in each language; a test keeps the tables alike."""

from ronghe.service.pages.words_en import ENGLISH
from ronghe.service.pages.words_zh import CHINESE

WORDS: dict[str, dict[str, str]] = {"en": ENGLISH, "zh": CHINESE}
NAMES = {"en": "English", "zh": "简体中文"}


class Say:
    """say("key", n=3): the message of one language with its blanks filled."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = WORDS[language]

    def __call__(self, key: str, **blanks: object) -> str:
        """The message. KeyError when there is none of that name."""
        return self._words[key].format(**blanks) if blanks else self._words[key]

    def maybe(self, prefix: str, name: str) -> str:
        """The message "prefix.name", or the name itself, made readable, where there is none."""
        return self._words.get(f"{prefix}.{name}") or name.replace("_", " ").replace("-", " ")


def language_of(asked: str | None, kept: str | None, accepts: str) -> str:
    """The language of a page: asked for in the address, else kept in the cookie, else the first known one the browser accepts."""
    for said in (asked, kept):
        if said in WORDS:
            return said
    for part in accepts.split(",")[:20]:
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in WORDS:
            return code
    return "en"
