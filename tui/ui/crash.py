"""The last words of the program: one sentence in place of a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from pathlib import Path


class Crash(Exception):
    """The unforeseen, as the user meets it.

    Textual prints an exception that renders itself as it is, and any other one as a
    traceback with local variables.
    """

    def __init__(
        self, cause: BaseException, report: Path | None, *, saved: bool
    ) -> None:
        """Take what broke.

        Args:
            cause: The exception; its own text may quote a message, so it is not shown.
            report: The path of the report, or None when there is none.
            saved: True when everything was saved.
        """
        parts = [f"fortytwo broke off ({type(cause).__name__})."]
        parts.append(
            "Everything was saved."
            if saved
            else "Not everything was saved; the journal comes back at the next start."
        )
        if report is not None:
            parts.append(f"Report: {report}")
        self.sentence = " ".join(parts)
        super().__init__(self.sentence)
        self.__cause__ = cause

    def __rich__(self) -> Text:
        """Return the sentence, for Textual's last words."""
        return Text(self.sentence)
