"""Texts to lines, without a terminal; and Markdown for property tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tui.ui.transcript.blocks import Block, Page
from tui.ui.transcript.document import Document
from tui.ui.transcript.highlighting import Highlighter
from tui.ui.transcript.parser import make_parser
from tui.ui.transcript.parsing import parse
from tui.ui.transcript.prompt import PromptDocument

if TYPE_CHECKING:
    from tui.ui.transcript.lines import Line
    from tui.ui.transcript.readable import Readable

PARSER = make_parser()
HIGHLIGHTER = Highlighter(background=False)

FRAGMENTS = (
    "word",
    "more words here",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\n\n\n",
    "# ",
    "## head\n",
    "- ",
    "- item\n",
    "\n- item",
    "\n  - nested\n",
    "* ",
    "1. ",
    "\n2. two\n",
    "7) ",
    "> ",
    "\n> quoted\n",
    "> > deep\n",
    "```",
    "\n```\n",
    "```python\n",
    "\n~~~ sh\n",
    "~~~\n",
    "  ```\n",
    "def f(x):\n    return 1\n",
    "| a | b |\n|---|:-:|\n",
    "| 1 | 2 |\n",
    "|",
    "---\n",
    "===\n",
    "***",
    "**bold**",
    "*",
    "_em_",
    "~~gone~~",
    "`code`",
    "`",
    '[link](https://example.org "t")',
    "[ ] ",
    "[x] ",
    "[^1]: note\n",
    "\n    further\n",
    "\n[^note]: ",
    "[ref]: /url\n",
    "Term\n: meaning\n",
    "\n: ",
    "\n\n~ ",
    "~one~",
    "~",
    "www.example.org/a",
    "me@example.org",
    "![alt](a.png)",
    "<div>",
    "<!-- c -->",
    "</p>\n",
    "<!-- *open*\n",
    "-->\n",
    "<script>\n",
    "</script>\n",
    "<b class='*x*'>",
    "<?a ",
    "<summary>s</summary>\n",
    "$x^2$",
    "$$\n",
    "$$ y $$\n",
    "\\[\n",
    "\\]\n",
    "\\(a\\)",
    "\\begin{align}\n",
    "a &= b \\\\\n",
    "\\end{align}\n",
    "$\\begin{pmatrix} a & b \\\\ c \\end{pmatrix}$",
    "\\",
    "&amp;",
    "&#27;",
    "&#x202e;",
    "https://example.org/a_b",
    "\r\n",
    "\r",
    "\x1b[31m",
    "\x00",
    "漢字",
    "👩‍👩‍👧",
    "e\u0301",
    "\u202e",
    "\ud800",
    "שלום",
)


def markdown_text(max_size: int = 40) -> st.SearchStrategy[str]:
    """Text made of what Markdown minds."""
    fragment = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4))
    return st.lists(fragment, max_size=max_size).map("".join)


def read(text: str, sizes: list[int] | None = None, every: int = 1) -> Document:
    """Read a text in deltas of the given sizes, looking at it after some of them."""
    document = Document(PARSER)
    stream(document, text, sizes, every)
    return document


def read_typed(
    text: str,
    sizes: list[int] | None = None,
    every: int = 1,
    *,
    fences: bool = True,
) -> PromptDocument:
    """Read a text as it was typed, in deltas of the given sizes."""
    document = PromptDocument("", ended=False, fences=fences)
    stream(document, text, sizes, every)
    return document


def stream(document: Readable, text: str, sizes: list[int] | None, every: int) -> None:
    """Read a text in deltas of the given sizes, looking at it after some of them."""
    at, turn = 0, 0
    while sizes and at < len(text):
        size = sizes[turn % len(sizes)]
        turn += 1
        document.feed(text[at : at + size])
        at += size
        if turn % every == 0:
            while document.step():
                pass
            assert document.open_blocks is not None
    document.feed(text[at:])
    document.end()
    while document.step():
        pass


def lay_out(blocks: list[Block], width: int) -> list[Line]:
    """Return the lines of blocks."""
    page = Page(width, HIGHLIGHTER)
    return [line for block in blocks for line in block.lay_out(page)]


def shown(blocks: list[Block], width: int = 60) -> list[object]:
    """Return everything that can be seen or copied of blocks."""
    return [
        (
            # An empty line has an empty piece, or none.
            [piece for piece in line.pieces if piece[0]],
            line.join,
            line.mark,
            line.raw,
            line.fill,
        )
        for line in lay_out(blocks, width)
    ]


def places(blocks: list[Block]) -> list[tuple[int, int]]:
    """Return where blocks stand in the source."""
    return [(block.start, block.end) for block in blocks]


def parsed_at_once(text: str) -> list[Block]:
    """Return the blocks of a text that is parsed in one piece."""
    from tui.domain.visible import visible_text

    units, _ = parse(PARSER, visible_text(text))
    return [block for unit in units for block in unit.blocks]


def texts(text: str, width: int = 60) -> list[str]:
    """Return the lines that a text is shown as."""
    return [line.text for line in lay_out(read(text).blocks, width)]
