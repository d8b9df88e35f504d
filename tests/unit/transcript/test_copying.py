"""What is copied is the source: no padding, no bars, no soft line ends."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tests.unit.transcript.showing import Host, answer, prompt, settled
from tui.ui.transcript import TargetKind, Transcript

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
        assert copy(view, (5, first), (12, first + 1)).startswith("paragraph that is")
        assert "\n" not in copy(view, (5, first), (12, first + 1))


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
