"""Lexing code in segments: where a lexer stands at the end of one, for the next.

The colours of a segment depend on what stands above it, never on what follows, so a
segment that is finished keeps them.
"""

from __future__ import annotations

import re
from inspect import signature
from typing import TYPE_CHECKING, NamedTuple, cast

from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_FIRST_LINES = 4
_LAST_LINES = 44
_MOST_CARRIED = 8_192

_PROBE = "x\n"
"""A line that shows whether a token goes on behind the last line of a segment."""

_HEREDOC = re.compile(r"<<[-~<]?[ \t]*([\"'`]?)([A-Za-z_]\w*)\1")
_HEREDOC_END = "EOF"

_ENCLOSED = (
    ("cat <<EOF", "\n it's 'so\n if 1\n", _HEREDOC_END),
    ("a = <<EOF", "\n it's 'so\n if 1\n", _HEREDOC_END),
    ("<?php $a = <<<EOF", "\n it's 'so\n if 1\n", _HEREDOC_END),
    ("/*", "\n it's 'so\n", "*/"),
    ("<?php /*", "\n it's 'so\n", "*/"),
    ("=begin", "\n it's 'so\n", "=end"),
    ("<!--", "\n it's <so\n", "-->"),
    ("<script>", "\nlet a = 'b'\nlet c = 'd'\n", "</script>"),
    ("<style>", "\na { color: red }\nb { color: red }\n", "</style>"),
)


class LexerState(NamedTuple):
    """Where a lexer stands at the end of a segment.

    Attributes:
        stack: Its states, the innermost last.
        above: Lines that must be read again with those below, because what begins
            in them does not end in them: a comment, a stretch of another language.
    """

    stack: tuple[str, ...] = ("root",)
    above: str = ""


BEGINNING = LexerState()


def closers_of(lexer: Lexer) -> str:
    """Return what ends everything that a lexer knows only once it is closed.

    Many lexers see a comment, or a language within the language, only when its end
    is there. Lines that are read with these ends behind them have the colours that
    they have in the complete code.
    """
    needed = {
        closer: None
        for opener, inside, closer in _ENCLOSED
        if _kinds(lexer, opener, inside, closer) != _kinds(lexer, opener, inside, "")
    }
    return "".join(f"{closer}\n" for closer in needed)


def _kinds(lexer: Lexer, opener: str, inside: str, closer: str) -> list[object]:
    tokens = lexer.get_tokens_unprocessed(f"{opener}{inside}{closer}\n")
    first, last = len(opener), len(opener) + len(inside)
    return [(at, kind) for at, kind, _ in tokens if first <= at < last]


def tokens_of(
    lexer: Lexer, code: str, state: LexerState, closers: str
) -> Iterator[tuple[_TokenType, str]]:
    """Yield the tokens of a segment.

    Args:
        lexer: The lexer.
        code: The lines of the segment, each with its newline.
        state: Where the lexer stands above it.
        closers: What `closers_of` says.
    """
    first = len(state.above)
    last = first + len(code)
    text = state.above + code
    text += _closing(text, closers)
    for index, kind, value in _lex(lexer, text, state.stack):
        if index >= last:
            return
        part = value[max(0, first - index) : last - index]
        if part:
            yield kind, part


def _closing(text: str, closers: str) -> str:
    """Return what ends all that may be open in a text."""
    if not closers.startswith(_HEREDOC_END):
        return closers
    rest = closers.removeprefix(_HEREDOC_END + "\n")
    heredoc = _open_heredoc(text)
    return f"{heredoc.group(2)}\n{rest}" if heredoc else rest


def _open_heredoc(text: str) -> re.Match[str] | None:
    for match in _HEREDOC.finditer(text):
        end = rf"^[ \t]*{match.group(2)}\b"
        if not re.compile(end, re.MULTILINE).search(text, match.end()):
            return match
    return None


def _lex(
    lexer: Lexer, text: str, stack: tuple[str, ...]
) -> Iterable[tuple[int, _TokenType, str]]:
    if stack == BEGINNING.stack or not isinstance(lexer, RegexLexer):
        return lexer.get_tokens_unprocessed(text)
    if isinstance(lexer, ExtendedRegexLexer):
        context = LexerContext(text, 0, stack=list(stack))
        return lexer.get_tokens_unprocessed(context=context)
    if "stack" in signature(lexer.get_tokens_unprocessed).parameters:
        return lexer.get_tokens_unprocessed(text, stack)
    return RegexLexer.get_tokens_unprocessed(lexer, text, stack)


def state_after(lexer: Lexer, code: str, state: LexerState, closers: str) -> LexerState:
    """Return where a lexer stands at the end of a segment; the arguments as above."""
    if not isinstance(lexer, RegexLexer) or _keeps_more(lexer):
        return BEGINNING
    text = state.above + code
    heredoc = _open_heredoc(text) if closers.startswith(_HEREDOC_END) else None
    latest = heredoc.start() if heredoc else len(text)
    context = LexerContext(
        text + _PROBE + _closing(text, closers), 0, stack=list(state.stack)
    )
    # Its loop is the only one that can be asked for the states; it needs nothing
    # that other lexers lack.
    loop = ExtendedRegexLexer.get_tokens_unprocessed(
        cast("ExtendedRegexLexer", lexer), context=context
    )
    start, stack = 0, state.stack
    try:
        for index, _, _ in loop:
            if index > latest:
                break
            begins_line = index == 0 or text[index - 1] == "\n"
            if begins_line and index == context.pos:
                start, stack = index, tuple(context.stack)
    except TypeError:
        # A few lexers call back with fewer arguments than this loop gives.
        return BEGINNING
    return LexerState(stack, _shortened(text[start:]))


def _keeps_more(lexer: RegexLexer) -> bool:
    """Return whether a lexer keeps more than its states (how far YAML is indented)."""
    if not isinstance(lexer, ExtendedRegexLexer):
        return False
    lex = type(lexer).get_tokens_unprocessed
    return lex is not ExtendedRegexLexer.get_tokens_unprocessed


def _shortened(above: str) -> str:
    """Return how something begins and what of it comes last."""
    lines = above.splitlines(keepends=True)
    if len(lines) > _FIRST_LINES + _LAST_LINES:
        above = "".join(lines[:_FIRST_LINES] + lines[-_LAST_LINES:])
    return above if len(above) <= _MOST_CARRIED else ""
