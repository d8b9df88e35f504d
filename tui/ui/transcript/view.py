"""One entry as lines: its label line, its reasoning, its text, how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.ui.transcript.body import Body
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.entry_foot import foot_of
from tui.ui.transcript.entry_top import label_line, reasoning_line
from tui.ui.transcript.lines import MUTED, Line
from tui.ui.transcript.memory import Anchor, Part

if TYPE_CHECKING:
    from tui.ui.transcript.blocks import Page
    from tui.ui.transcript.parser import Parser

INDENT = 2
"""Text stands this many cells to the right of its label."""

MARGIN = 1
"""Cells at the left of the screen for the bar beside the focused entry."""

FOLDED_LINES = 8
"""Lines of a folded prompt that stay visible."""

LONG_PROMPT = 24
"""A prompt with more lines begins folded."""

LONG_SYSTEM_PROMPT = 6
"""A system prompt with more lines begins folded, to `FOLDED_SYSTEM_LINES`."""

FOLDED_SYSTEM_LINES = 3

PLAINLY = "Shown plainly in part: too big to be formatted while you read"


class EntryView:
    """The lines of one entry at one width.

    Args:
        entry: What it shows.
        parser: Reads Markdown.
        reasoning_open: True when the reasoning begins unfolded.
        text_open: False when a long text begins folded.
        raw: True to show the source instead of the formatted text.
        whole: True to lay out even what is so big that it is shown plainly
            otherwise; for a thread.
    """

    def __init__(
        self,
        entry: Entry,
        parser: Parser,
        *,
        reasoning_open: bool = False,
        text_open: bool = True,
        raw: bool = False,
        whole: bool = False,
    ) -> None:
        self.entry = entry
        self._parser = parser
        self.reasoning_open = reasoning_open
        self.text_open = text_open
        self.raw = raw
        self.whole = whole
        from tui.ui.transcript.documents import document_of

        self.body = Body(document_of(entry, parser, raw=raw, whole=whole))
        self._reasoning: Body | None = None
        self._reasoning_parts = [entry.reasoning]
        self._reasoning_length = len(entry.reasoning)
        self._top: list[Line] = []
        self._top_is_old = True
        self._foot: list[Line] = []
        self._page: Page | None = None
        self._blank = Line((), join=None)
        self._told_plain = False
        self.plain_hint = ""

    # Content

    @property
    def source(self) -> str:
        """The text of the entry, with what has streamed in."""
        return self.body.document.source

    @property
    def reasoning(self) -> str:
        """The reasoning, with what has streamed in."""
        if len(self._reasoning_parts) > 1:
            self._reasoning_parts = ["".join(self._reasoning_parts)]
        return self._reasoning_parts[0]

    def extend(self, text: str, reasoning: str) -> None:
        """Take what streamed in."""
        if text:
            self.body.feed(text)
        if reasoning:
            self._reasoning_parts.append(reasoning)
            self._reasoning_length += len(reasoning)
            if self._reasoning is not None:
                self._reasoning.feed(reasoning)
            self._top_is_old = True

    def take(self, entry: Entry) -> bool:
        """Take another version of the entry; return False when its text is another.

        A version that still streams leaves the text open for what is to come.
        """
        if entry.text != self.source or entry.kind is not self.entry.kind:
            return False
        if entry.reasoning != self.reasoning:
            return False
        if entry.streaming:
            if not self.entry.streaming:
                return False
            self.entry = entry
            self._top, self._foot = [], []
            self._page = None
            return True
        self.entry = entry
        self.body.end()
        if self._reasoning is not None:
            self._reasoning.end()
        self._top_is_old = True
        self._page = None
        return True

    def current(self) -> Entry:
        """Return the entry with everything that has streamed in."""
        if not self.entry.streaming:
            return self.entry
        return replace(self.entry, text=self.source, reasoning=self.reasoning)

    # Lines

    def lay_out(self, page: Page, until: float) -> bool:
        """Lay out what is missing; return True when nothing is missing any more.

        Args:
            page: The measure of the text, without its indentation.
            until: When to stop, on the monotonic clock, in seconds.
        """
        if self._page is None or page.width != self._page.width:
            self._top_is_old, self._foot = True, self._make_foot(page.width)
            self._page = page
        done = self.body.lay_out(page, until)
        if done and self.body.document.plain and not self._told_plain:
            self._told_plain = True
            self._foot = self._make_foot(page.width)
        if self._top_is_old:
            self._top = self._make_top(page.width)
            self._top_is_old = False
        if self._reasoning is not None:
            done = self._reasoning.lay_out(page, until) and done
        return done

    @property
    def laid_out(self) -> bool:
        """True when it has lines at all."""
        return self._page is not None and bool(self._top)

    @property
    def done(self) -> bool:
        """True when everything that is there is laid out."""
        return self.body.done and (self._reasoning is None or self._reasoning.done)

    @property
    def settled(self) -> int:
        """How many lines at the start stay as they are while text arrives."""
        if self._top_is_old or self.body.hidden_codes() or self.folded:
            return 0
        return self.body_first + self.body.settled

    @property
    def folded(self) -> bool:
        """True when only the beginning of the text is shown."""
        return not self.text_open and len(self.body) > self._folded_lines + 1

    @property
    def folds(self) -> bool:
        """True when any part of it is folded away."""
        reasoning = self._reasoning_length > 0 and not self.reasoning_open
        return self.folded or reasoning or bool(self.body.hidden_codes())

    @property
    def foldable(self) -> bool:
        """True when the text is long enough to be folded."""
        return len(self.body) > self._folded_lines + 1

    @property
    def _folded_lines(self) -> int:
        system = self.entry.kind is EntryKind.SYSTEM
        return FOLDED_SYSTEM_LINES if system else FOLDED_LINES

    @property
    def _reasoning_count(self) -> int:
        return len(self._reasoning) + 1 if self._reasoning is not None else 0

    @property
    def body_first(self) -> int:
        """The line the text begins at."""
        return len(self._top) + self._reasoning_count

    @property
    def height(self) -> int:
        """How many lines it takes, the blank one below included."""
        body = self._folded_lines + 1 if self.folded else len(self.body)
        return self.body_first + body + len(self._foot) + 1

    def line(self, index: int) -> Line:
        """Return one line."""
        if index < len(self._top):
            return self._top[index]
        index -= len(self._top)
        if self._reasoning is not None:
            if index < len(self._reasoning):
                return _muted(self._reasoning.line(index))
            if index == len(self._reasoning):
                return self._blank
            index -= len(self._reasoning) + 1
        count = len(self.body)
        if self.folded:
            count = self._folded_lines
            if index == count:
                return self._fold_line(len(self.body) - count)
            if index > count:
                index -= 1
        if index < count:
            return self.body.line(index)
        index -= count
        if index < len(self._foot):
            return self._foot[index]
        return self._blank

    def indent(self, index: int) -> int:
        """Return how far a line stands from the label's place, in cells."""
        return 0 if index == 0 else INDENT

    def body_index(self, index: int) -> int | None:
        """Return which line of the text a line is, or None when it is none."""
        at = index - self.body_first
        count = self._folded_lines if self.folded else len(self.body)
        return at if 0 <= at < count else None

    def body_of(self, part: Part) -> Body | None:
        """Return the reasoning or the text; None for reasoning that is folded."""
        return self.body if part is Part.TEXT else self._reasoning

    def line_in(self, part: Part, at: int) -> int | None:
        """Return the line that a line of a part is, or None when it is folded away."""
        if part is Part.REASONING:
            return len(self._top) + at
        return (
            None if self.folded and at >= self._folded_lines else self.body_first + at
        )

    def part_at(self, index: int) -> Part | None:
        """Return the part that a line belongs to, if it is reasoning or text."""
        if self.body_index(index) is not None:
            return Part.TEXT
        at = index - len(self._top)
        if self._reasoning is not None and 0 <= at < len(self._reasoning):
            return Part.REASONING
        return None

    def anchor_at(self, index: int) -> Anchor:
        """Return what stands on a line, to find it again in another layout."""
        at = index - len(self._top)
        if at < 0:
            return Anchor(Part.LABEL, index)
        if self._reasoning is not None and at < len(self._reasoning):
            return Anchor(Part.REASONING, *self._reasoning.place_at(at))
        if at < self._reasoning_count:
            return Anchor(Part.TEXT, 0, 1)
        in_body = self.body_index(index)
        if in_body is not None:
            return Anchor(Part.TEXT, *self.body.place_at(in_body))
        return Anchor(Part.END, self.height - index)

    def line_of(self, anchor: Anchor) -> int:
        """Return the line on which something stands now."""
        top, last = len(self._top), self.height - 1
        match anchor.part:
            case Part.REASONING if self._reasoning is not None:
                line = top + self._reasoning.line_at(anchor.offset) - anchor.above
            case Part.LABEL | Part.REASONING:
                line = min(int(anchor.offset), top - 1)
            case Part.TEXT:
                line = self.body_first + self.body.line_at(anchor.offset) - anchor.above
            case Part.END:
                line = self.height - int(anchor.offset)
        return max(0, min(line, last))

    def source_at(self, index: int) -> str:
        """Return the source that the block of a line counts its place in."""
        if self._reasoning is not None and index < self.body_first:
            return self._reasoning.document.source
        return self.source

    def recolor(self, language: str) -> bool:
        """Colour code of a language whose lexer has become ready."""
        if self._page is None:
            return False
        changed = self.body.recolor(language, self._page)
        if self._reasoning is not None:
            changed = self._reasoning.recolor(language, self._page) or changed
        return changed

    @property
    def version(self) -> tuple[object, ...]:
        """Changes whenever the lines do."""
        reasoning = self._reasoning.version if self._reasoning is not None else -1
        return (self.body.version, reasoning, self.folded)

    def _fold_line(self, hidden: int) -> Line:
        return Line([(f"▸ {hidden:,} more lines", MUTED)], join=None, fold="text")

    def _make_top(self, width: int) -> list[Line]:
        top = [label_line(self.entry, width + INDENT)]
        if self._reasoning_length:
            top.append(
                reasoning_line(
                    self.entry.reasoning_seconds,
                    self._reasoning_length,
                    width,
                    is_open=self.reasoning_open,
                )
            )
            if self.reasoning_open and self._reasoning is None:
                from tui.ui.transcript.documents import reasoning_of

                ended = not self.entry.streaming
                self._reasoning = Body(
                    reasoning_of(self.reasoning, self._parser, ended=ended)
                )
            elif not self.reasoning_open:
                self._reasoning = None
        return top

    def _make_foot(self, width: int) -> list[Line]:
        note = ""
        if self._told_plain:
            note = " · ".join(filter(None, (PLAINLY, self.plain_hint)))
        return foot_of(self.entry, width, note)

    def fold_changed(self) -> None:
        """Take notice of a changed `reasoning_open` or `text_open`."""
        self._top_is_old = True
        if not self.reasoning_open:
            self._reasoning = None


def _muted(line: Line) -> Line:
    muted = Line(
        [
            (text, look._replace(fg="muted") if look.fg == "foreground" else look)
            for text, look in line.pieces
        ],
        lead=line.lead,
        mark=line.mark,
        join=line.join,
        raw=line.raw,
        fill=line.fill,
        block=line.block,
        at=line.at,
        gap=line.gap,
        runs=line.runs,
    )
    muted.painted = None
    return muted
