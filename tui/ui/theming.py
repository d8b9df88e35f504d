"""Turns a theme of ours into one of Textual's, and names every CSS variable we use.

The style sheets know a colour by its name in `ThemeColors` only: `$muted`, `$rule`,
`$raised`, … Textual's own variables, which its text fields, menus, scrollbars and
toasts are painted with, are all derived from the same colours here, so that no
default of Textual's shows through.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from textual.theme import Theme

from tui.domain.theme import ThemeColors, ThemeSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

FALLBACK = ThemeSpec(
    name="fortytwo-fallback",
    label="Fallback",
    dark=True,
    colors=ThemeColors(
        background="#14161a",
        surface="#1a1d22",
        raised="#262a31",
        foreground="#dcdfe4",
        muted="#9299a6",
        rule="#3a404a",
        accent="#e0a458",
        user="#8fb8de",
        assistant="#e0a458",
        success="#8fc48f",
        warning="#e5c07b",
        error="#ef8a80",
        code="#d7c4a3",
        keyword="#c8a2e0",
        string="#a3c98f",
        number="#e0b07a",
        comment="#8a919e",
        function="#8fb8de",
        type="#8fcfc9",
        added="#8fc48f",
        removed="#ef8a80",
        selection="#34404f",
        match="#5c4a1e",
    ),
)
"""What the program looks like when no theme file can be read."""


def choose_theme(themes: Sequence[ThemeSpec], name: str) -> tuple[ThemeSpec, str]:
    """Return the theme of that name, or another one and a sentence that says so.

    Args:
        themes: The themes that could be read.
        name: The name that is wanted.
    """
    for theme in themes:
        if theme.name == name:
            return theme, ""
    chosen = themes[0] if themes else FALLBACK
    return chosen, f"There is no theme “{name}”; {chosen.name} is used instead."


def textual_theme(spec: ThemeSpec) -> Theme:
    """Return Textual's form of a theme.

    Args:
        spec: A theme whose colours have been checked to be `#rrggbb`.
    """
    colors = spec.colors
    return Theme(
        name=spec.name,
        primary=colors.accent,
        secondary=colors.user,
        accent=colors.accent,
        warning=colors.warning,
        error=colors.error,
        success=colors.success,
        foreground=colors.foreground,
        background=colors.background,
        surface=colors.surface,
        panel=colors.raised,
        boost=colors.raised,
        dark=spec.dark,
        variables=css_variables(colors),
    )


def css_variables(colors: ThemeColors) -> dict[str, str]:
    """Return every variable of the style sheets: ours, and Textual's from ours."""
    fixed = {
        "primary": colors.accent,
        "text": colors.foreground,
        "text-muted": colors.muted,
        "text-disabled": colors.muted,
        "text-primary": colors.accent,
        "text-accent": colors.accent,
        "text-success": colors.success,
        "text-warning": colors.warning,
        "text-error": colors.error,
        "foreground-muted": colors.muted,
        "foreground-disabled": colors.muted,
        "border": colors.rule,
        "border-blurred": colors.rule,
        "block-cursor-foreground": colors.foreground,
        "block-cursor-background": colors.raised,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": colors.foreground,
        "block-cursor-blurred-background": colors.raised,
        "block-hover-background": colors.raised,
        "surface-active": colors.raised,
        "scrollbar": colors.rule,
        "scrollbar-hover": colors.muted,
        "scrollbar-active": colors.accent,
        "scrollbar-background": colors.background,
        "scrollbar-background-hover": colors.background,
        "scrollbar-background-active": colors.background,
        "scrollbar-corner-color": colors.background,
        "input-cursor-background": colors.accent,
        "input-cursor-foreground": colors.background,
        "input-selection-background": colors.selection,
        "input-selection-foreground": colors.foreground,
        "screen-selection-background": colors.selection,
        "screen-selection-foreground": colors.foreground,
        "link-color": colors.accent,
        "link-color-hover": colors.accent,
        "link-background-hover": colors.raised,
        "footer-background": colors.background,
        "footer-foreground": colors.muted,
        "footer-key-foreground": colors.accent,
    }
    return fixed | asdict(colors)
