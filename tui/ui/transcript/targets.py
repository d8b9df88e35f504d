"""What can be copied or opened on the screen: messages, blocks of code, links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.ui.transcript.blocks import CodeBlock, TextBlock
from tui.ui.transcript.navigation import visible_entries
from tui.ui.transcript.view import MARGIN

if TYPE_CHECKING:
    from tui.ui.transcript.body import Body
    from tui.ui.transcript.lines import Line
    from tui.ui.transcript.reading import Reading
    from tui.ui.transcript.view import EntryView

LABELS = "asdfghjklqwertyuiopzxcvbnm0123456789"
"""Labels in the order they are given out: the home row first."""


def labels_for(count: int) -> list[str]:
    """Return as many labels, the short ones first; none begins another one.

    Args:
        count: How many.
    """
    extra = max(0, count - len(LABELS))
    # A digit has no capital that opens: it stands before a letter sooner.
    single = len(LABELS) - -(-extra // (len(LABELS) - 1))
    pairs = (first + second for first in LABELS[single:] for second in LABELS)
    return [*LABELS[:single], *pairs][:count]


class TargetKind(StrEnum):
    """What a target is."""

    MESSAGE = "message"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing on the screen that a letter picks.

    Attributes:
        label: The letter or digit; two where one is not enough for all.
        kind: What it is.
        entry_id: The entry it is in.
        text: Its source: the message, the code without its fence, or the address.
        language: The language of a block of code, or "".
        line: The line of the entry that carries the label.
        column: The cell of that line that carries the label.
    """

    label: str
    kind: TargetKind
    entry_id: str
    text: str
    language: str = ""
    line: int = 0
    column: int = 0


def targets_on_screen(reading: Reading) -> list[Target]:
    """Return everything on the screen that can be picked, from the top."""
    targets: list[Target] = []
    for index in visible_entries(reading):
        view = reading.measure(index)
        first = reading.top.line if index == reading.top.entry else 0
        above = reading.heights.before(index) - reading.offset
        last = min(view.height, reading.height - above)
        focused = reading.memory.focused == view.entry.id
        targets.extend(_in_entry(view, first, last, focused=focused))
    labels = labels_for(len(targets))
    if len(targets) > len(LABELS):
        # What was said last is wanted most.
        labels.reverse()
    return [
        replace(target, label=label)
        for label, target in zip(labels, targets, strict=True)
    ]


def _in_entry(view: EntryView, first: int, last: int, *, focused: bool) -> list[Target]:
    entry_id = view.entry.id
    found: list[Target] = []
    if first == 0 and last > 0:
        found.append(Target("", TargetKind.MESSAGE, entry_id, view.source))
    codes: set[int] = set()
    links: set[tuple[int, str]] = set()
    for index in range(max(1, first), last):
        line = view.line(index)
        block = line.block
        if view.body_index(index) is None or block is None:
            continue
        if isinstance(block, CodeBlock):
            if block.number not in codes and not line.gap:
                codes.add(block.number)
                code, language = code_of(view.body, block.number)
                found.append(
                    Target(
                        "",
                        TargetKind.CODE,
                        entry_id,
                        code,
                        language,
                        index,
                        MARGIN + view.indent(index) + block.lead.cells,
                    )
                )
            continue
        for _, _, address in block.links():
            if (id(block), address) in links:
                continue
            column = _link_column(view, index, line, address)
            if column is not None:
                links.add((id(block), address))
                found.append(
                    Target(
                        "",
                        TargetKind.LINK,
                        entry_id,
                        address,
                        "",
                        index,
                        MARGIN + view.indent(index) + column,
                    )
                )
    if first > 0 and (focused or not found):
        # Its label line is above the screen.
        message = Target("", TargetKind.MESSAGE, entry_id, view.source, "", first, 0)
        found.insert(0, message)
    return found


def _link_column(view: EntryView, index: int, line: Line, address: str) -> int | None:
    """Return the cell of a line at which a link begins, or None."""
    block = line.block
    if block is None:
        return None
    if not isinstance(block, TextBlock):
        words = [words for words, target in block.link_words() if target == address]
        at = 0
        for text, look in line.pieces:
            shown = text.strip()
            if look.underline and shown and any(one.startswith(shown) for one in words):
                return cell_len(line.text[:at])
            at += len(text)
        return None
    length = len(line.text) - line.lead
    for start, end, target in block.links():
        if target == address and start < line.at + length and end > line.at:
            return cell_len(line.text[: line.lead + max(0, start - line.at)])
    return None


def code_of(body: Body, number: int) -> tuple[str, str]:
    """Return the source of a block of code, and its language.

    Args:
        body: The text it is in.
        number: Which of its blocks of code.
    """
    parts: list[str] = []
    language = ""
    document = body.document
    for block in (*document.blocks, *document.open_blocks):
        if isinstance(block, CodeBlock) and block.number == number:
            language = block.language
            if parts and not block.glued:
                parts.append("\n")
            parts.append("\n".join(block.code))
    return "".join(parts), language
