"""Which keys type text: more of them than Python calls printable."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from textual.events import Key

_UNPRINTABLE_TEXT = ("Cf", "Zs")
"""Joiners and marks of direction, and every blank but the plain one."""


def types_text(event: Key) -> bool:
    """Return whether a key types its character, a chord's modifiers left aside.

    `Key.is_printable` asks `str.isprintable`, which denies it of characters that
    people do type: the no-break spaces of French, the ZWNJ of Persian, the ZWJ that
    holds an emoji of several parts together.
    """
    return event.is_printable or types_unprintable(event)


def types_unprintable(event: Key) -> bool:
    """Return whether a key types text that Textual's own widgets drop."""
    character = event.character or ""
    return (
        len(character) == 1
        and not event.is_printable
        and category(character) in _UNPRINTABLE_TEXT
    )
