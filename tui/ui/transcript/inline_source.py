"""Which part of the Markdown a part of drawn text stands for.

Read when something is copied, not before: the text is parsed once more, and every
token is looked up in the source. Plain words are exact to the character; what is
written otherwise than it is drawn (entities, escapes, formulas, links) comes whole, as
does emphasis that a selection begins or ends within while going beyond it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.helpers import parseLinkDestination, parseLinkTitle

from tui.ui.transcript.inline import TAB, TASK_BOXES, read_inline
from tui.ui.transcript.parser import make_parser

if TYPE_CHECKING:
    from markdown_it.token import Token

    from tui.ui.transcript.inline import Inline

_LINE_BREAK = re.compile(r"[ \t]*\\?\n[ \t]*")
_BACKTICKS = re.compile(r"`+")
_BLANKS = re.compile(r"[ \t\n]*")


class _Stretch(NamedTuple):
    """A stretch of drawn text and the stretch of the source that it stands for.

    Attributes:
        start: Where it begins in the drawn text, and
        end: where it ends.
        low: Where it begins in the source, and
        high: where it ends.
        exact: True when both are the same, character by character.
        literal: True when words out of it may be copied as they are drawn.
    """

    start: int
    end: int
    low: int
    high: int
    exact: bool = False
    literal: bool = False


class _Unfindable(Exception):
    """A token is not where the source should hold it."""


def source_between(inline: Inline, start: int, end: int) -> str | None:
    """Return the Markdown that a part of drawn text stands for.

    Args:
        inline: The text.
        start: Where the part begins in what is drawn.
        end: Where it ends.

    Returns:
        The Markdown, or None when that can't be told: then only all of it makes sense.
    """
    if end <= start:
        return ""
    if inline.source == inline.text:
        return inline.source[start:end]
    reader = _Reader(inline)
    try:
        reader.read()
    except _Unfindable:
        return None
    return reader.between(start, end)


class _Reader:
    def __init__(self, inline: Inline) -> None:
        self.inline = inline
        self.source = inline.source
        self.at = 0
        self.pieces: list[_Stretch] = []
        self.spans: list[_Stretch] = []
        self.opened: list[tuple[int, int, bool]] = []

    def read(self) -> None:
        """Look every token up.

        Raises:
            _Unfindable: The source is not what the text was read from.
        """
        if self.inline.typed:
            self._literally(self.source, 0)
            return
        markdown = make_parser()
        # Escapes and entities are told apart from the text around them.
        markdown.disable("text_join")
        children = markdown.parseInline(self.source)[0].children or []
        places: list[tuple[int, int]] = []
        drawn = read_inline(children, task=self.inline.task, places=places)
        if drawn.text != self.inline.text:
            raise _Unfindable
        for index, (token, place) in enumerate(zip(children, places, strict=True)):
            self._token(token, *place, first=index == 0)

    def between(self, start: int, end: int) -> str:
        """Return the source of a part of the text."""
        if start == 0 and end == len(self.inline.text):
            return self.source
        first = next(piece for piece in self.pieces if start < piece.end)
        last = next(piece for piece in reversed(self.pieces) if piece.start < end)
        if first is last and first.literal:
            words = self.inline.text[start:end]
            if words in self.source[first.low : first.high]:
                return words
        low = first.low + (start - first.start if first.exact else 0)
        high = last.high - (last.end - end if last.exact else 0)
        # The address behind a link stands for all of it.
        low = low if last.exact else min(low, last.low)
        high = high if first.exact else max(high, first.high)
        for span in self.spans:
            overlaps = start < span.end and span.start < end
            if overlaps and (start < span.start or span.end < end):
                low, high = min(low, span.low), max(high, span.high)
        return self.source[low:high]

    def _token(self, token: Token, start: int, end: int, *, first: bool) -> None:
        kind = token.type
        if kind == "text":
            self._text(token.content, start, end, first=first)
        elif kind == "html_inline":
            self._literally(token.content, start)
        elif kind in ("text_special", "math_inline"):
            self._whole(token.markup, start, end)
        elif kind in ("softbreak", "hardbreak"):
            match = _LINE_BREAK.match(self.source, self.at)
            self._whole(match.group() if match else "\n", start, end)
        elif kind == "code_inline":
            self._whole(self._code(token.markup), start, end, literal=True)
        elif kind == "image":
            label = "![" + token.content
            self._expect(label)
            after = _after_target(self.source, self.at + len(label))
            self._whole(self.source[self.at : after], start, end, literal=True)
        elif token.nesting == 1:
            is_auto = token.markup == "autolink"
            self.opened.append((start, self.at, is_auto))
            self._skip(token.markup if kind != "link_open" else "<" if is_auto else "[")
        elif token.nesting == -1:
            self._close(token, start, end)
        else:
            raise _Unfindable

    def _text(self, content: str, start: int, end: int, *, first: bool) -> None:
        if first and self.inline.task and content[:4] in TASK_BOXES:
            box = len(TASK_BOXES[content[:4]])
            self._whole(content[:4], start, start + box)
            content, start = content[4:], start + box
        if self.opened and self.opened[-1][2]:
            # An address between < and > may be written otherwise than it is drawn.
            after = self.source.find(">", self.at)
            self._whole(self.source[self.at : after], start, end, literal=True)
        else:
            self._literally(content, start)

    def _close(self, token: Token, start: int, end: int) -> None:
        opened, low, is_auto = self.opened.pop()
        if token.type != "link_close":
            self._skip(token.markup)
        elif is_auto:
            self._skip(">")
        else:
            self.at = _after_target(self.source, self.at)
            if end > start:
                piece = _Stretch(start, end, low, self.at, literal=True)
                self.pieces.append(piece)
        self.spans.append(_Stretch(opened, end, low, self.at))

    def _literally(self, text: str, start: int) -> None:
        self._expect(text)
        for index, part in enumerate(text.split("\t")):
            if index:
                self._whole("\t", start, start + len(TAB))
                start += len(TAB)
            if part:
                end, high = start + len(part), self.at + len(part)
                self.pieces.append(_Stretch(start, end, self.at, high, exact=True))
                start, self.at = end, high

    def _whole(
        self, markup: str, start: int, end: int, *, literal: bool = False
    ) -> None:
        self._expect(markup)
        after = self.at + len(markup)
        if end > start:
            piece = _Stretch(start, end, self.at, after, literal=literal)
            self.pieces.append(piece)
        self.at = after

    def _code(self, ticks: str) -> str:
        self._expect(ticks)
        for match in _BACKTICKS.finditer(self.source, self.at + len(ticks)):
            if len(match.group()) == len(ticks):
                return self.source[self.at : match.end()]
        raise _Unfindable

    def _skip(self, markup: str) -> None:
        self._expect(markup)
        self.at += len(markup)

    def _expect(self, markup: str) -> None:
        if not self.source.startswith(markup, self.at):
            raise _Unfindable


def _after_target(source: str, at: int) -> int:
    """Return where a link ends whose text has ended."""
    if not source.startswith("](", at):
        raise _Unfindable
    at = _after_blanks(source, at + 2)
    target = parseLinkDestination(source, at, len(source))
    if target.ok:
        at = target.pos
    before = at
    at = _after_blanks(source, at)
    if at > before:
        title = parseLinkTitle(source, at, len(source))
        if title.ok:
            at = _after_blanks(source, title.pos)
    if not source.startswith(")", at):
        raise _Unfindable
    return at + 1


def _after_blanks(source: str, at: int) -> int:
    match = _BLANKS.match(source, at)
    return match.end() if match else at


def marked(source: str, mark: str) -> str:
    """Return source with the marks of its containers before all further lines."""
    return source.replace("\n", "\n" + mark)
