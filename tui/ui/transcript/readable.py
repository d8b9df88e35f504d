"""What a body asks of a text, whichever way the text is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.ui.transcript.blocks import Block


class Readable(Protocol):
    """A text that becomes blocks step by step.

    Attributes:
        blocks: Finished blocks, in order.
        plain: True when a part is shown as its source, because it is so big.
    """

    blocks: list[Block]
    plain: bool

    @property
    def source(self) -> str:
        """The whole text so far."""
        ...

    @property
    def unread(self) -> int:
        """Where the part begins that has no block yet."""
        ...

    @property
    def pending(self) -> bool:
        """True when a step would finish something."""
        ...

    @property
    def open_blocks(self) -> list[Block]:
        """The blocks that may still change."""
        ...

    def rest(self, start: int) -> str:
        """Return the text from a place on, made visible."""
        ...

    def step(self) -> bool:
        """Read a bounded piece; return whether more remains."""
        ...

    def feed(self, text: str) -> None:
        """Take more text."""
        ...

    def end(self) -> None:
        """Say that no more text will come."""
        ...
