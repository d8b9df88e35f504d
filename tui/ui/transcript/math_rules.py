r"""Where maths stands in Markdown: `$…$`, `\(…\)`, `$$…$$`, `\[…\]`, `\begin{align}`.

Whether a block of maths begins is decided by its first line alone, so that a formula
that streams in never changes what stands above it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.ui.transcript.math_environments import KNOWN
from tui.ui.transcript.math_signs import (
    follows_word,
    stands_in_dollars,
    stands_in_round,
    stands_in_square,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_DOLLARS = re.compile(
    r"\$(?![\s$])(?:\\.|[^$\\\n]){1,400}?(?<!\s)\$(?![0-9A-Za-z])",
)
_DOUBLE = re.compile(r"\$\$((?:\\.|[^$\\]){1,1000}?)\$\$", re.DOTALL)
_ROUND = re.compile(r"\\\((.{1,1000}?)\\\)", re.DOTALL)
_SQUARE = re.compile(r"\\\[(.{1,1000}?)\\\]", re.DOTALL)
_LINKS = frozenset("([:")
_BEGIN = re.compile(r"\\begin\{([A-Za-z]+)(\*?)\}")
_CLOSERS = {"$$": "$$", "\\[": "\\]"}


def add_maths(markdown: MarkdownIt) -> None:
    """Teach a parser the two rules."""
    markdown.inline.ruler.before("escape", "math_inline", _inline)
    markdown.block.ruler.before(
        "fence", "math_block", _block, {"alt": ["paragraph", "blockquote", "list"]}
    )


def _inline(state: StateInline, silent: bool) -> bool:
    character = state.src[state.pos]
    if character == "$":
        match = _DOUBLE.match(state.src, state.pos, state.posMax)
        content = match.group(1) if match else ""
        if match is None:
            match = _DOLLARS.match(state.src, state.pos, state.posMax)
            content = match.group()[1:-1] if match else ""
            if match is not None and not stands_in_dollars(content):
                return False
    elif character == "\\":
        match = _bracketed(state)
        content = match.group(1) if match else ""
    else:
        return False
    if match is None:
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = content
        token.markup = match.group()
    state.pos = match.end()
    return True


def _bracketed(state: StateInline) -> re.Match[str] | None:
    """Return the formula in TeX's brackets that begins here; None for escapes."""
    if follows_word(state.src, state.pos):
        return None
    if match := _ROUND.match(state.src, state.pos, state.posMax):
        inside = match.group(1)
        return match if "\\(" not in inside and stands_in_round(inside) else None
    if match := _SQUARE.match(state.src, state.pos, state.posMax):
        inside = match.group(1)
        if "\\[" in inside or state.src[match.end() : match.end() + 1] in _LINKS:
            return None
        return match if stands_in_square(inside, alone=False) else None
    return None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    opener, closer = _delimiters(first)
    if not closer:
        return False
    rest = first[len(opener) :].rstrip()
    inside = rest.find(closer)
    if inside >= 0 and rest[inside + len(closer) :].strip():
        return False
    if opener == "\\[" and rest:
        content = rest[:inside] if inside >= 0 else rest
        if not stands_in_square(content, alone=True):
            return False
    if silent:
        return True
    lines, last, closed = [rest], start, False
    if inside >= 0:
        lines, closed = [rest[:inside]], True
    while not closed and last + 1 < end:
        if state.isEmpty(last + 1) or state.sCount[last + 1] < state.blkIndent:
            break
        last += 1
        text = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]]
        text = text.rstrip()
        if text.endswith(closer):
            text, closed = text[: -len(closer)], True
        lines.append(text)
    state.line = last + 1
    token = state.push("math_block", "", 0)
    token.map = [start, state.line]
    token.block = True
    content = "\n".join(line for line in lines if line.strip())
    token.content = content if opener in _CLOSERS else opener + content + closer
    token.hidden = not closed
    return True


def _delimiters(line: str) -> tuple[str, str]:
    """Return what begins a formula at the start of a line, and what will end it."""
    if line[:2] in _CLOSERS:
        return line[:2], _CLOSERS[line[:2]]
    match = _BEGIN.match(line)
    if match is None or match.group(1) not in KNOWN:
        return "", ""
    return match.group(), f"\\end{{{match.group(1)}{match.group(2)}}}"


def unclosed_source(lines: Sequence[str]) -> str:
    """Return the text that stands for a block of maths that never ends."""
    return "\n".join(line.strip() for line in lines)
