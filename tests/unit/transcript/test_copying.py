"""What is copied is the source: no padding, no bars, no soft line ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tests.unit.transcript.laying_out import HIGHLIGHTER, markdown_text
from tests.unit.transcript.showing import Host, answer, prompt, settled
from tui.domain.visible import visible_text
from tui.ui.transcript import Landmark, TargetKind, Transcript
from tui.ui.transcript.blocks import Page
from tui.ui.transcript.parser import Parser
from tui.ui.transcript.selection import Span, selected_source
from tui.ui.transcript.view import EntryView

TEXT = """# Title

A *paragraph* that is long enough to be wrapped at forty columns, surely.

- one
- two
  with more

```make
all:
\tcc -o a  b.c
```

| a | b |
|---|---|
| 1 | 2 |

See [here](https://example.org/a) or https://example.org/b.
"""


def number_of(view: Transcript, words: str, entry: int = 0) -> int:
    """Return the number of the first line that holds some words."""
    for y in range(view.size.height):
        strip = view.render_line(y)
        if words in strip.text:
            offset = next(
                segment.style.meta["offset"]
                for segment in strip
                if segment.style and segment.style.meta
            )
            return int(offset[1])
    raise AssertionError(words)


def copy(view: Transcript, start: tuple[int, int], end: tuple[int, int]) -> str:
    result = view.get_selection(Selection(Offset(*start), Offset(*end)))
    assert result is not None
    return result[0]


@pytest.fixture
def text() -> str:
    return TEXT


async def test_everything_selected_is_the_source() -> None:
    app = Host()
    async with app.run_test(size=(46, 50)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1, "two\n\n  lines"), answer(2, TEXT)], key="one")
        await settled(pilot, view)
        result = view.get_selection(SELECT_ALL)
        assert result is not None
        assert result[0] == "two\n\n  lines\n\n" + TEXT.rstrip("\n")


async def test_a_part_of_a_paragraph_has_no_soft_line_ends() -> None:
    app = Host()
    async with app.run_test(size=(46, 50)) as pilot:
        view = app.transcript
        view.show_entries([answer(2, TEXT)], key="one")
        await settled(pilot, view)
        first = number_of(view, "A paragraph")
        part = copy(view, (5, first), (12, first + 1))
        assert part.startswith("*paragraph* that is")
        assert "\n" not in part


async def test_code_comes_with_its_tabs_and_without_its_label() -> None:
    app = Host()
    async with app.run_test(size=(46, 50)) as pilot:
        view = app.transcript
        view.show_entries([answer(2, TEXT)], key="one")
        await settled(pilot, view)
        first = number_of(view, "all:")
        assert copy(view, (0, first), (99, first + 1)) == "all:\n\tcc -o a  b.c"
        both = copy(view, (0, number_of(view, "• one")), (99, first + 1))
        assert both == "- one\n- two\n  with more\n\n```make\nall:\n\tcc -o a  b.c\n```"


async def test_targets_carry_their_source() -> None:
    app = Host()
    async with app.run_test(size=(46, 50)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1, "hello"), answer(2, TEXT)], key="one")
        await settled(pilot, view)
        targets = view.show_labels()
        found = [(target.kind, target.text) for target in targets]
        assert found == [
            (TargetKind.MESSAGE, "hello"),
            (TargetKind.MESSAGE, TEXT),
            (TargetKind.CODE, "all:\n\tcc -o a  b.c"),
            (TargetKind.LINK, "https://example.org/a"),
            (TargetKind.LINK, "https://example.org/b"),
        ]
        assert targets[2].language == "make"
        labels = [target.label for target in targets]
        assert len(set(labels)) == len(labels)
        shown = "".join(view.render_line(y).text[:4] for y in range(30))
        assert labels[2] in shown
        view.clear_labels()


async def test_only_safe_links_are_targets() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.show_entries(
            [
                answer(
                    1,
                    "[a](javascript:alert(1)) [b](file:///etc/passwd) "
                    "[c](mailto:me@example.org) <x-custom:go> ![i](ftp://h/x.png)",
                )
            ],
            key="one",
        )
        await settled(pilot, view)
        links = [
            target.text
            for target in view.blocks_on_screen()
            if target.kind is TargetKind.LINK
        ]
        assert links == ["mailto:me@example.org"]
        screen = "\n".join(view.render_line(y).text for y in range(6))
        assert "javascript:alert(1)" in screen
        assert "file:///etc/passwd" in screen


async def test_a_mouse_selection_survives_streaming() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        view.show_entries(
            [prompt(1, "select these words"), answer(2, "a", streaming=True)],
            key="one",
        )
        await settled(pilot, view)
        await pilot.mouse_down(view, offset=(3, 1))
        await pilot.hover(view, offset=(8, 1))
        await pilot.mouse_up(view, offset=(8, 1))
        await pilot.pause()
        assert app.screen.get_selected_text() == "select"
        view.extend_answer("a2", " more\n\ntext")
        await pilot.pause(0.1)
        await settled(pilot, view)
        assert app.screen.get_selected_text() == "select"


async def test_a_paragraph_selected_from_end_to_end_is_its_source() -> None:
    app = Host()
    async with app.run_test(size=(46, 50)) as pilot:
        view = app.transcript
        view.show_entries([answer(2, TEXT)], key="one")
        await settled(pilot, view)
        first = number_of(view, "A paragraph")
        source = (
            "A *paragraph* that is long enough to be wrapped at forty columns, surely."
        )
        assert copy(view, (0, first), (99, first + 1)) == source


async def test_a_table_is_copied_without_its_lines() -> None:
    text = (
        "| name | what |\n|---|---|\n"
        "| one | words that do not fit into one line of a cell |\n"
        "| **two** | 2 |\n\nEnd."
    )
    app = Host()
    async with app.run_test(size=(40, 20)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, text)], key="one")
        await settled(pilot, view)
        row = number_of(view, "two")
        assert copy(view, (0, row), (99, row)) == "| **two** | 2 |"
        # Within one cell it is the words.
        assert copy(view, (3, row), (6, row)) == "two"
        # A row whose cells wrap is one line again.
        wrapped = number_of(view, "words that")
        assert copy(view, (4, wrapped), (12, wrapped + 1)) == text.split("\n")[2]
        head = number_of(view, "name")
        assert copy(view, (0, head), (99, row)) == text.split("\n\n")[0]


async def test_a_formula_is_copied_as_its_source() -> None:
    text = r"Say $x_1^2 \leq \alpha$ twice." + "\n\n$$\n\\frac{1}{2}\n$$\n\nEnd."
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, text)], key="one")
        await settled(pilot, view)
        line = number_of(view, "Say")
        assert "x₁²" in view.render_line(1).text
        shown = view.render_line(1).text
        inside = shown.index("≤")
        assert copy(view, (0, line), (inside, line)) == r"Say $x_1^2 \leq \alpha$"
        assert copy(view, (inside, line), (99, line)) == r"$x_1^2 \leq \alpha$ twice."
        assert copy(view, (4, line + 2), (6, line + 2)) == "$$\n\\frac{1}{2}\n$$"


async def test_blanks_at_the_ends_of_code_lines_are_kept() -> None:
    text = "```\none  \n\n  two \t\nthree\n```"
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, text)], key="one")
        await settled(pilot, view)
        first = number_of(view, "one")
        selected = copy(view, (0, first), (99, first + 3))
        assert selected == "one  \n\n  two \t\nthree"


async def test_a_selection_of_the_reasoning_is_its_source() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        entry = answer(1, "The *answer*.", reasoning="It **thinks**.\n\n- twice")
        view.show_entries([entry], key="one")
        await settled(pilot, view)
        view.focus_entry("a1")
        view.toggle_fold()
        await settled(pilot, view)
        first = number_of(view, "It thinks")
        assert copy(view, (0, first), (99, first + 2)) == "It **thinks**.\n\n- twice"
        assert copy(view, (6, first), (12, first)) == "thinks"


@given(markdown_text(20), st.sampled_from([14, 40]))
@settings(max_examples=150, deadline=None)
def test_everything_selected_is_the_source_of_any_text(text: str, width: int) -> None:
    # Code alone would come without its fence.
    text = f"Words.\n\n{text}"
    view = EntryView(answer(1, text), Parser())
    view.lay_out(Page(width, HIGHLIGHTER), float("inf"))
    span = Span(0, 0, view.height, 0)
    copied = selected_source(span, 1, 0, lambda _: view)
    words = re.findall(r"\w+", visible_text(text))
    assert re.findall(r"\w+", visible_text(copied)) == words


async def test_a_selection_over_folded_code_holds_all_of_it() -> None:
    code = "\n".join(f"line {number}" for number in range(150))
    text = f"Before.\n\n```text\n{code}\n```\n\nAfter."
    app = Host()
    async with app.run_test(size=(60, 24)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, text)], key="one")
        await settled(pilot, view)
        assert view.jump_to_kind(Landmark.CODE, -1)
        assert view.toggle_fold()
        await settled(pilot, view)
        assert copy(view, (0, 0), (99, view.reading.views["a1"].height)) == text
        first = number_of(view, "line 0")
        fold = number_of(view, "more lines")
        assert copy(view, (0, first), (99, fold)) == code
        assert copy(view, (0, first), (99, first + 1)) == "line 0\nline 1"


async def test_tabs_in_code_that_wraps_are_copied_as_tabs() -> None:
    code = "\tdo one\tand another thing\tthat goes on and on\n\tend"
    app = Host()
    async with app.run_test(size=(30, 20)) as pilot:
        view = app.transcript
        inside = code.replace("\n", "\n  ")
        text = f"- item\n\n  ```sh\n  {inside}\n  ```"
        view.show_entries([answer(1, text)], key="one")
        await settled(pilot, view)
        first, last = number_of(view, "do one"), number_of(view, "end")
        assert last - first > 2
        assert copy(view, (0, first), (99, last)) == code
        here = view.render_line(first).text.index("one")
        assert copy(view, (here, first), (here + 3, first)) == "one"


async def test_links_in_tables_are_targets() -> None:
    rows = "| [docs](https://x.example/d) | **[bold](https://x.example/b)** |"
    for width in (80, 24):
        app = Host()
        async with app.run_test(size=(width, 20)) as pilot:
            view = app.transcript
            view.show_entries([answer(1, f"| a | b |\n|---|---|\n{rows}")], key="one")
            await settled(pilot, view)
            targets = view.show_labels()
            links = [one for one in targets if one.kind is TargetKind.LINK]
            assert [one.text for one in links] == [
                "https://x.example/d",
                "https://x.example/b",
            ]
            for one in links:
                assert one.label in view.render_line(one.line).text


async def test_everything_on_the_screen_has_a_label_of_its_own() -> None:
    app = Host()
    async with app.run_test(size=(80, 100)) as pilot:
        view = app.transcript
        many = "\n".join(f"- <https://example.org/{nth}>" for nth in range(60))
        view.show_entries([answer(1, many), answer(2, "the last one")], key="one")
        await settled(pilot, view)
        targets = view.show_labels()
        labels = [target.label for target in targets]
        assert len(targets) == 62
        assert len(set(labels)) == 62
        assert not any(
            other != one and other.startswith(one) for one in labels for other in labels
        )
        assert targets[-1].text == "the last one"
        assert len(targets[-1].label) == 1
        longest = max(targets, key=lambda target: len(target.label))
        assert longest.label in view.render_line(longest.line).text
