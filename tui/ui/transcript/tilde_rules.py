"""Single tildes around struck words, as GitHub reads them.

A tilde between two letters or digits stays: `3~5 and 7~9` are ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline


def add_single_tildes(markdown: MarkdownIt) -> None:
    """Teach a parser with strikethrough the single tilde."""
    markdown.options["strikethrough_single_tilde"] = True
    markdown.inline.ruler.before("strikethrough", "tilde_in_words", _in_words)


def _in_words(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if state.src[at] != "~" or not 0 < at < state.posMax - 1:
        return False
    if not (state.src[at - 1].isalnum() and state.src[at + 1].isalnum()):
        return False
    if not silent:
        state.pending += "~"
    state.pos += 1
    return True
