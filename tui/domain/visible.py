"""Foreign text made safe to show: control characters become visible ones.

What a model, a server or a file says may hold escape sequences, text that reverses
the reading direction, or characters without a width. None of them may reach the
terminal raw, and none is dropped in silence.
"""

from __future__ import annotations

import re
from functools import cache

_ESCAPE_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)}
_BIDI = {
    **dict.fromkeys(range(8234, 8239), "�"),
    **dict.fromkeys(range(8294, 8298), "�"),
}
_LINE = {0x2028: "␤", 0x2029: "␤"}
_INVISIBLE = {
    0x200B: "�",
    0x2060: "�",
    0xFEFF: "�",
    **dict.fromkeys(range(8289, 8293), "�"),
    **dict.fromkeys(range(917504, 917632), "�"),
    **dict.fromkeys(range(65529, 65532), "�"),
}
_TABLE = {
    **_ESCAPE_PICTURES,
    0x7F: "␡",
    **dict.fromkeys(range(128, 160), "�"),
    **_BIDI,
    **_LINE,
    **_INVISIBLE,
    **dict.fromkeys(range(55296, 57344), "�"),
}
_TEXT_TABLE = {
    code: picture for code, picture in _TABLE.items() if code not in (0x09, 0x0A)
}


@cache
def _any_of(*kept: int) -> re.Pattern[str]:
    """Return a pattern for the characters of the table, without those that are kept.

    The tag characters beyond U+FFFF stand apart, as a range: listed in the same set
    they make it slow to match (240 ms against 4 ms for a megabyte, measured with
    Python 3.11).
    """
    near = "".join(
        re.escape(chr(code)) for code in _TABLE if code < 0x10000 and code not in kept
    )
    return re.compile(f"[{near}]|[\U000e0000-\U000e007f]")


def visible_line(text: str) -> str:
    """Return text fit for one line of the screen: no newline, no tab, no control.

    Args:
        text: Anything from outside: a title, a model's name, an error.

    Returns:
        The text; newlines and tabs become blanks, other control characters,
        bidirectional overrides, lone surrogates and invisible characters become
        visible replacements of one cell each. Combining marks, ZWJ emoji, Arabic
        and Hebrew stay as they are.
    """
    # No character of the table is printable, and this asks no pattern to be compiled.
    if text.isprintable() or not _any_of().search(text):
        return text
    text = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return text.translate(_TABLE)


def visible_text(text: str) -> str:
    """Return text fit for the screen, keeping line feeds and tabs."""
    if text.isprintable() or not _any_of(0x09, 0x0A).search(text):
        return text
    return text.replace("\r\n", "\n").translate(_TEXT_TABLE)
