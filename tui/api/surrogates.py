"""Joins the two halves of a character that arrive in different pieces of text.

JSON may write a character beyond U+FFFF as two escapes (RFC 8259, section 7), and a
server may put them into two events.
"""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST_HALVES = ("\ud800", "\udbff")


class SurrogateJoiner:
    """Turns pieces of text into pieces without halves; keeps a trailing first half."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """Return what is whole so far; a lone half becomes U+FFFD."""
        if not text or (text.isascii() and not self._half):
            return text
        text = self._half + text
        self._half = ""
        if _FIRST_HALVES[0] <= text[-1] <= _FIRST_HALVES[1]:
            self._half, text = text[-1], text[:-1]
        return join_halves(text)

    def flush(self) -> str:
        """Return what was kept back, as U+FFFD, or ""."""
        half, self._half = self._half, ""
        return join_halves(half)


def join_halves(text: str) -> str:
    """Return text with pairs of halves joined and lone ones replaced by U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
