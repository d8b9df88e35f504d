"""Markdown source to blocks.

CommonMark with tables, strikethrough, maths, footnotes and definitions. HTML and
comments are read as such to be shown exactly as they are written, and link definitions
are text, because nothing of an answer may be invisible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.domain.visible import visible_line
from tui.ui.transcript.blocks import (
    Block,
    CodeBlock,
    Lead,
    MathBlock,
    RuleBlock,
    TextBlock,
)
from tui.ui.transcript.code_segments import cut_code
from tui.ui.transcript.footnote_rules import INDENT as FOOTNOTE_INDENT
from tui.ui.transcript.inline import Inline, plain_inline, read_inline
from tui.ui.transcript.lines import ACCENT, MUTED, PLAIN, Look, Piece
from tui.ui.transcript.math_rules import unclosed_source
from tui.ui.transcript.parser import NESTING
from tui.ui.transcript.tables import RowBlock, TablePlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BULLETS = "•◦▪"

_HEADINGS = {
    1: Look(fg="accent", bold=True, underline=True),
    2: Look(fg="accent", bold=True),
}
_SMALL_HEADING = Look(bold=True)
_TERM = Look(bold=True)
_LANGUAGE = re.compile(r"[\w+#.-]+")
_TILDE_DEFINITION = re.compile(r"[> \t]*~[ \t]")
_BAR = re.compile(r"(?<!\\)\|")
_SPACED = frozenset({"code", "table", "math", "heading", "rule"})


@dataclass(frozen=True, slots=True)
class Carry:
    """What a stretch of source must know of what stands above it.

    Attributes:
        kind: The kind of the last block above, or "".
        blank_lines: Blank lines between that block and this stretch.
        number: The next number when the stretch goes on with an ordered list.
        codes: How many blocks of code stand above.
    """

    kind: str = ""
    blank_lines: int = 0
    number: int | None = None
    codes: int = 0


@dataclass(slots=True)
class Unit:
    """A stretch that stays as it is once the next one has begun.

    A top-level block, one item of a top-level list, or one term with its definitions.

    Attributes:
        line: Its first line, counted from the start of the stretch.
        kind: The markdown-it token's type that begins it.
        blocks: Its blocks.
        carry: What the unit must know of those above it.
        token: The token that begins it.
    """

    line: int
    kind: str
    carry: Carry
    token: Token
    blocks: list[Block] = field(default_factory=list)


class _Container:
    """An open quote or list item, and how it decorates the lines in it."""

    __slots__ = ("first", "first_mark", "fresh", "is_item", "rest", "rest_mark")

    def __init__(
        self,
        first: Piece,
        rest: Piece,
        first_mark: str,
        rest_mark: str,
        *,
        is_item: bool = False,
    ) -> None:
        self.first, self.rest = first, rest
        self.is_item = is_item
        self.first_mark, self.rest_mark = first_mark, rest_mark
        self.fresh = True


_QUOTE = ("▌ ", ACCENT)


class _Builder:
    def __init__(self, source: str, base: int, carry: Carry) -> None:
        self.lines = source.split("\n")
        self.base = base
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.size = len(source)
        self.containers: list[_Container] = []
        self.previous: tuple[_Container, ...] = ()
        self.kind = carry.kind
        self.last_line = -carry.blank_lines
        self.carried_number = carry.number
        self.codes = carry.codes
        self.lists: list[tuple[bool, int]] = []
        self.units: list[Unit] = []

    def offset(self, line: int) -> int:
        return self.base + min(self.starts[min(line, len(self.lines))], self.size)

    def carry(self, line: int, number: int | None = None) -> Carry:
        return Carry(self.kind, line - self.last_line, number, self.codes)

    def open_unit(self, token: Token, number: int | None = None) -> None:
        line = token.map[0] if token.map else 0
        self.units.append(Unit(line, token.type, self.carry(line, number), token))

    def add(self, block: Block, kind: str, first: int, last: int) -> None:
        """Give a block its place: source, decoration, distance."""
        stack = tuple(self.containers)
        shared = 0
        for mine, other in zip(stack, self.previous, strict=False):
            if mine is not other:
                break
            shared += 1
        block.start = self.offset(first)
        block.end = self.offset(last)
        pieces_first: list[Piece] = []
        pieces_rest: list[Piece] = []
        mark = mark_rest = ""
        for container in stack:
            pieces_first.append(container.first if container.fresh else container.rest)
            pieces_rest.append(container.rest)
            mark += container.first_mark if container.fresh else container.rest_mark
            mark_rest += container.rest_mark
            container.fresh = False
        if stack:
            block.lead = Lead(tuple(pieces_first), tuple(pieces_rest), mark, mark_rest)
        block.gap = self._gap(kind, first)
        block.gap_lead = tuple(container.rest for container in stack[:shared])
        self.previous = stack
        self.kind = kind
        self.last_line = last
        self.units[-1].blocks.append(block)

    def _gap(self, kind: str, first: int) -> int:
        if not self.kind:
            return 0
        if kind == "row":
            return 0
        if first > self.last_line:
            return 1
        if kind in _SPACED and not (kind == "heading" and self.kind == "heading"):
            return 1
        return int(self.kind in _SPACED - {"heading"} or self.kind == "row")

    def build(self, tokens: Sequence[Token]) -> list[Unit]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            kind = token.type
            if token.level == 0 and token.nesting >= 0 and not _holds_units(kind):
                self.open_unit(token)
                if index_after := self._too_deep(tokens, index):
                    index = index_after
                    continue
            if kind in ("bullet_list_open", "ordered_list_open"):
                if token.level == 0 and (after := self._too_deep(tokens, index)):
                    self.open_unit(token)
                    index = after
                    continue
                self._open_list(token)
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self.lists.pop()
            elif kind == "list_item_open":
                self._open_item(token)
            elif kind == "list_item_close":
                self._close_item(tokens, index)
            elif kind == "blockquote_open":
                self.containers.append(_Container(_QUOTE, _QUOTE, "> ", "> "))
            elif kind == "footnote_open":
                self._open_marked(token.markup + " ", FOOTNOTE_INDENT)
            elif kind == "dt_open":
                if token.level == 1:
                    self.open_unit(token)
            elif kind == "dd_open":
                self._open_definition(tokens[index + 1])
            elif kind in ("blockquote_close", "footnote_close", "dd_close"):
                self._close_container(tokens, index)
            elif kind == "inline":
                self._text(tokens, index)
            elif kind in ("fence", "code_block"):
                self._code(token)
            elif kind == "math_block":
                self._math(token)
            elif kind == "html_block":
                self._html(token)
            elif kind == "hr":
                first, last = token.map or (0, 0)
                self.add(RuleBlock(), "rule", first, last)
            elif kind == "table_open":
                index = self._table(tokens, index)
            index += 1
        return self.units

    def _too_deep(self, tokens: Sequence[Token], index: int) -> int:
        """Show a top-level block as its source when it is nested too deep.

        Returns the index after it, or 0 when it is not.
        """
        opener = tokens[index]
        if opener.nesting != 1 or opener.type not in (
            "blockquote_open",
            "bullet_list_open",
            "ordered_list_open",
        ):
            return 0
        after = index + 1
        deepest = 0
        while after < len(tokens) and tokens[after].level > 0:
            deepest = max(deepest, tokens[after].level)
            after += 1
        if deepest < NESTING - 2:
            return 0
        if opener.type.endswith("list_open"):
            self.open_unit(opener)
        first, last = opener.map or (0, 0)
        text = "\n".join(self.lines[first:last]).rstrip("\n")
        self.add(TextBlock(inline=plain_inline(text)), "text", first, last)
        return after + 1

    def _open_list(self, token: Token) -> None:
        number = int(token.attrs.get("start", 1))
        if (
            token.level == 0
            and self.carried_number is not None
            and token.map
            and token.map[0] == 0
            and token.type == "ordered_list_open"
        ):
            number = self.carried_number
        self.lists.append((token.type == "ordered_list_open", number))

    def _open_item(self, token: Token) -> None:
        ordered, number = self.lists[-1]
        if token.level == 1:
            self.open_unit(token, number if ordered else None)
        if ordered:
            bullet = f"{number}{token.markup or '.'} "
            mark = bullet
            self.lists[-1] = (True, number + 1)
        else:
            depth = sum(1 for is_ordered, _ in self.lists if not is_ordered) - 1
            bullet, mark = BULLETS[depth % len(BULLETS)] + " ", "- "
        blank = " " * len(bullet)
        self.containers.append(
            _Container(
                (bullet, ACCENT),
                (blank, PLAIN),
                mark,
                " " * len(mark),
                is_item=True,
            )
        )

    def _close_item(self, tokens: Sequence[Token], index: int) -> None:
        if self.containers[-1].fresh:
            opener = tokens[index - 1]
            first, last = opener.map or (0, 0)
            self.add(TextBlock(inline=Inline()), "text", first, min(last, first + 1))
        self.containers.pop()

    def _open_definition(self, content: Token) -> None:
        """Open a definition; its own token does not always know where it begins."""
        line = self.lines[content.map[0]] if content.map else ""
        tilde = _TILDE_DEFINITION.match(line)
        self._open_marked("~ " if tilde else ": ", 2)

    def _open_marked(self, mark: str, indent: int) -> None:
        """Open what is shown behind the mark that begins it in the source."""
        blank = " " * len(mark)
        self.containers.append(
            _Container((mark, ACCENT), (blank, PLAIN), mark, " " * indent)
        )

    def _close_container(self, tokens: Sequence[Token], index: int) -> None:
        if self.containers[-1].fresh and tokens[index - 1].nesting == 1:
            first, last = tokens[index - 1].map or (0, 0)
            self.add(TextBlock(inline=Inline()), "text", first, last)
        self.containers.pop()

    def _text(self, tokens: Sequence[Token], index: int) -> None:
        token, opener = tokens[index], tokens[index - 1]
        first, last = opener.map or token.map or (0, 0)
        children = token.children or []
        if opener.type == "dt_open":
            inline = read_inline(children, _TERM, source=token.content)
            self.add(TextBlock(inline=inline), "text", first, first + 1)
            return
        if opener.type == "heading_open":
            level = int(opener.tag[1:])
            look = _HEADINGS.get(level, _SMALL_HEADING)
            inline = read_inline(children, look, source=token.content)
            block = TextBlock(inline=inline)
            self.add(block, "heading", first, last)
            hashes = "#" * level + " "
            lead = block.lead
            block.lead = lead._replace(mark=lead.mark + hashes)
            return
        container = self.containers[-1] if self.containers else None
        task = container is not None and container.fresh and container.is_item
        inline = read_inline(children, source=token.content, task=task)
        self.add(TextBlock(inline=inline), "text", first, last)

    def _code(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        content = token.content
        lines = content.removesuffix("\n").split("\n") if content else []
        label = visible_line(token.info.strip())
        number = self.codes
        self.codes += 1
        line = first + (1 if token.type == "fence" else 0)
        segments = cut_code(lines)
        above: CodeBlock | None = None
        for index, segment in enumerate(segments):
            block = CodeBlock(
                code=segment.lines,
                label=label if index == 0 else "",
                language=language_of(label),
                first=index == 0,
                glued=segment.glued,
                open_ended=segment.open_ended,
                number=number,
                above=above,
            )
            above = block
            final = index == len(segments) - 1
            end = last if final else line + len(segment.lines) - segment.open_ended
            start = first if index == 0 else line
            if index:
                self._go_on(block, start, end)
            else:
                self.add(block, "code", start, end)
            line += len(segment.lines) - segment.open_ended
        self.last_line = last

    def _go_on(self, block: Block, first: int, last: int) -> None:
        """Add a further segment of the block just added."""
        above = self.units[-1].blocks[-1].lead
        block.start, block.end = self.offset(first), self.offset(last)
        block.lead = Lead(above.rest, above.rest, above.mark_rest, above.mark_rest)
        self.units[-1].blocks.append(block)

    def _html(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        inline = plain_inline(token.content.rstrip("\n"), MUTED)
        self.add(TextBlock(inline=inline), "text", first, last)

    def _math(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        if token.hidden:
            text = unclosed_source(self.lines[first:last])
            self.add(TextBlock(inline=plain_inline(text)), "text", first, last)
            return
        from tui.ui.transcript.math_layout import displayed, readable

        content = token.content
        block = MathBlock(text=displayed(content), narrow=readable(content))
        self.add(block, "math", first, last)

    def _table(self, tokens: Sequence[Token], index: int) -> int:
        opener = tokens[index]
        rows: list[tuple[int, list[Inline]]] = []
        aligns: list[str] = []
        index += 1
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open":
                rows.append((token.map[0] if token.map else 0, []))
            elif token.type in ("th_open", "td_open") and len(rows) == 1:
                style = str(token.attrs.get("style", ""))
                aligns.append(style.removeprefix("text-align:"))
            elif token.type == "inline":
                cell = read_inline(token.children or (), source=token.content)
                rows[-1][1].append(cell)
            index += 1
        first, last = opener.map or (0, 0)
        for line, cells in rows[1:]:
            _keep_extra_cells(cells, self.lines[line], len(rows[0][1]))
        plan = TablePlan(rows[0][1], aligns)
        plan.measure([cells for _, cells in rows[1:]])
        header = RowBlock(
            plan=plan, cells=rows[0][1], header=True, alone=len(rows) == 1
        )
        self.add(header, "table", first, first + 2)
        plan.start = header.start
        for position, (line, cells) in enumerate(rows[1:]):
            block = RowBlock(plan=plan, cells=cells, position=position)
            if position == 0:
                block.table_lead = header.lead
            self.add(block, "row", line, line + 1)
        self.last_line = last
        return index


def _keep_extra_cells(cells: list[Inline], line: str, count: int) -> None:
    """Put cells beyond the header's into the last one; GFM would drop them."""
    if line.count("|") < count or not cells:
        return
    # No row begins with the mark of a quote, except a quote's.
    line = line.lstrip("> \t")
    bars = [match.start() for match in _BAR.finditer(line)]
    if bars and line.startswith("|"):
        bars.pop(0)
    if len(bars) < count:
        return
    extra = line[bars[count - 1] + 1 :].strip().removesuffix("|").strip()
    if extra:
        last = cells[-1]
        start = len(last.text)
        last.text += f" | {extra}"
        last.source += f" | {extra}"
        last.runs.append((start, len(last.text), PLAIN))


def language_of(label: str) -> str:
    """Return what an info string asks the highlighter for: its first word."""
    match = _LANGUAGE.match(label.strip().lstrip("{."))
    return match.group() if match else ""


def offset_of_line(text: str, line: int) -> int:
    """Return where a line begins, in characters.

    Args:
        text: The text.
        line: The line's number, counted from 0.
    """
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at


def _holds_units(kind: str) -> bool:
    """Return whether a top-level block is no unit but made of them."""
    return kind in ("bullet_list_open", "ordered_list_open", "dl_open")


def only_unit(markdown: MarkdownIt, source: str) -> str:
    """Return the kind of the one unit that a stretch makes, or "" for none or several.

    It costs a fifth of `parse`: nothing within the lines is read.

    Args:
        markdown: The parser.
        source: Visible text, a run of whole lines.
    """
    tokens: list[Token] = []
    markdown.block.parse(source, markdown, {}, tokens)
    kinds = [
        token.type
        for token in tokens
        if token.nesting >= 0
        and (
            (token.level == 0 and not _holds_units(token.type))
            or (token.level == 1 and token.type in ("list_item_open", "dt_open"))
        )
    ]
    return kinds[0] if len(kinds) == 1 else ""


def parse(
    markdown: MarkdownIt, source: str, base: int = 0, carry: Carry | None = None
) -> tuple[list[Unit], Carry]:
    """Return the units of a stretch of source.

    Args:
        markdown: The parser.
        source: Visible text, a run of whole lines of the message.
        base: Where it begins in the message, in characters.
        carry: What stands above it.

    Returns:
        The units, and what the stretch below must know when all of them stay.
    """
    builder = _Builder(source, base, carry or Carry())
    units = builder.build(markdown.parse(source))
    lines = source.count("\n") + (not source.endswith("\n") and bool(source))
    return units, builder.carry(lines)
