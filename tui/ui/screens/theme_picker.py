"""The dialog that chooses the colours, with a live preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.domain.theme import ThemeSpec


class ThemePicker(Picker):
    """Returns a theme's name, or None; the caller restores the old one then."""

    def __init__(
        self,
        themes: Iterable[ThemeSpec],
        current: str,
        preview: Callable[[str], None],
    ) -> None:
        """Make it.

        Args:
            themes: What there is to choose from.
            current: The name of the theme in use.
            preview: Shows the program in the theme of a name.
        """
        super().__init__(
            "Theme",
            [
                Choice(theme.name, theme.label, "dark" if theme.dark else "light")
                for theme in themes
            ],
            current=current,
        )
        self._preview = preview

    def highlighted(self, value: str) -> None:
        """Show the program in the theme under the cursor."""
        self._preview(value)
