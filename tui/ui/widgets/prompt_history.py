"""The prompts sent before, walked with up and down. Pure.

A prompt that was recalled and changed keeps its change while one walks on, and so
does the text that was being written: walking never loses a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEPT = 1000
"""Prompts that are remembered."""


class PromptHistory:
    """Prompts from old to new, and a place among them.

    The place after the newest is the text being written.
    """

    def __init__(self) -> None:
        self._prompts: list[str] = []
        self._changed: dict[int, str] = {}
        self._place = 0

    @property
    def prompts(self) -> Sequence[str]:
        """The prompts, oldest first."""
        return self._prompts

    @property
    def walking(self) -> bool:
        """True while an older prompt is shown."""
        return self._place < len(self._prompts)

    def replace(self, prompts: Iterable[str]) -> None:
        """Take another history, oldest first; repetitions in a row count once."""
        kept: list[str] = []
        for prompt in prompts:
            if prompt.strip() and (not kept or kept[-1] != prompt):
                kept.append(prompt)
        self._prompts = kept[-KEPT:]
        self.rest()

    def add(self, prompt: str) -> None:
        """Add a prompt that was sent, and go to the end."""
        self.replace([*self._prompts, prompt])

    def rest(self) -> None:
        """Go to the end and forget changes that were not sent."""
        self._changed.clear()
        self._place = len(self._prompts)

    def back(self, text: str) -> str | None:
        """Go one prompt back.

        Args:
            text: What the composer shows now; it is kept for the way back.

        Returns:
            What to show, or None at the oldest.
        """
        return self._go(text, -1)

    def forward(self, text: str) -> str | None:
        """Go one prompt forward; None at the text being written."""
        return self._go(text, 1)

    def written(self, text: str) -> str:
        """Return the text being written, wherever one walks.

        Args:
            text: What the composer shows now.
        """
        return self._changed.get(len(self._prompts), "") if self.walking else text

    def unsent(self, text: str) -> str:
        """Return everything that was typed and not sent.

        Args:
            text: What the composer shows now.
        """
        written = self.written(text)
        if not self.walking or text == self._prompts[self._place]:
            return written
        return f"{written}\n{text}" if written else text

    def _go(self, text: str, step: int) -> str | None:
        target = self._place + step
        if not 0 <= target <= len(self._prompts):
            return None
        self._changed[self._place] = text
        self._place = target
        if target in self._changed:
            return self._changed[target]
        return self._prompts[target] if target < len(self._prompts) else ""
