"""A theme as data: names, colours, and the check that it can be read on screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class ThemeColors:
    """The colours of a theme, each `#rrggbb`.

    Attributes:
        background: Behind everything.
        surface: Behind the list, code blocks and dialogs: a step off the background.
        raised: Behind the selected row and the focused field.
        foreground: Ordinary text.
        muted: Secondary text: times, hints, rules' labels.
        rule: The vertical and the horizontal rule.
        accent: The one accent: selection bar, caret, headings, links.
        user: The word "You".
        assistant: The model's name.
        success: What went well.
        warning: What needs a look.
        error: What failed.
        code: Inline code and code without highlighting.
        keyword: Highlighted code.
        string: Highlighted code.
        number: Highlighted code.
        comment: Highlighted code.
        function: Highlighted code.
        type: Highlighted code.
        added: Added lines of a diff.
        removed: Removed lines of a diff.
        selection: Behind selected text.
        match: Behind a search match.
    """

    background: str
    surface: str
    raised: str
    foreground: str
    muted: str
    rule: str
    accent: str
    user: str
    assistant: str
    success: str
    warning: str
    error: str
    code: str
    keyword: str
    string: str
    number: str
    comment: str
    function: str
    type: str
    added: str
    removed: str
    selection: str
    match: str


COLOR_NAMES = tuple(field.name for field in fields(ThemeColors))


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """One theme.

    Attributes:
        name: What the configuration and the picker call it.
        label: What the picker shows.
        dark: True for a dark background.
        colors: Its colours.
    """

    name: str
    label: str
    dark: bool
    colors: ThemeColors


def is_color(value: object) -> bool:
    """Return whether a value is a colour of the form `#rrggbb`."""
    return isinstance(value, str) and HEX.fullmatch(value) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, from 1 to 21.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
