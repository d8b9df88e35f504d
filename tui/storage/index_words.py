"""What a word is. The index cuts texts and searches here, and nowhere else.

The tables are told to cut at blanks only, so that SQLite's notion of a letter, which
depends on its version, never has to agree with ours.
"""

from __future__ import annotations

import unicodedata

_APART = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
"""Letters that are words of their own: of scripts without blanks, and syllables."""

_VARIANTS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Marks that choose a picture and mean nothing."""


class _Spelling(dict[int, str]):
    """Maps each character to what stands for it among words."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = unicodedata.category(letter)
        if unicodedata.combining(letter) or _within(code, _VARIANTS):
            spelled = ""
        elif kind[0] not in "LN" and kind not in ("Mn", "Mc", "Co"):
            spelled = " "
        else:
            spelled = f" {letter} " if _within(code, _APART) else letter
        self[code] = spelled
        return spelled


def spell(folded: str) -> str:
    """Return the words of a folded text with blanks between them.

    Letters, numbers and private characters are words; signs are none. A letter of a
    script that is written without blanks is a word of its own, so that several of
    them are found anywhere. Accents are left out.
    """
    return folded.translate(_SPELLING)


def stands_apart(word: str) -> bool:
    """Return whether a word is a letter that is a word of its own."""
    return len(word) == 1 and _within(ord(word), _APART)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


_SPELLING = _Spelling()
