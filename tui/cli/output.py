"""Writes data to stdout: made visible for a terminal, exactly as it is for a pipe."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.domain.visible import visible_line, visible_text

if TYPE_CHECKING:
    from typing import TextIO

BOLD, RED, GREEN, YELLOW, FAINT = "1", "31", "32", "33", "2"
"""Attributes of ANSI's SGR sequence. Source: ECMA-48, 8.3.117."""


class Output:
    """One stream for data.

    Attributes:
        terminal: True when a person reads it.
    """

    def __init__(self, stream: TextIO | None = None, *, shown: bool = False) -> None:
        """Take a stream; None takes stdout.

        Args:
            stream: The stream.
            shown: True cleans foreign text for a pipe too: a program that shows it
                reads there, such as a screen reader.
        """
        self._stream = sys.stdout if stream is None else stream
        self.terminal = shown or self._stream.isatty()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in (None, "dumb")
        self._coloured = self._stream.isatty() and not plain
        self._held = ""

    def text(self, text: str) -> str:
        """Return foreign text of any length, fit for this stream."""
        return visible_text(text) if self.terminal else text

    def line(self, text: str) -> str:
        """Return foreign text as a part of one line, whoever reads it."""
        return visible_line(text)

    def styled(self, text: str, style: str) -> str:
        """Return our own text in a style where there are colours."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._coloured else text

    def write(self, text: str) -> None:
        """Write foreign text, maybe a piece of a longer one."""
        text = self._held + text
        # A line end may be torn between two pieces.
        self._held = "\r" if self.terminal and text.endswith("\r") else ""
        if self._held:
            text = text[:-1]
        self.write_styled(self.text(text))

    def write_styled(self, text: str) -> None:
        """Write text that has gone through `text`, `line` or `styled` already."""
        encoding = self._stream.encoding or "utf-8"
        # Half a surrogate pair, or a letter that the locale does not have.
        self._stream.write(text.encode(encoding, "replace").decode(encoding))

    def write_line(self, text: str) -> None:
        """Write foreign text and end the line."""
        self.write(text)
        self.end_line()

    def end_line(self) -> None:
        """End the line, with whatever was held back."""
        held, self._held = self._held, ""
        self.write_styled(self.text(held) + "\n")

    def flush(self) -> None:
        """Hand everything on to the reader."""
        self._stream.flush()
