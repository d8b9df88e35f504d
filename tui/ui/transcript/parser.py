"""The Markdown parser, built when there is something to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

NESTING = 48
"""Levels that are parsed; what is nested deeper is shown as its source."""


class Parser:
    """The parser, made when it is first needed: its import takes 80 ms."""

    def __init__(self) -> None:
        self._made: MarkdownIt | None = None

    def get(self) -> MarkdownIt:
        """Return the one parser."""
        if self._made is None:
            self._made = make_parser()
        return self._made


def make_parser() -> MarkdownIt:
    """Build the parser (0.5 ms, after an import of 80 ms)."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin

    from tui.ui.transcript.footnote_rules import add_footnotes
    from tui.ui.transcript.math_rules import add_maths
    from tui.ui.transcript.tilde_rules import add_single_tildes

    markdown = MarkdownIt("commonmark", {"maxNesting": NESTING, "html": True})
    markdown.enable(["table", "strikethrough"])
    markdown.disable("reference")
    add_single_tildes(markdown)
    add_maths(markdown)
    add_footnotes(markdown)
    markdown.use(deflist_plugin)
    return markdown
