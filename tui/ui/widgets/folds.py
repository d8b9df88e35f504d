"""Big pastes as short tokens in the composer, and back to text. Pure.

A text area grows slow with its text (a megabyte takes seconds to lay out). What is
big stands in the composer as one token, and is sent, saved and edited in full.
"""

from __future__ import annotations

import re

FOLD_CHARACTERS = 10_000
"""From that many characters on a paste is folded."""

FOLD_LINES = 200
"""From that many lines on a paste is folded."""

_TOKEN = re.compile(r"‹paste (\d+): [\d,]+ lines?, [\d.]+ [KM]?B›")
_CONTROL = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys(range(128, 160), "�"),
    **dict.fromkeys(range(55296, 57344), "�"),
}


def clean_paste(text: str) -> str:
    """Return pasted text as it goes into the composer.

    Every kind of line end becomes a line feed; control characters become visible
    ones, so that what is seen is what is sent.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")
    return text.translate(_CONTROL)


def is_big(text: str) -> bool:
    """Return whether a text is better shown as a token."""
    return len(text) >= FOLD_CHARACTERS or text.count("\n") >= FOLD_LINES


class Folds:
    """The big texts behind the tokens of one composer."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._count = 0

    def __bool__(self) -> bool:
        """Return whether anything was folded."""
        return bool(self._texts)

    def fold(self, text: str) -> str:
        """Return a token that stands for a text."""
        self._count += 1
        lines = text.count("\n") + 1
        size = _size_text(len(text.encode("utf-8", "replace")))
        word = "line" if lines == 1 else "lines"
        token = f"‹paste {self._count}: {lines:,} {word}, {size}›"
        self._texts[token] = text
        return token

    def unfold(self, text: str) -> str:
        """Return a text with every token replaced by what it stands for."""
        if not self._texts:
            return text
        return _TOKEN.sub(self._text_of, text)

    def spans(self, line: str) -> list[tuple[int, int]]:
        """Return where tokens stand in a line, as pairs of start and end."""
        if not self._texts:
            return []
        found = _TOKEN.finditer(line)
        return [match.span() for match in found if match.group() in self._texts]

    def clear(self) -> None:
        """Forget all texts."""
        self._texts.clear()

    def _text_of(self, match: re.Match[str]) -> str:
        return self._texts.get(match.group(), match.group())


def _size_text(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.1f} KB"
    return f"{size / 1024 / 1024:.1f} MB"
