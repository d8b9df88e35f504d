"""What stands below an entry's text: how it ended, and what helps now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from tui.domain.message import Status
from tui.domain.visible import visible_line
from tui.ui.transcript.lines import MUTED, PLAIN, Line, Look, Piece
from tui.ui.transcript.wrapping import wrap

if TYPE_CHECKING:
    from tui.ui.transcript.entry import Entry

NOTICE_LINES = 4

_ENDINGS = {
    Status.FAILED: ("✗", "Failed", "error"),
    Status.INCOMPLETE: ("!", "Broken off", "warning"),
    Status.STOPPED: ("■", "Stopped", "warning"),
    Status.TRUNCATED: ("!", "Cut off at the token limit", "warning"),
    Status.FILTERED: ("!", "Stopped by the content filter", "warning"),
}


def foot_of(entry: Entry, width: int, note: str = "") -> list[Line]:
    """Return the lines below an entry's text: a note, how it ended, what helps.

    Args:
        entry: The entry.
        width: The measure of the text, in cells.
        note: A word about how the text is shown, or "".
    """
    if entry.streaming:
        return []
    ending = _ENDINGS.get(entry.status) if entry.status is not None else None
    notice = visible_line(entry.notice).strip()
    hint = visible_line(entry.hint).strip()
    lines: list[Line] = _muted_lines(note, width)
    if ending is None and not notice:
        return [*lines, *_muted_lines(hint, width)]
    if entry.text:
        lines.append(Line((), join=None))
    look = MUTED
    first: list[Piece] = []
    text = notice
    if ending is not None:
        sign, word, color = ending
        look = Look(fg=color, bold=True)
        head = f"{sign} {word}"
        text = f"{head}: {notice}" if notice else head
        first = [(head, look)]
    slices = wrap(text, width)
    for at, (start, end, _) in enumerate(slices[:NOTICE_LINES]):
        part = text[start:end]
        if at == NOTICE_LINES - 1 and len(slices) > NOTICE_LINES:
            part = set_cell_size(part, min(cell_len(part), width - 1)) + "…"
        pieces: list[Piece] = [(part, PLAIN)]
        if at == 0 and first:
            head = first[0][0]
            pieces = (
                [(head, look), (part[len(head) :], PLAIN)]
                if part.startswith(head)
                else [(part, look)]
            )
        lines.append(Line(pieces, join="\n"))
    return [*lines, *_muted_lines(hint, width)]


def _muted_lines(text: str, width: int) -> list[Line]:
    if not text:
        return []
    return [
        Line([(text[start:end], MUTED)], join=None)
        for start, end, _ in wrap(text, width)
    ]
