"""A text that is read in one go, however long that takes.

For a thread only: what `document.Document` shows plainly, because it would hold up the
event loop, is Markdown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.visible import visible_text
from tui.ui.transcript.parsing import parse

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from tui.ui.transcript.blocks import Block


class WholeDocument:
    """Source text and its blocks, complete from the beginning.

    Args:
        markdown: The parser.
        text: All of the text.

    Attributes:
        blocks: All blocks, in order.
        open_blocks: None: nothing is left open.
        plain: False: nothing is shown plainly.
    """

    def __init__(self, markdown: MarkdownIt, text: str) -> None:
        self.source = text.replace("\r\n", "\n")
        units, _ = parse(markdown, visible_text(text))
        self.blocks: list[Block] = [block for unit in units for block in unit.blocks]
        self.open_blocks: list[Block] = []
        self.pending = False
        self.plain = False

    @property
    def unread(self) -> int:
        """Where the part begins that has no block yet: the end."""
        return len(self.source)

    def rest(self, start: int) -> str:
        """Return the text from a place on, made visible."""
        return visible_text(self.source[start:])

    def step(self) -> bool:
        """Return that nothing remains."""
        return False

    def feed(self, text: str) -> None:
        """Nothing comes: the text is complete."""

    def end(self) -> None:
        """Nothing changes: the text is complete."""
