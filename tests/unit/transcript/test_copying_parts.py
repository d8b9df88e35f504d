"""A part of a text is copied as its source: nothing decoded, expanded or left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transcript.laying_out import lay_out, markdown_text, read, read_typed
from tui.ui.transcript.blocks import Part, TextBlock
from tui.ui.transcript.inline_source import source_between

if TYPE_CHECKING:
    from tui.ui.transcript.lines import Line


def copied(lines: list[Line], first: str, last: str) -> str | None:
    """Copy from one word up to the end of another one."""
    start = next(at for at, line in enumerate(lines) if first in line.text)
    end = next(at for at, line in enumerate(lines) if last in line.text)
    parts = [Part(line, 0, len(line.text)) for line in lines[start : end + 1]]
    parts[0] = parts[0]._replace(start=lines[start].text.index(first))
    stop = lines[end].text.index(last) + len(last)
    parts[-1] = parts[-1]._replace(end=stop)
    block = lines[start].block
    assert block is not None
    return block.copied(parts)


@pytest.mark.parametrize(
    ("source", "first", "last", "expected"),
    [
        ("a\ttab & more", "a", "more", "a\ttab & more"),
        ("one &copy; two &amp; three.", "one", "three", "one &copy; two &amp; three"),
        ("one &copy; two", "©", "©", "&copy;"),
        ("a \\[b\\] c d", "a", "c", "a \\[b\\] c"),
        ("say **bold words** now", "say", "bold", "say **bold words**"),
        ("say **bold words** now", "bold", "bold", "bold"),
        ("say **bold words** now", "bold words", "now", "**bold words** now"),
        ("a **b *c* d** e", "c", "d", "*c* d"),
        ("a **b *c* d** e", "c", "e", "**b *c* d** e"),
        ("a `` co`de `` b", "a", "co", "a `` co`de ``"),
        ("a `code here` b", "code", "code", "code"),
        ("go [to *it*](<http://a.example/b c> 'x') now", "go", "to",
         "go [to *it*](<http://a.example/b c> 'x')"),
        ("see [it](http://a.example) now", "http", "example", "http://a.example"),
        ("see [it](http://a.example) now", "it", "http", "[it](http://a.example)"),
        ("see <http://a.example> now", "see", "http", "see <http://a.example>"),
        ("![a **b**](u.png 't') now", "b", "now", "![a **b**](u.png 't') now"),
        ("a <b title='*'>x</b> c", "a", "x", "a <b title='*'>x"),
        ("# Heading `code` end", "Heading", "code", "# Heading `code`"),
        ("one  \ntwo *three*\\\nfour", "one", "four", "one  \ntwo *three*\\\nfour"),
        ("one\n   two", "one", "two", "one\n   two"),
        ("a ~~gone~~ b", "a", "gone", "a ~~gone~~"),
        ("sum $x_1 + y$ end", "sum", "x", "sum $x_1 + y$"),
    ],
)  # fmt: skip
def test_a_part_is_its_source(
    source: str, first: str, last: str, expected: str
) -> None:
    lines = lay_out(read(source + "\n\nEnd.").blocks, 60)
    assert copied(lines, first, last) == expected


def test_parts_of_items_and_quotes_keep_their_marks() -> None:
    lines = lay_out(
        read("- [x] one **two** three\n  four\n\n> a &lt; b\n> *c*").blocks, 60
    )
    assert copied(lines, "one", "two") == "one **two**"
    item = [line for line in lines if line.block is lines[0].block]
    parts = [Part(line, 0, len(line.text) - 1) for line in item]
    assert item[0].block is not None
    assert item[0].block.copied(parts) == "- [x] one **two** three\n  fou"
    quote = [line for line in lines if line.text.startswith("▌")]
    parts = [Part(line, 0, len(line.text)) for line in quote]
    assert quote[0].block is not None
    assert quote[0].block.copied(parts) == "> a &lt; b\n> *c*"


def test_typed_text_keeps_its_tabs() -> None:
    lines = lay_out(read_typed("a\tb **c** &amp; d\ne").blocks, 60)
    assert copied(lines, "a", "d") == "a\tb **c** &amp; d"


def test_words_in_a_cell_are_never_decoded() -> None:
    source = "| a | b |\n|---|---|\n| one &copy; | **two** |"
    lines = lay_out(read(source).blocks, 60)
    assert copied(lines, "one", "one") == "one"
    assert copied(lines, "two", "two") == "two"
    # Not as it is written: the row is the source then.
    assert copied(lines, "one ©", "one ©") is None


@settings(max_examples=400, deadline=None)
@given(markdown_text(20), st.data())
def test_any_part_holds_all_that_is_selected(text: str, data: st.DataObject) -> None:
    for block in read(text).blocks:
        if not isinstance(block, TextBlock):
            continue
        inline = block.inline
        whole = source_between(inline, 0, len(inline.text))
        assert whole is not None
        assert whole.strip() == inline.source.strip() or not inline.text.strip()
        start = data.draw(st.integers(0, len(inline.text)))
        end = data.draw(st.integers(start, len(inline.text)))
        part = source_between(inline, start, end)
        assert part is not None
        assert part in inline.source
        if re.search(r"[&$\\]|image: ", inline.source + inline.text):
            continue
        rest = iter(part)
        for character in re.findall(r"\w", inline.text[start:end]):
            assert character in rest
