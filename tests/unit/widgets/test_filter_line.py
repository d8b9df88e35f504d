from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.ui.widgets.filter_line import LONGEST, FilterLine


def typed(*steps: str) -> FilterLine:
    line = FilterLine()
    for step in steps:
        if not line.press(step):
            line.insert(step)
    return line


@pytest.mark.parametrize(
    ("steps", "text", "caret"),
    [
        (("a", "b", "left", "c"), "acb", 2),
        (("日本", "backspace"), "日", 1),
        (("👩‍👩‍👧", "x", "left", "backspace"), "x", 0),
        (("one two", "ctrl+w"), "one ", 4),
        (("one two", "ctrl+w", "ctrl+w"), "", 0),
        (("one two", "home", "delete"), "ne two", 0),
        (("one two", "left", "ctrl+u"), "o", 0),
        (("one two", "home", "right", "ctrl+k"), "o", 1),
        (("left", "backspace", "delete"), "", 0),
    ],
)
def test_keys_edit_the_line(steps: tuple[str, ...], text: str, caret: int) -> None:
    line = typed(*steps)
    assert (line.text, line.caret) == (text, caret)


def test_a_paste_is_cleaned_and_bounded() -> None:
    line = typed("a\nb\x1b[31m" + "x" * 1000)
    assert line.text.startswith("a b␛[31m")
    assert len(line.text) == LONGEST


@pytest.mark.parametrize("cells", range(1, 12))
def test_the_window_holds_the_caret_and_no_more_than_its_room(cells: int) -> None:
    line = typed("日本語 long text here")
    for _ in range(len(line.text) + 1):
        before, under, after = line.window(cells)
        assert cell_len(before + under + after) <= max(cells, cell_len(under))
        line.press("left")
