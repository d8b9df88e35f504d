"""Textual's parser of what a terminal sends, which has no public name (8.2.8).

`tests/unit/ui/test_driver.py` fails when it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from tui.ui.terminal.input import Keys


def make_parser(*, debug: bool = False) -> Keys:
    """Return a parser that has heard nothing yet.

    Args:
        debug: True has Textual write what it parses to a file.
    """
    return cast("Keys", XTermParser(debug))
