"""The dialog that opens a conversation by its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.summary import Summary


class OpenChat(Picker):
    """Returns a conversation's file, or None."""

    def __init__(
        self, summaries: Iterable[Summary], shown: str | None, text: str = ""
    ) -> None:
        """Make it.

        Args:
            summaries: All conversations.
            shown: The file of the open one, or None.
            text: What the list is narrowed by at first.
        """
        newest = sorted(summaries, key=lambda summary: summary.updated, reverse=True)
        super().__init__(
            "Open a conversation",
            [
                Choice(
                    summary.file,
                    summary.title,
                    f"{summary.updated.astimezone():%Y-%m-%d}",
                )
                for summary in newest
            ],
            current=shown,
            placeholder="Words of its title",
            text=text,
            empty="No title matches." if newest else "There is no conversation yet.",
        )
