"""The dialog that chooses a model: the server's list, or any name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tui.domain.errors import FortytwoError
from tui.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.domain.completion import ModelInfo
    from tui.ui.app import FortytwoApp


class ModelPicker(Picker):
    """Returns a model's id, or None. Works without a list, too."""

    def __init__(
        self,
        load: Callable[[], Awaitable[Sequence[ModelInfo]]],
        current: str,
    ) -> None:
        """Make it.

        Args:
            load: Asks the server for its list. Raises FortytwoError.
            current: The model that is asked now, or "".
        """
        super().__init__(
            "Model",
            [Choice(current, current, "now")] if current else [],
            current=current,
            placeholder="A model's name",
            empty="Enter takes the name as it is.",
        )
        self._load = load
        self._now = current

    def on_mount(self) -> None:
        """Ask for the list while the dialog is usable already."""
        super().on_mount()
        self.say("Asking the server for its models …")
        cast("FortytwoApp", self.app).main.work(self._fill())

    async def _fill(self) -> None:
        try:
            models = await self._load()
        except FortytwoError as error:
            if self.is_attached:
                self.say(f"{error.sentence} · Esc leaves all as it was")
            return
        if self.is_attached:
            self.put_choices([self._choice(model) for model in models])

    def _choice(self, model: ModelInfo) -> Choice:
        details = [model.owned_by] if model.owned_by else []
        if model.context_tokens:
            details.append(f"{model.context_tokens:,} tokens")
        if model.id == self._now:
            details.append("now")
        return Choice(model.id, model.id, " · ".join(details))

    def own_choice(self, text: str) -> Choice | None:
        """Take any name: servers know models that they don't list."""
        return Choice(text, f"Use “{text}”", "as it is typed")
