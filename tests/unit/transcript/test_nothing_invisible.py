"""Every visible character of an answer can be seen; only markup disappears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.transcript.laying_out import (
    lay_out,
    markdown_text,
    read,
    read_typed,
    texts,
)
from tui.domain.visible import visible_text

if TYPE_CHECKING:
    from tests.support.promises import Measured

WORDS = st.text("abcdefghijklmnopqrstuvwxyzäß漢", min_size=1, max_size=6)


@pytest.mark.promise
@pytest.mark.parametrize(
    "source",
    [
        "<div>a</div>",
        "<!-- a comment -->",
        "<details><summary>s</summary>t</details>",
        "[x]: https://example.org",
        "[^1]: the note",
        "text <word> text",
        "<script>alert(1)</script>",
        "<!-- a comment with *stars* and __init__ -->",
        "<p data-y='__dunder__'>text</p>",
        """word <b title="*x*" class='_y_'>text</b> word""",
        "<script>\n  let a = b*c*d; // __x__\n\n    if (a) {}\n</script>",
        "<pre>\n    four\n- item\n  * two *\n</pre>",
        "<div>\n    <p>indented</p>\n</div>",
        "<!--\n- item\n\n    indented &amp; *more*\n# no heading\n-->",
        "<?php echo '*a*';\n\n  __b__ ?>",
        "word\n<!-- *a* -->",
        "&notanentity;",
        "a\\b",
        "Term\n: definition",
        "Term\n: one\n: two",
        "Term\n~ one",
        "3~5 and 7~9, ~5 to ~10",
        "[^1]: one\n[^2]: two",
        "$5 and $10",
        "[not a link]",
        "[text][ref]",
        "https://example.org/a?b=c",
        "50% of *",
        "| no | table |",
        "\\unknown{x}",
    ],
)
def test_stays_as_written(source: str, measured: Measured) -> None:
    assert "\n".join(texts(source)) == source
    measured("P34", "texts that Markdown would swallow, shown as they are", 1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('```python title="x.py"\npass\n```', 'title="x.py"'),
        ('[a](https://b.example "t")', 'a (https://b.example "t")'),
        ("![alt](https://b.example/i.png)", "image: alt (https://b.example/i.png)"),
        ("[a](javascript:x)", "[a](javascript:x)"),
        ("| a | b |\n|---|---|\n| 1 | 2 | three | four |", "2 | three | four"),
        ("> | a | b |\n> |---|---|\n> | 1 | 2 | three |", "▌ 1 │ 2 | three"),
        ("> > a | b\n> > -|-\n> > 1 | 2 | three", "▌ ▌ 1 │ 2 | three"),
        ("- | a | b |\n  |---|---|\n  | 1 | 2 | three |", "  1 │ 2 | three"),
        ("- [ ] open\n- [x] done", "☐ open"),
        ("~~gone~~", "gone"),
        ("$$\n\\frac{1}{2}\n$$", "1/2"),
        ("$$\nnever closed\n\nafter", "$$"),
        ("a `code` b", "code"),
        ("> > > deep", "▌ ▌ ▌ deep"),
        ("> " * 60 + "deeper than is parsed", "deeper than is parsed"),
        ("".join("  " * n + f"- level{n}\n" for n in range(40)), "level39"),
        ("7. seven\n8. eight", "7. seven"),
        ("<details>\n<summary>*s*</summary>\n\n*em*\n\n</details>", "*s*"),
        ("<details>\n\n*em* text\n\n</details>", "\nem text\n"),
        ("> <div>\n>     *in* a quote\n> </div>", "▌     *in* a quote"),
        ("- <div>\n      *in* an item\n  </div>", "      *in* an item"),
        ("a\u200bb", "a\ufffdb"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a&#27;[31mb", "a\ufffd[31mb"),
    ],
)
def test_is_shown(source: str, expected: str) -> None:
    assert expected in "\n".join(line.rstrip() for line in texts(source))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            WORDS.map(lambda word: f" {word} "),
            st.sampled_from(
                [
                    "\n",
                    "\n\n",
                    "- ",
                    "> ",
                    "# ",
                    "**",
                    "*",
                    "`",
                    "```\n",
                    "\n```\n",
                    "| ",
                    "|---|\n",
                    "<b>",
                    "<!-- ",
                    " -->",
                    "[",
                    "](",
                    ")",
                    "$",
                    "$$\n",
                    "\\[",
                    "1. ",
                    "~~",
                    "    ",
                    "---\n",
                    "***",
                    "\t",
                    "[^1]: ",
                    "\n: ",
                    "\n~ ",
                    "~",
                    "www.",
                    "@a.example",
                    "&",
                    "\\(",
                    "\\begin{align}\n",
                    " &= ",
                    " \\\\\n",
                    "\\end{align}\n",
                    "\\begin{cases}",
                    "\\end{cases}",
                ]
            ),
        ),
        max_size=40,
    ).map("".join)
)
@example("# \n a \n|---|\n b ")
@example("| a | b \n|---|\n c ")
def test_no_word_is_lost(source: str) -> None:
    shown = "".join("\n".join(texts(source, 200)).split())
    for word in source.split():
        if word.isalpha():
            assert word in shown, (word, source)


@settings(max_examples=100, deadline=None)
@given(markdown_text(), st.integers(1, 4))
def test_blocks_tile_the_source(source: str, size: int) -> None:
    document = read(source, [size])
    end = 0
    for block in document.blocks:
        assert block.start <= block.end <= len(document.source)
        assert block.start >= end - len(document.source)
        between = document.source[end : block.start] if block.start > end else ""
        assert not any(character.isalnum() for character in between), between
        end = max(end, block.end)
    assert not any(character.isalnum() for character in document.source[end:])


@settings(max_examples=200, deadline=None)
@given(markdown_text(), st.lists(st.integers(1, 12), max_size=4))
@example("```py\nx\n```\n~~~~py a title\nnever closed", [])
def test_a_source_is_shown_exactly_as_it_is(source: str, sizes: list[int]) -> None:
    document = read_typed(source, sizes, fences=False)
    lines = lay_out(document.blocks, 10_000)
    text = visible_text(source.replace("\r\n", "\n")).replace("\t", "    ")
    assert [line.text for line in lines] == text.split("\n")
