"""What stands above an entry's text: who speaks, facts, the reasoning's fold."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

from tui.domain.visible import visible_line
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.lines import MUTED, PLAIN, Line, Look

_SIBLING = re.compile(r"\d+/\d+")
_LABELS = {
    EntryKind.SYSTEM: Look(fg="muted", bold=True),
    EntryKind.USER: Look(fg="user", bold=True),
    EntryKind.ASSISTANT: Look(fg="assistant", bold=True),
    EntryKind.NOTE: Look(fg="warning", bold=True),
}


def label_line(entry: Entry, width: int) -> Line:
    """Return the line above an entry: who speaks at the left, facts at the right.

    Args:
        entry: The entry.
        width: The room, in cells.
    """
    details = [visible_line(detail) for detail in entry.details if detail]
    if entry.when:
        sibling = bool(details) and _SIBLING.fullmatch(details[0]) is not None
        details.insert(1 if sibling else 0, visible_line(entry.when))
    label = visible_line(entry.label)
    room = max(4, width)
    if cell_len(label) > room:
        label = set_cell_size(label, room - 1).rstrip() + "…"
    while details:
        facts = " · ".join(details)
        blank = room - cell_len(label) - cell_len(facts)
        if blank >= 2:
            return Line(
                [
                    (label, _LABELS[entry.kind]),
                    (" " * blank, PLAIN),
                    (facts, MUTED),
                ],
                join=None,
            )
        details.pop()
    return Line([(label, _LABELS[entry.kind])], join=None)


def reasoning_line(
    seconds: float | None, length: int, width: int, *, is_open: bool
) -> Line:
    """Return the line that folds and unfolds the reasoning.

    Args:
        seconds: How long it took, or None.
        length: How long it is, in characters.
        width: The room, in cells.
        is_open: True while it is unfolded.
    """
    parts = ["Reasoning"]
    if seconds is not None:
        parts.append(_duration(seconds))
    parts.append(f"{length:,} characters")
    arrow = "▾" if is_open else "▸"
    text = f"{arrow} " + " · ".join(parts)
    return Line(
        [(set_cell_size(text, min(cell_len(text), width)), MUTED)],
        join=None,
        fold="reasoning",
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{max(whole, 1)} s"
    return f"{whole // 60}:{whole % 60:02d}"
