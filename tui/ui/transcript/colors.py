"""Looks to terminal styles, resolved once for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

from tui.domain.theme import contrast

if TYPE_CHECKING:
    from tui.domain.theme import ThemeColors
    from tui.ui.transcript.lines import Look


class TranscriptColors:
    """The styles of one theme, each made when it is first needed.

    Attributes:
        base: Ordinary text on the background.
        bar: The bar beside the focused message.
        mark: The letter that labels a target.
    """

    def __init__(self, colors: ThemeColors) -> None:
        self._colors = colors
        self._styles: dict[Look, Style] = {}
        self.base = Style(color=colors.foreground, bgcolor=colors.background)
        self.bar = Style(color=colors.accent, bgcolor=colors.background)
        self.mark = Style(
            color=self._readable_on(colors.accent), bgcolor=colors.accent, bold=True
        )
        self._selection = Style(bgcolor=colors.selection)
        self._match = Style(
            bgcolor=colors.match, color=self._readable_on(colors.match), underline=True
        )
        self._here = Style(
            bgcolor=colors.accent, color=self._readable_on(colors.accent), bold=True
        )

    def _readable_on(self, background: str) -> str:
        colors = self._colors
        return max(
            (colors.foreground, colors.background),
            key=lambda color: contrast(color, background),
        )

    def style(self, look: Look) -> Style:
        """Return the style of a look."""
        style = self._styles.get(look)
        if style is None:
            colors = self._colors
            style = self._styles[look] = Style(
                color=getattr(colors, look.fg),
                bgcolor=getattr(colors, look.bg),
                bold=look.bold or None,
                italic=look.italic or None,
                strike=look.strike or None,
                underline=look.underline or None,
            )
        return style

    def fill(self, name: str) -> Style:
        """Return the style of blanks on a background."""
        return Style(color=self._colors.foreground, bgcolor=getattr(self._colors, name))

    @property
    def selection(self) -> Style:
        """What selected text gets on top of its own style."""
        return self._selection

    def match(self, *, here: bool) -> Style:
        """What a search match gets on top of its own style."""
        return self._here if here else self._match
