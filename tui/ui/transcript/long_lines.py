"""Lines that would hold up the event loop, and where such lines are cut.

All of it depends on a line alone, never on what surrounds it, so that a text that
streams in is judged as it will be judged when it is complete.
"""

from __future__ import annotations

import re
import unicodedata

LONG_LINE = 8_192
"""A line with more characters is shown plainly, outside of code."""

CHIP = 2_048
"""A long plain line is laid out in chips of about this many characters."""

LINE_WEIGHT = 25
BRACKET_WEIGHT = 15
PIPE_WEIGHT = 20

_MARKERS = " \t>-*+.)0123456789"
_DEEP_PREFIX = 96
_DENSE = re.compile(r"[\[\]*_`~$\\<&!]")
_DENSE_LIMIT = 1_500
_BRACKETS = 400


def weight_of(text: str, start: int, end: int) -> int:
    """Return what a line costs the parser, in letters (measured).

    Args:
        text: The text the line is in.
        start: Where it begins.
        end: Where it ends.
    """
    return (
        (end - start)
        + LINE_WEIGHT
        + BRACKET_WEIGHT * text.count("[", start, end)
        + PIPE_WEIGHT * text.count("|", start, end)
    )


def is_long(text: str, start: int, end: int, *, complete: bool) -> bool:
    """Return whether a line is too long or too deeply nested to be parsed."""
    length = end - start
    if length > LONG_LINE:
        return True
    if not complete or length < _DEEP_PREFIX:
        return False
    if length > _BRACKETS and text.count("[", start, end) > _BRACKETS:
        return True
    if length > _DENSE_LIMIT and len(_DENSE.findall(text, start, end)) > _DENSE_LIMIT:
        return True
    line = text[start:end]
    body = line.lstrip(_MARKERS)
    if length - len(body) < _DEEP_PREFIX:
        return False
    prefix = line[: length - len(body)]
    return len(set(prefix) - {" ", "\t"}) > 0 and not (
        not body and len(set(line) - {" ", "\t"}) == 1 and line.strip()[0] in "-*"
    )


def chip_end(text: str) -> int:
    """Return where a long line is cut: at a blank when there is one."""
    gap = text.rfind(" ", CHIP * 3 // 4, CHIP)
    if gap > 0:
        return gap + 1
    cut = CHIP
    while cut > CHIP - 32 and _joins(text[cut]):
        cut -= 1
    return cut


def _joins(character: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return (
        character in "‍️"
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
