"""The line editor of the filter: text, a caret, and the keys that change them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, split_graphemes

from tui.domain.visible import visible_line

LONGEST = 200
"""Characters a filter may have; a longer paste is cut."""


@dataclass(slots=True)
class FilterLine:
    """One line of text under edit.

    Attributes:
        text: The text, cleaned.
        caret: The code point before which the caret stands.
        open: True while keys go into it.
    """

    text: str = ""
    caret: int = 0
    open: bool = False

    def insert(self, text: str) -> None:
        """Insert typed or pasted text at the caret."""
        text = visible_line(text)[: max(0, LONGEST - len(self.text))]
        self.text = self.text[: self.caret] + text + self.text[self.caret :]
        self.caret += len(text)

    def clear(self) -> None:
        """Remove all text."""
        self.text = ""
        self.caret = 0

    def press(self, key: str) -> bool:
        """Act on an editing key.

        Args:
            key: Textual's name of the key.

        Returns:
            True when it was an editing key.
        """
        match key:
            case "left" | "ctrl+b":
                self.caret = self._step_back(self.caret)
            case "right" | "ctrl+f":
                self.caret = self._step_on(self.caret)
            case "home" | "ctrl+a":
                self.caret = 0
            case "end" | "ctrl+e":
                self.caret = len(self.text)
            case "backspace" | "ctrl+h":
                self._remove(self._step_back(self.caret), self.caret)
            case "delete" | "ctrl+d":
                self._remove(self.caret, self._step_on(self.caret))
            case "ctrl+w" | "alt+backspace" | "ctrl+backspace":
                self._remove(self._word_back(), self.caret)
            case "ctrl+u":
                self._remove(0, self.caret)
            case "ctrl+k":
                self._remove(self.caret, len(self.text))
            case _:
                return False
        return True

    def window(self, cells: int) -> tuple[str, str, str]:
        """Return what to paint: before the caret, under it, and after it.

        Args:
            cells: The room for all three; the caret stays inside.
        """
        following = self._step_on(self.caret)
        before = self.text[: self.caret]
        under = self.text[self.caret : following] or " "
        while cell_len(before) + cell_len(under) > cells and before:
            before = before[self._first_cluster(before) :]
        room = cells - cell_len(before) - cell_len(under)
        rest = self.text[following:]
        after = chop_cells(rest, room)[0] if rest and room > 1 else ""
        return before, under, after

    def _remove(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.caret = start

    def _step_back(self, caret: int) -> int:
        spans = split_graphemes(self.text[:caret])[0]
        return spans[-1][0] if spans else 0

    def _step_on(self, caret: int) -> int:
        rest = self.text[caret:]
        return caret + self._first_cluster(rest)

    @staticmethod
    def _first_cluster(text: str) -> int:
        spans = split_graphemes(text)[0]
        return spans[0][1] if spans else len(text)

    def _word_back(self) -> int:
        before = self.text[: self.caret].rstrip()
        return before.rfind(" ") + 1
