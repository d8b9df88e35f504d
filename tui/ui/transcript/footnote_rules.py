"""Where the text of a footnote stands in Markdown: `[^1]: …`, further parts indented.

A footnote is shown where it is written, not at the end: what has been read stays where
it is while an answer streams in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_LABEL = re.compile(r"\[\^[^\]\s]{1,40}\]:")
INDENT = 4
"""Columns by which what belongs to a footnote is indented below its first line."""


def add_footnotes(markdown: MarkdownIt) -> None:
    """Teach a parser the rule; `footnote_open` carries the label as its markup."""
    markdown.block.ruler.before(
        "reference",
        "footnote",
        _footnote,
        {"alt": ["paragraph", "blockquote", "list"]},
    )


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.bMarks[start] + state.tShift[start]
    match = _LABEL.match(state.src, first, state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
    token = state.push("footnote_open", "", 1)
    token.markup = match.group()
    # The rest of the line is read as a line of its own, like an item of a list.
    kept = state.bMarks[start], state.tShift[start], state.sCount[start]
    parent, indent = state.parentType, state.blkIndent
    text = match.end()
    while text < state.eMarks[start] and state.src[text] in " \t":
        text += 1
    state.bMarks[start] = match.end()
    state.tShift[start] = text - match.end()
    state.blkIndent = state.sCount[start] = indent + INDENT
    state.parentType = "footnote"
    state.md.block.tokenize(state, start, end)
    state.bMarks[start], state.tShift[start], state.sCount[start] = kept
    state.parentType, state.blkIndent = parent, indent
    token.map = [start, state.line]
    state.push("footnote_close", "", -1)
    return True
