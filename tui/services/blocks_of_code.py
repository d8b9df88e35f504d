"""The blocks of code in a Markdown text."""

from __future__ import annotations


def blocks_of_code(text: str) -> list[str]:
    """Return the content of each block of code, fenced or indented, in order."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).parse(text)
    return [one.content for one in tokens if one.type in ("fence", "code_block")]
