"""Long code has the colours that it has when it is read in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transcript.laying_out import (
    HIGHLIGHTER,
    PARSER,
    lay_out,
    read,
    read_typed,
)
from tui.ui.transcript.document import Document

if TYPE_CHECKING:
    from tui.ui.transcript.lines import Line, Look

WORDS = "".join(f"  if it's number {at} for us, return\n" for at in range(70))
RULES = "".join(f".c{at} {{ color: red; margin: {at}px }}\n" for at in range(90))
CODE = {
    "php": "<?php\n"
    + "".join(f"function f{at}($x) {{\n    return {at};\n}}\n\n" for at in range(40)),
    "python": f'def f():\n    """Doc.\n\n{WORDS}    """\n    return 1\n\n\nx = "a"\n',
    "js": f"const t = `\n{WORDS}\n${{f('x')}}`;\n\n/*\n{WORDS}*/\nlet y = 1;\n",
    "c": f"/* Begins\n{WORDS}{WORDS}*/\nint main(void) {{ return 0; }}\n",
    "java": f"/**\n{WORDS}{WORDS} */\nclass A {{ int a = 1; }}\n",
    "rust": f"fn main() {{\n/* one\n/* two */\n{WORDS}*/\n    let a = 1;\n}}\n",
    "html": f"<html>\n<style>\n{RULES}</style>\n<!--\n{WORDS}-->\n<p>it's</p>\n",
    "ruby": f"a = <<~EOF\n{WORDS}EOF\nb = 1\n\n=begin\n{WORDS}=end\nc = 'd'\n",
    "bash": f"cat <<'END'\n{WORDS}END\nif true; then echo \"x\"; fi\n",
    "sql": f"/*\n{WORDS}*/\nselect 'a' from b;\n",
}


def colors(lines: list[Line]) -> list[list[tuple[str, Look]]]:
    """Return each line as characters with their looks."""
    return [
        [
            (character, look)
            for text, look in line.pieces[1:]
            for character in text
            if character != " "
        ]
        for line in lines
    ]


def whole(code: str, language: str) -> list[list[tuple[str, Look]]]:
    lines = HIGHLIGHTER.color(code, language)
    assert lines is not None
    return [
        [
            (character, look)
            for text, look in line
            for character in text.replace(" ", "")
        ]
        for line in lines
    ]


@pytest.mark.parametrize("language", CODE)
def test_segments_go_on_where_the_lexer_stood(language: str) -> None:
    code = CODE[language]
    text = f"```{language}\n{code}```\n"
    document = read(text)
    assert len(document.blocks) > 1
    # The label stands at the end of the first line.
    shown = colors(lay_out(document.blocks, 100))[1:]
    assert shown == whole(code, language)[1:]
    typed = colors(lay_out(read_typed(text).blocks, 100))[1 : len(shown) + 1]
    assert typed == shown


@pytest.mark.parametrize("language", CODE)
def test_colors_of_finished_lines_stay_while_code_streams_in(language: str) -> None:
    text = f"```{language}\n{CODE[language]}```\n"
    end = lay_out(read(text).blocks, 100)
    document = Document(PARSER)
    for at in range(0, len(text), 97):
        document.feed(text[at : at + 97])
        while document.step():
            pass
        if len(document.blocks) % 2:
            assert document.open_blocks is not None
            lay_out(document.open_blocks, 100)
        finished = lay_out(document.blocks, 100)
        assert colors(finished) == colors(end)[: len(finished)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["python", "js", "c", "php", "html", "markdown", "yaml", "ruby"]),
    st.lists(
        st.sampled_from(
            (
                *('"""', "'''", "`", "/*", "*/", "<?php", "<style>", "</style>"),
                *("<!--", "-->", "'", '"', "x = 1", "\n", "\n\n", "  - a: |\n"),
                *("<<EOF\n", "EOF", "```sh\n", "# c\n", "{", "}", "line\n" * 30),
            )
        ),
        max_size=40,
    ),
)
def test_colored_code_is_the_code(language: str, parts: list[str]) -> None:
    code = "".join(parts)
    text = f"~~~~{language}\n{code}\n~~~~\n"
    lines = lay_out(read(text, [7]).blocks, 400)
    shown = [line.copied() for line in lines]
    assert "\n".join(shown).strip("\n") == code.strip("\n")
