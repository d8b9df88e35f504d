"""The modes of a terminal that the program changes, and how they are undone."""

from __future__ import annotations

CANCEL = "\x18\x1b\\"
"""CAN and ST end a control sequence that was cut off.

Source: ECMA-48, 8.3.6 and 8.3.143.
"""

PIXELS_OFF = "\x1b[?1016l"
"""Ends mouse reports in pixels. Source: xterm's control sequences, "Mouse Tracking"."""

RESET = (
    "\x1b[<u"  # kitty keys off
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse off
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?2026l"  # focus, paste, resize, sync off
    "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"  # colours, wrap, cursor, ordinary screen
)
"""What undoes every mode that Textual 8.2 sets."""

KITTY_FLAGS = 1 | 8 | 16
"""Disambiguate, all keys as escape codes, associated text: what Textual 8.2 asks for.

Source: the kitty keyboard protocol, "Progressive enhancement".
"""


def modes_again(*, mouse: bool, kitty: bool) -> str:
    """Return what sets the program's modes once more.

    Nothing in it is pushed on a stack, so it may be written any number of times.

    Args:
        mouse: True when mouse reports are wanted.
        kitty: True when the kitty keyboard protocol is wanted.
    """
    parts = ["\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1004h\x1b[?2004h"]
    if mouse:
        parts.append("\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h")
    if kitty:
        parts.append(f"\x1b[={KITTY_FLAGS};1u")
    return "".join(parts)
