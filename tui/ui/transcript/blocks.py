"""The pieces that text is made of, each small, each laid out by itself.

A block knows where it stands in the source (for copying), what decorates its lines
(bullets, quote bars) and how far it keeps from the block above. It knows no width:
`lay_out` gives its lines for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tui.ui.transcript.highlighting import CODE
from tui.ui.transcript.lines import (
    PLAIN,
    RULE,
    TAB_STOP,
    Line,
    Look,
    Piece,
    Run,
    cut,
)
from tui.ui.transcript.wrapping import chop, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.inline import Inline
    from tui.ui.transcript.lexer_state import LexerState
    from tui.ui.transcript.wrapping import Slice

LONG_CODE_LINE = 4096
"""A line of code with more characters is neither highlighted nor kept whole."""

NARROWEST = 8
"""Text keeps at least this many cells, however deep it is nested."""


class Page(NamedTuple):
    """What blocks are laid out for: the measure (cells) and the highlighter."""

    width: int
    highlighter: Highlighter


class Lead(NamedTuple):
    """Decoration in front of a block's lines.

    Attributes:
        first: Pieces before the first line.
        rest: Pieces before the following lines, as wide as `first`.
        mark: What `first` stands for in the source.
        mark_rest: What `rest` stands for in the source.
    """

    first: tuple[Piece, ...] = ()
    rest: tuple[Piece, ...] = ()
    mark: str = ""
    mark_rest: str = ""

    @property
    def cells(self) -> int:
        """The width of the decoration, in cells."""
        return sum(cell_len(text) for text, _ in self.first)


NO_LEAD = Lead()


class Part(NamedTuple):
    """A selected part of a line: characters of its text, the decoration included."""

    line: Line
    start: int
    end: int


def joined(parts: Sequence[Part]) -> str:
    """Return the text of parts of consecutive lines, without soft line ends."""
    out: list[str] = []
    for line, start, end in parts:
        out.append(line.copied(start, end))
        if line.join is not None:
            out.append(line.join)
    if parts and parts[-1].line.join:
        out.pop()
    return "".join(out)


@dataclass(slots=True)
class Block:
    """What all blocks share.

    Attributes:
        start: Where its source begins in the message, in characters.
        end: Where its source ends.
        lead: Decoration in front of its lines.
        gap: Blank lines above, 0 or 1.
        gap_lead: Decoration of that blank line.
    """

    start: int = 0
    end: int = 0
    lead: Lead = NO_LEAD
    gap: int = 0
    gap_lead: tuple[Piece, ...] = ()

    def lay_out(self, page: Page) -> list[Line]:
        """Return the block's lines, the gap above included."""
        lines = self._body(page)
        if self.gap:
            blank = Line(
                self.gap_lead,
                lead=sum(len(text) for text, _ in self.gap_lead),
                gap=True,
            )
            lines.insert(0, blank)
        for line in lines:
            line.block = self
        return lines

    def _body(self, page: Page) -> list[Line]:
        raise NotImplementedError

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return what a selection of a part of the block copies.

        Args:
            parts: The selected part of every line that the selection touches, in
                order.

        Returns:
            The text, or None where only the whole block's source makes sense.
        """
        return joined(parts)

    @property
    def length(self) -> int:
        """How long the text is that its lines count their place in, in characters.

        0 when its lines don't count.
        """
        return 0

    def _room(self, page: Page) -> tuple[Lead, int]:
        """Return the decoration that fits and the cells beside it."""
        lead = self.lead
        cells = lead.cells
        if page.width - cells >= NARROWEST:
            return lead, page.width - cells
        # Nested deeper than the screen is wide: only the innermost mark is drawn.
        first, rest = lead.first[-1:], lead.rest[-1:]
        lead = Lead(first, rest, lead.mark, lead.mark_rest)
        if page.width - lead.cells >= NARROWEST:
            return lead, page.width - lead.cells
        return Lead((), (), lead.mark, lead.mark_rest), max(2, page.width)

    def links(self) -> Sequence[tuple[int, int, str]]:
        """Return the links in it: start, end (in its own text) and target."""
        return ()

    def texts(self) -> Sequence[str]:
        """Return the texts that are searched in it, each by itself.

        They are what is shown, whatever the width; the keys of `runs` count them.
        """
        return ()

    def runs(self, line: Line) -> Sequence[Run]:
        """Return what one of its lines shows of the texts that are searched."""
        return line.runs

    def link_words(self) -> Sequence[tuple[str, str]]:
        """Return the words and the target of each link."""
        return ()


def decorated(lead: Lead, first: bool, pieces: list[Piece], **options: object) -> Line:
    """Return a line behind the first or a further piece of a block's decoration."""
    before = lead.first if first else lead.rest
    return Line(
        (*before, *pieces),
        lead=sum(len(text) for text, _ in before),
        mark=lead.mark if first else lead.mark_rest,
        **options,  # type: ignore[arg-type]  # the options of Line, checked there
    )


@dataclass(slots=True)
class TextBlock(Block):
    """A paragraph, a heading, or the text of a list item.

    `glued` joins it to the following block without a newline: both are parts of one
    long line.
    """

    inline: Inline = field(kw_only=True)
    glued: bool = False

    def _body(self, page: Page) -> list[Line]:
        lead, room = self._room(page)
        text, runs = self.inline.text, self.inline.runs
        lines: list[Line] = []
        at = 0
        for part in text.split("\n"):
            for start, end, following in wrap(part, room):
                join = part[end:following] if following < len(part) else "\n"
                lines.append(
                    decorated(
                        lead,
                        not lines,
                        cut(runs, text, at + start, at + end),
                        join=join,
                        at=at + start,
                    )
                )
            at += len(part) + 1
        if self.glued:
            lines[-1].join = ""
        # The marks of continued lines belong to hard line ends only.
        for above, line in pairwise(lines):
            if above.join != "\n":
                line.mark = ""
        return lines

    @property
    def length(self) -> int:
        """How long the text is, the end of its last line included."""
        return len(self.inline.text) + 1

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return the Markdown; what is written otherwise than drawn comes whole."""
        from tui.ui.transcript.inline_source import marked, source_between

        (top, start, _), (bottom, _, end) = parts[0], parts[-1]
        text = source_between(
            self.inline,
            top.at + max(0, start - top.lead),
            bottom.at + max(0, min(end, len(bottom.text)) - bottom.lead),
        )
        if text is None:
            return None
        return (top.mark if start <= 0 else "") + marked(text, self.lead.mark_rest)

    def links(self) -> Sequence[tuple[int, int, str]]:
        """Return the links in the text."""
        return self.inline.links

    def texts(self) -> Sequence[str]:
        """Return the text."""
        return (self.inline.text,)

    def runs(self, line: Line) -> Sequence[Run]:
        """Return all of the line but its decoration."""
        length = len(line.text) - line.lead
        return (Run(line.lead, length, (self.start, 0), self.inline.text, line.at),)


@dataclass(slots=True)
class RuleBlock(Block):
    """A thematic break."""

    def _body(self, page: Page) -> list[Line]:
        lead, room = self._room(page)
        return [decorated(lead, True, [("─" * room, RULE)])]

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return None: a rule is its source."""
        del parts
        return None


@dataclass(slots=True)
class MathBlock(Block):
    """A displayed formula: readable lines, indented.

    Attributes:
        text: The formula, what has rows over several lines.
        narrow: The same with less width, for where the lines of `text` don't fit.
    """

    text: str = field(kw_only=True)
    narrow: str = field(kw_only=True)
    _drawn: str = field(default="", init=False)

    def _body(self, page: Page) -> list[Line]:
        lead, room = self._room(page)
        look = Look(fg="type", italic=True)
        lines: list[Line] = []
        self._drawn, at = self.text, 0
        if any(cell_len(part) > room - 2 for part in self.text.split("\n")):
            self._drawn = self.narrow
        for part in self._drawn.split("\n"):
            for start, end, following in wrap(part, max(2, room - 2)):
                lines.append(
                    decorated(
                        lead,
                        not lines,
                        [("  ", PLAIN), (part[start:end], look)],
                        join=part[end:following] if following < len(part) else "\n",
                        at=at + start,
                    )
                )
            at += len(part) + 1
        return lines

    def texts(self) -> Sequence[str]:
        """Return the formula as it is drawn."""
        return (self._drawn or self.text,)

    def runs(self, line: Line) -> Sequence[Run]:
        """Return all of the line but its indentation."""
        start = line.lead + 2
        length, text = len(line.text) - start, self.texts()[0]
        return (Run(start, length, (self.start, 0), text, line.at),)

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return None: a formula is its source."""
        del parts
        return None


@dataclass(slots=True)
class CodeBlock(Block):
    """Some lines of code: a whole short one, or a segment of a long one.

    Attributes:
        code: The lines, as in the source.
        label: The info string as written, drawn above the first segment.
        language: What the highlighter is asked for.
        first: True for the segment that carries the label.
        number: Which block of code of the message it belongs to.
        glued: True when the first line goes on from the segment above.
        open_ended: True when the last line goes on in the segment below.
        above: The segment above, or None.
    """

    code: list[str] = field(kw_only=True)
    label: str = ""
    language: str = ""
    first: bool = True
    glued: bool = False
    open_ended: bool = False
    number: int = 0
    above: CodeBlock | None = field(default=None, repr=False, compare=False)
    _state_below: LexerState | None = field(
        default=None, init=False, repr=False, compare=False
    )

    def _body(self, page: Page) -> list[Line]:
        lead, room = self._room(page)
        room = max(2, room - 2)
        colored = None
        code = self.code
        if self.language and not self._is_part:
            state = self._state_above(page.highlighter)
            colored = page.highlighter.color(self._text, self.language, state)
        lines: list[Line] = []
        # The label stands above.
        at = len(self.label) + 1
        for index, raw in enumerate(code):
            pieces = colored[index] if colored else [(raw, CODE)]
            if "\t" in raw:
                pieces = _with_tabs(pieces)
            text = "".join(part for part, _ in pieces)
            slices = chop(text, room)
            sliced = [pieces] if len(slices) == 1 else _sliced(pieces, slices)
            drawn = _drawn_for(raw) if "\t" in raw else None
            place = at
            for (start, end, _), one in zip(slices, sliced, strict=True):
                last = end == len(text)
                line = decorated(
                    lead,
                    not lines,
                    [(" ", CODE), *one],
                    join="\n" if last else "",
                    raw=drawn[start:end] if drawn is not None else None,
                    fill="surface",
                    at=place,
                )
                line.lead += 1
                lines.append(line)
                place += end - start if line.raw is None else sum(map(bool, line.raw))
            at += len(raw) + 1
        if self.open_ended and lines:
            lines[-1].join = ""
        if self.first:
            self._label(lines, lead, room)
        return lines

    @property
    def _text(self) -> str:
        return "\n".join(self.code) + "\n"

    @property
    def _is_part(self) -> bool:
        """True when it is a part of a line."""
        return self.glued or self.open_ended

    def _state_above(self, highlighter: Highlighter) -> LexerState | None:
        """Return where the lexer stands above the segment, read once for each."""
        unread: list[CodeBlock] = []
        block = self.above
        while block is not None and block._state_below is None:
            unread.append(block)
            block = block.above
        state = block._state_below if block is not None else None
        for block in reversed(unread):
            if not block._is_part:
                state = highlighter.state_after(block._text, block.language, state)
            block._state_below = state
        return state

    @property
    def length(self) -> int:
        """How long the code is, the line of its label included."""
        return len(self.label) + 1 + sum(len(line) + 1 for line in self.code)

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return the code, without the indentation of a list around it."""
        return joined([part._replace(start=max(part.start, 1)) for part in parts])

    def texts(self) -> Sequence[str]:
        """Return the code and its label."""
        return ("\n".join(self.code), self.label)

    def runs(self, line: Line) -> Sequence[Run]:
        """Return what a line shows of the code, and of its label."""
        at = line.at - len(self.label) - 1
        if line.runs or line.fold or at < 0:
            return line.runs
        key, code = (self.start, 0), self.texts()[0]
        if line.raw is None:
            length = len(line.text) - line.lead
            return (Run(line.lead, length, key, code, at),)
        runs: list[Run] = []
        for index, stands_for in enumerate(line.raw, line.lead):
            if not stands_for:
                # Drawn for the tab to the left, which is one character.
                continue
            last = runs[-1] if runs else None
            if last is not None and last.start + last.length == index:
                runs[-1] = last._replace(length=last.length + 1)
            else:
                runs.append(Run(index, 1, key, code, at))
            at += 1
        return runs

    def _label_run(self, start: int, place: int = 0, length: int = 0) -> Run:
        length = length or len(self.label)
        return Run(start, length, (self.start, 1), self.label, place)

    def _label(self, lines: list[Line], lead: Lead, room: int) -> None:
        label = self.label
        look = CODE._replace(fg="muted")
        if not lines:
            lines.append(
                decorated(lead, True, [(" ", CODE)], join=None, fill="surface")
            )
        if not label:
            return
        if cell_len(label) > room:
            for at, (start, end, _) in enumerate(chop(label, room)):
                pieces = [(" ", CODE), (label[start:end], look)]
                line = decorated(lead, at == 0, pieces, join=None, fill="surface")
                line.at = start
                line.runs = (self._label_run(line.lead + 1, start, end - start),)
                lines.insert(at, line)
            return
        top = lines[0]
        used = sum(cell_len(text) for text, _ in top.pieces) - lead.cells - 1
        blank = room - used - cell_len(label)
        if blank >= 2 and len(self.code) > 0:
            top.raw = top.text[top.lead :] if top.raw is None else top.raw
            shown = self.runs(top)
            top.pieces = (*top.pieces, (" " * blank, CODE), (label, look))
            top.runs = (*shown, self._label_run(len(top.text) - len(label)))
        else:
            pieces = [(" " * (room - cell_len(label) + 1), CODE), (label, look)]
            line = decorated(lead, True, pieces, join=None, fill="surface")
            line.runs = (self._label_run(len(line.text) - len(label)),)
            lines.insert(0, line)
            if len(lines) > 1:
                below = lines[1]
                count = len(lead.first)
                below.pieces = (*lead.rest, *below.pieces[count:])


def _sliced(pieces: Sequence[Piece], slices: Sequence[Slice]) -> list[list[Piece]]:
    """Return the pieces of each slice of a line; slices lie side by side."""
    sliced: list[list[Piece]] = []
    number = start = 0
    for low, high, _ in slices:
        taken: list[Piece] = []
        while number < len(pieces):
            text, look = pieces[number]
            taken.append((text[max(0, low - start) : high - start], look))
            if start + len(text) > high:
                break
            start += len(text)
            number += 1
        sliced.append([piece for piece in taken if piece[0]])
    return sliced


def _with_tabs(pieces: Sequence[Piece]) -> list[Piece]:
    """Draw tabs as an arrow and blanks up to the next stop."""
    column = 0
    shown: list[Piece] = []
    for text, look in pieces:
        drawn = look._replace(fg="rule")
        for index, part in enumerate(text.split("\t")):
            if index:
                blank = TAB_STOP - column % TAB_STOP
                tab = "→" + " " * (blank - 1)
                if shown and shown[-1][1] is drawn:
                    tab = shown.pop()[0] + tab
                shown.append((tab, drawn))
                column += blank
            if part:
                shown.append((part, look))
                column += len(part)
    return shown


def _drawn_for(raw: str) -> list[str]:
    """Return what each character that is drawn of a line with tabs stands for."""
    stands: list[str] = []
    for character in raw:
        stands.append(character)
        if character == "\t":
            stands.extend([""] * (-len(stands) % TAB_STOP))
    return stands
