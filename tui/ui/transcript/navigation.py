"""Moving from message to message, and to the next code, prompt or failure."""

from __future__ import annotations

from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING

from tui.domain.message import Status
from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.entry import Entry, EntryKind

if TYPE_CHECKING:
    from tui.ui.transcript.reading import Reading
    from tui.ui.transcript.view import EntryView

_FAILURES = frozenset({Status.FAILED, Status.INCOMPLETE})


LOOK = 0.05
"""The most that a jump to code may lay out of an entry, in seconds."""


class Landmark(StrEnum):
    """What a jump looks for."""

    CODE = "code"
    PROMPT = "prompt"
    FAILURE = "failure"


def visible_entries(reading: Reading) -> list[int]:
    """Return the entries on the screen, from the top."""
    if not reading.entries:
        return []
    shown: list[int] = []
    room = reading.height + reading.top.line
    at = reading.top.entry
    while at < len(reading.entries) and room > 0:
        shown.append(at)
        room -= reading.heights[at]
        at += 1
    return shown


def focused_on_screen(reading: Reading) -> int | None:
    """Return the focused entry if it can be seen: who scrolls on begins anew."""
    focused = reading.memory.focused
    if focused is None or not reading.has(focused):
        return None
    index = reading.index(focused)
    if index == reading.top.entry and reading.top.line >= reading.heights[index] - 1:
        # Nothing but the blank line below it.
        return None
    return index if index in visible_entries(reading) else None


def focus_message(reading: Reading, direction: int) -> bool:
    """Focus the next (1) or previous (-1) message and bring it onto the screen.

    Returns:
        False when there is none in that direction.
    """
    if not reading.entries:
        return False
    here = focused_on_screen(reading)
    if here is None:
        shown = visible_entries(reading)
        whole = [
            at for at in shown if at != reading.top.entry or reading.top.line == 0
        ] or shown
        index = whole[0] if direction > 0 else whole[-1]
    else:
        index = here + direction
        if not 0 <= index < len(reading.entries):
            return False
    reading.memory.focused = reading.entries[index].id
    reveal(reading, index)
    return True


def focus_seen(reading: Reading) -> int | None:
    """Focus what the reader sees when what is focused was scrolled away.

    Returns:
        The focused entry; None at the end without a focus on the screen: there the
        last one is meant.
    """
    here = focused_on_screen(reading)
    if here is None and reading.entries and not reading.follow:
        here = _most_seen(reading)
        reading.memory.focused = reading.entries[here].id
        reading.memory.focused_code = None
    return here


def _most_seen(reading: Reading) -> int:
    """Return the first entry that is whole on the screen, or the one that fills it."""
    best, most = reading.top.entry, 0
    for at in visible_entries(reading):
        first = reading.heights.before(at) - reading.offset
        last = first + reading.heights[at]
        if first >= 0 and last <= reading.height:
            return at
        seen = min(last, reading.height) - max(first, 0)
        if seen > most:
            best, most = at, seen
    return best


def reveal(reading: Reading, index: int) -> None:
    """Move the screen as little as it takes to show an entry from its first line."""
    height = reading.measure(index).height
    first = reading.heights.before(index) - reading.offset
    if first < 0 or height >= reading.height:
        reading.go_to(index)
    elif first + height > reading.height:
        reading.move(first + height - reading.height)


def reveal_line(reading: Reading, index: int, line: int) -> None:
    """Show a line with some context, without moving when it is on the screen."""
    reading.measure(index)
    at = reading.heights.before(index) + line - reading.offset
    margin = min(2, reading.height // 4)
    if margin <= at < reading.height - margin:
        return
    reading.go_to(index, line, above=reading.height // 3)


def jump(reading: Reading, landmark: Landmark, direction: int) -> bool:
    """Bring the next landmark down (1) or up (-1) to the top of the screen.

    Returns:
        False when there is none in that direction.
    """
    if not reading.entries:
        return False
    if landmark is Landmark.CODE:
        return _jump_to_code(reading, direction)
    here = focused_on_screen(reading)
    index = reading.top.entry if here is None else here
    if direction < 0 and here is None and reading.top.line > 0:
        index += 1
    index += direction
    while 0 <= index < len(reading.entries):
        entry = reading.entries[index]
        if _is(entry, landmark):
            reading.memory.focused = entry.id
            reading.memory.focused_code = None
            reading.go_to(index)
            return True
        index += direction
    return False


def _is(entry: Entry, landmark: Landmark) -> bool:
    if landmark is Landmark.PROMPT:
        return entry.kind is EntryKind.USER
    return entry.status in _FAILURES


def _jump_to_code(reading: Reading, direction: int) -> bool:
    memory = reading.memory
    index, line = reading.top
    here = focused_on_screen(reading)
    code = memory.focused_code
    if code is not None and here is not None and reading.entries[here].id == code[0]:
        index = here
        view = reading.measure(index)
        starts = code_starts(view)
        line = next((at for at, number in starts if number == code[1]), 0)
    elif direction > 0:
        line -= 1
    while 0 <= index < len(reading.entries):
        if _may_hold_code(reading.current(index)):
            starts = code_starts(reading.measure(index, monotonic() + LOOK))
            if direction > 0:
                found = next(((at, n) for at, n in starts if at > line), None)
            else:
                found = next(((at, n) for at, n in starts[::-1] if at < line), None)
            if found is not None:
                entry_id = reading.entries[index].id
                memory.focused = entry_id
                memory.focused_code = (entry_id, found[1])
                reveal_line(reading, index, found[0])
                return True
        index += direction
        line = -1 if direction > 0 else 1 << 30
    return False


def fold_at(reading: Reading) -> tuple[int, str, bool] | None:
    """Return what a fold key means here: the entry, the part, whether it is open."""
    index = focused_on_screen(reading)
    if index is not None:
        code = reading.memory.focused_code
        if code is not None and code[0] == reading.entries[index].id:
            part = f"code:{code[1]}"
            return index, part, reading.is_open(index, part)
        candidates = [index]
    else:
        candidates = visible_entries(reading)
    for index in candidates:
        view = reading.measure(index)
        if view.reasoning:
            return index, "reasoning", view.reasoning_open
        if view.foldable:
            return index, "text", not view.folded
    return None


def _may_hold_code(entry: Entry) -> bool:
    text = entry.text
    return "```" in text or "~~~" in text or "    " in text or "\t" in text


def code_starts(view: EntryView) -> list[tuple[int, int]]:
    """Return the line and the number of every block of code in an entry."""
    starts: list[tuple[int, int]] = []
    seen: set[int] = set()
    for at, line in enumerate(view.body.lines()):
        block = line.block
        if isinstance(block, CodeBlock) and block.number not in seen and not line.gap:
            seen.add(block.number)
            starts.append((view.body_first + at, block.number))
    return starts
