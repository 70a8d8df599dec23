"""What a shopper may have meant who typed sounds, or characters that sound like others: the cheapest way to read it in a
shop's own words.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import partial

from ronghe.methods.lexical.beginnings import one_letter_off
from ronghe.methods.lexical.han_words import LONGEST, cut
from ronghe.methods.lexical.sound_tables import Tables
from ronghe.methods.lexical.sounds import LATIN, alike, heard
from ronghe.methods.lexical.text import HAN, has_han, stem, words

SOUND, LOOSE, HALF = 1.5, 2.0, 2.0  # cost of a word by its sound, by nearly its sound, with a character wrong or left out
SINGLE, BROKEN, STRANGE = 1.0, 2.25, 3.0  # cost of a character that is a word, of one that is but a part of words, of others
_PLAIN = (
    "的 元 块 块钱 到 至 起 以下 以上 以内 之内 之下 之间 左右 不超过 超过 低于 高于 少于 大于 小于 至少 最多 便宜 "
    "不 不要 不含 不带 没有 除了 和 或"
)
PLAIN = frozenset(_PLAIN.split())  # what shoppers may say whatever a shop sells: no slips of what it sells
LETTERS = 48  # letters, or characters, of one piece that are read
_PIECE = re.compile(rf"(?:{HAN.pattern}|[a-z'’])+", re.IGNORECASE)
_APART = re.compile(r"[a-z]+(?: [a-z]+)+", re.IGNORECASE)
Ways = Iterator[tuple[float, int, str]]  # cost, less items that say it, and the word


@dataclass(frozen=True, eq=False)
class SoundReading:
    """known: all words of the shop · letters: its Chinese characters."""

    tables: Tables
    known: Container[str]
    letters: Container[str]

    def knows(self, word: str) -> bool:
        """Whether some item says the word."""
        return word in self.known or word in PLAIN or stem(word) in self.known

    def of_letters(self, typed: str) -> str:
        """The words that latin letters stand for, "" where there are none."""
        if not 1 < len(typed) <= LETTERS:
            return ""
        t = self.tables
        for table, key in ((t.whole, typed), (t.partly, typed), (t.like, alike(typed))):
            if key in table:
                return table[key][0]
        if several := self._several(typed):
            return several
        near = [t.whole[other][0] for other in one_letter_off(typed) if other in t.whole] if len(typed) >= 5 else []
        return max(near, key=lambda word: t.said_by[word], default="")

    def _several(self, typed: str) -> str:
        """Two words or more typed as one by all their syllables, the fewest there can be."""
        Way = tuple[int, int, tuple[str, ...]]
        best: list[Way | None] = [(0, 0, ())]
        for end in range(1, len(typed) + 1):
            ways = [
                (before[0] + 1, before[1] - self.tables.said_by[found[0]], (*before[2], found[0]))
                for start, before in enumerate(best)
                if before is not None and (found := self.tables.whole.get(typed[start:end]))
            ]
            best.append(min(ways, default=None))
        last = best[-1]
        return " ".join(last[2]) if last is not None else ""

    def of_mixed(self, typed: str) -> str:
        """The word that characters and latin letters together stand for, "" where there is none: 毛jin, mao巾."""
        asked = [""]
        for part in parted(typed):
            several = [part] if LATIN.fullmatch(part) else list(heard(part, cut(part)))
            asked = [one + more for one in asked for more in several][:16]
        found = [word for one in asked for table in (self.tables.whole, self.tables.partly) for word in table.get(one, ())]
        held = set("".join(HAN.findall(typed)))
        return next((word for word in found if held <= set(word)), found[0] if found else "")

    def of_characters(self, run: str) -> str:
        """The run with words of the shop in place of what it lacks; as it is where nothing sounds like it."""
        if len(run) > LETTERS or all(map(self.knows, words(run))):
            return run
        best: list[tuple[float, int, str]] = [(0.0, 0, "")]
        for end in range(1, len(run) + 1):
            ways = [
                (best[start][0] + cost, best[start][1] + said, best[start][2] + word)
                for start in range(max(0, end - LONGEST), end)
                for cost, said, word in self._ways(run[start:end], alone=end - start == len(run))
            ]
            best.append(min(ways))
        return best[-1][2]

    def _ways(self, piece: str, alone: bool) -> Ways:
        said_by = self.tables.said_by
        if len(piece) == 1:
            yield SINGLE if piece in self.known or piece in PLAIN else BROKEN if piece in self.letters else STRANGE, 0, piece
        elif piece in said_by or piece in self.known or piece in PLAIN:
            yield 0.0, -said_by.get(piece, 0), piece
        else:
            yield from self._sounding(piece, alone)
            yield from self._mistaken(piece)

    def _sounding(self, piece: str, alone: bool) -> Ways:
        for sound in dict.fromkeys([*heard(piece, cut(piece)), *heard(piece, list(piece))]):
            for cost, found in ((SOUND, self.tables.whole.get(sound, ())), (LOOSE, self.tables.like.get(alike(sound), ()))):
                most = 2 if alone and cost == SOUND and len(piece) == 2 else len(piece) // 2  # 冒进 may be 毛巾; 手机壳 no 手即可
                word = next((word for word in found if len(word) == len(piece) and _unlike(word, piece) <= most), "")
                if word:
                    yield cost, -self.tables.said_by[word], word

    def _mistaken(self, piece: str) -> Ways:
        """Words with a character more, or another one where the rest is no word by itself."""
        found = list(self.tables.short.get(piece, ()))
        for at in range(len(piece) if len(piece) >= 3 else 0):
            less = piece[:at] + piece[at + 1 :]
            if not (self.knows(piece[:at]) or self.knows(piece[at + 1 :])):
                found += [w for w in self.tables.short.get(less, ()) if len(w) == len(piece) and w[:at] + w[at + 1 :] == less]
        for word in found[:1]:
            yield HALF, -self.tables.said_by[word], word


def mended(text: str, reading: SoundReading, letters: bool, characters: bool) -> str:
    """The text (simplified, clean) with every piece of letters and characters as it is read. letters, characters: what may be
    mended.
    """
    if letters:
        text = _APART.sub(partial(_joined, reading), text)
    return _PIECE.sub(partial(_better, reading, letters, characters), text)


def _joined(reading: SoundReading, found: "re.Match[str]") -> str:
    """Syllables typed apart (mao jin), as one word where the shop lacks each of them and has the whole."""
    parts = found.group().lower().split(" ")
    if len(parts) > LONGEST or any(map(reading.knows, parts)):
        return found.group()
    return reading.tables.whole.get("".join(parts), [found.group()])[0]


def _better(reading: SoundReading, letters: bool, characters: bool, found: "re.Match[str]") -> str:
    plain = found.group().lower().replace("'", "").replace("’", "")
    parts = parted(plain)
    strange = [part for part in parts if LATIN.fullmatch(part) and not (len(part) > 1 and reading.knows(part))]
    if letters and strange and has_han(plain) and (whole := reading.of_mixed(plain)):
        return whole
    read = [_part(part, reading, letters and part in strange, characters) for part in parts]
    return "".join(read) if read != parts else found.group()


def _part(part: str, reading: SoundReading, letters: bool, characters: bool) -> str:
    if LATIN.fullmatch(part):
        return (reading.of_letters(part) if letters else "") or part
    return reading.of_characters(part) if characters else part


def parted(typed: str) -> list[str]:
    """Runs of letters and runs of characters, in order."""
    return [one for one in re.split(rf"({HAN.pattern})", typed) if one]


def _unlike(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
