"""What is shown at the end does not depend on how the text arrived."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.transcript.laying_out import (
    lay_out,
    markdown_text,
    parsed_at_once,
    places,
    read,
    read_typed,
    shown,
)
from tui.ui.transcript.prompt import PromptDocument

CODE = "```python\n" + "".join(f"def f{n}(x):\n    return {n}\n\n" for n in range(60))
TABLE = "| a | b |\n|---|---|\n" + "".join(f"| {n} | x{n} |\n" for n in range(90))
LONG_TEXTS = {
    "code": CODE + "```\nafter\n",
    "open code": CODE,
    "table": TABLE + "\nafter\n\n" + TABLE + "# head\n",
    "list": "".join(f"{n}. item {n}\n\n   more\n" for n in range(200)),
    "long line": "start\n" + "word " * 6_000 + "\nend **bold**\n",
    "long code line": "```\n" + "x" * 20_000 + "\n```\n**after**",
    "long paragraph": "a line of text\n" * 3_000,
    "long quote": "> a line of text\n" * 3_000 + "\nafter",
    "brackets": "[" * 10_000 + "\n\nafter",
    "quotes": ">" * 3_000 + "\n\nafter",
}


@settings(max_examples=400, deadline=None)
@given(markdown_text(), st.lists(st.integers(1, 12), min_size=1, max_size=8))
@example("para\n#tag", [1])
@example("- a\n- b\n\n- c\n", [1])
@example("1. a\n1. b\n1. c\n\ntext", [3])
@example("| a |\n|---|\n| b |\nc\n\nd", [1])
@example("```\n``\n```\n", [1])
@example("a\r\nb", [2])
@example("\r\r\n", [1])
def test_any_chunking_gives_the_same_lines(text: str, sizes: list[int]) -> None:
    streamed = read(text, sizes)
    whole = read(text)
    assert shown(streamed.blocks) == shown(whole.blocks)
    assert places(streamed.blocks) == places(whole.blocks)
    assert not streamed.open_blocks


@settings(max_examples=400, deadline=None)
@given(
    markdown_text(), st.lists(st.integers(1, 12), min_size=1, max_size=8), st.booleans()
)
@example("```py\nx\n``", [1], True)
@example("```\n```\n\n", [1], True)
@example("a\r\nb\r", [2], False)
def test_any_chunking_shows_the_same_source(
    text: str, sizes: list[int], fences: bool
) -> None:
    streamed = read_typed(text, sizes, fences=fences)
    whole = PromptDocument(text, fences=fences)
    while whole.step():
        pass
    assert streamed.source == whole.source
    assert shown(streamed.blocks) == shown(whole.blocks)
    assert not streamed.open_blocks
    for document in (streamed, whole):
        assert_tiles(document)


def assert_tiles(document: PromptDocument) -> None:
    """Every character of the source belongs to one block, in order."""
    at = 0
    for start, end in places(document.blocks):
        assert start == at
        assert start <= end
        at = end
    assert at == len(document.source)


@settings(max_examples=300, deadline=None)
@given(markdown_text())
@example("- a\n- b\n\npara\n- c")
@example("~~~\n\n\n~~~\n~~~")
def test_reading_in_steps_equals_parsing_at_once(text: str) -> None:
    # A text that ends within a line break is parsed the same with and without it.
    assert shown(read(text).blocks) == shown(parsed_at_once(text))


@pytest.mark.parametrize("name", LONG_TEXTS)
@pytest.mark.parametrize("size", [7, 100, 5_000])
def test_long_texts_stream_to_the_same_lines(name: str, size: int) -> None:
    text = LONG_TEXTS[name]
    streamed = read(text, [size], every=max(1, 1_000 // size))
    whole = read(text)
    assert shown(streamed.blocks) == shown(whole.blocks)
    assert places(streamed.blocks) == places(whole.blocks)


@pytest.mark.parametrize("name", LONG_TEXTS)
@pytest.mark.parametrize("size", [7, 100, 5_000])
def test_long_sources_stream_to_the_same_lines(name: str, size: int) -> None:
    text = LONG_TEXTS[name]
    streamed = read_typed(text, [size], every=max(1, 1_000 // size))
    whole = PromptDocument(text)
    while whole.step():
        pass
    assert shown(streamed.blocks) == shown(whole.blocks)
    assert_tiles(streamed)
    assert_tiles(whole)


@settings(max_examples=150, deadline=None)
@given(markdown_text(), st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_finished_blocks_never_change(text: str, sizes: list[int]) -> None:
    from tests.unit.transcript.laying_out import PARSER
    from tui.ui.transcript.document import Document

    document = Document(PARSER)
    before: list[object] = []
    at = 0
    for turn in range(len(text)):
        if at >= len(text):
            break
        size = sizes[turn % len(sizes)]
        document.feed(text[at : at + size])
        at += size
        while document.step():
            pass
        now = shown(document.blocks)
        assert now[: len(before)] == before
        before = now


@settings(max_examples=200, deadline=None)
@given(markdown_text(), st.integers(2, 120))
def test_lines_fit_the_measure(text: str, width: int) -> None:
    from rich.cells import cell_len

    for line in lay_out(read(text).blocks, width):
        assert cell_len(line.text) <= max(width, 4), line


@settings(max_examples=200, deadline=None)
@given(markdown_text())
def test_no_control_character_reaches_a_line(text: str) -> None:
    for line in lay_out(read(text).blocks, 40):
        assert not any(
            ord(character) < 32
            or 0x7F <= ord(character) < 0xA0
            or 0xD800 <= ord(character) < 0xE000
            or character in "\u202a\u202b\u202d\u202e\u2066\u200b"
            for character in line.text
        ), line
