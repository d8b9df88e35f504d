"""The dialog of the trash: what was deleted, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from tui.ui.screens.confirm import Confirm
from tui.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tui.domain.summary import Trashed
    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp

_KEYS = "Enter brings it back · Del removes it for good · Esc closes"


class TrashPicker(Picker):
    """Returns the name of what is to come back, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,ctrl+d", "remove", "Remove", show=False, priority=True),
    ]

    def __init__(
        self, trashed: Sequence[Trashed], workspace: Workspace, now: datetime, days: int
    ) -> None:
        """Make it.

        Args:
            trashed: What is in the trash, last deleted first.
            workspace: Removes for good.
            now: The time of day where the user is.
            days: Days of use after which the trash removes by itself; 0 means never.
        """
        self._trashed = list(trashed)
        self._workspace = workspace
        self._now = now
        keeps = f"kept for {days} days of use" if days else "kept until you remove it"
        super().__init__(
            f"Trash · {keeps}",
            self._trash_choices(),
            placeholder="Words of a title",
            empty="Nothing matches." if trashed else "The trash is empty. Esc closes.",
        )

    def _trash_choices(self) -> list[Choice]:
        return [
            Choice(
                one.name,
                one.summary.title,
                self._when(one.deleted),
                one.summary.problem,
            )
            for one in self._trashed
        ]

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(self._now.tzinfo)
        days = (self._now.date() - local.date()).days
        if days == 0:
            return f"{local:%H:%M}"
        if days == 1:
            return f"yesterday {local:%H:%M}"
        return f"{local.day} {local:%b %Y}"

    def say(self, sentence: str) -> None:
        """Show a sentence below the list; "" shows the keys."""
        super().say(sentence or _KEYS)

    def action_remove(self) -> None:
        """Ask, then remove what is under the cursor for good."""
        name = self.under_cursor
        if name is not None:
            title = next(one.summary.title for one in self._trashed if one.name == name)
            main = cast("FortytwoApp", self.app).main
            main.work(self._remove(name, title))

    async def _remove(self, name: str, title: str) -> None:
        question = Confirm("Remove it for good?", f"  {title}", "removes it")
        if not await self.app.push_screen_wait(question):
            return
        await self._workspace.remove_trashed(name)
        self._trashed = [one for one in self._trashed if one.name != name]
        if self.is_attached:
            self.put_choices(self._trash_choices())
