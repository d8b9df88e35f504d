"""A page with every kind of block: its picture, and what Textual's widget shows."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Markdown

from tests.unit.transcript.laying_out import texts
from tests.unit.transcript.showing import Host, answer, prompt, settled
from tui.domain.message import Status
from tui.ui.transcript.painted_view import FALLBACK_COLORS

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

PAGE = Path(__file__).with_name("every_block.md").read_text()
LIGHT = replace(FALLBACK_COLORS, background="#fafafa", foreground="#202020")


class TextualMarkdown(App[None]):
    """Shows the page with the widget that Textual brings."""

    def compose(self) -> ComposeResult:
        yield Markdown(PAGE, open_links=False)


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
@pytest.mark.parametrize("light", [False, True])
async def test_looks_as_it_did(
    size: tuple[int, int], light: bool, snapshot: SnapshotAssertion
) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        view = app.transcript
        view.use_colors(LIGHT if light else FALLBACK_COLORS)
        view.show_entries(
            [
                prompt(1, "Show me\n\n    everything."),
                answer(
                    2,
                    PAGE,
                    details=("2/3", "812 tokens"),
                    reasoning="It wants all.",
                    reasoning_seconds=14.2,
                    status=Status.TRUNCATED,
                    hint="c continue",
                ),
            ],
            key="one",
        )
        view.go_home()
        await settled(pilot, view)
        shown: list[str] = []
        height = size[1]
        for _ in range(40):
            shown += [
                "|".join(f"{segment.text}" for segment in view.render_line(y))
                for y in range(height)
            ]
            if view.at_end:
                break
            view.move_lines(height)
            await settled(pilot, view)
        styles = sorted(
            {
                str(segment.style.without_color if segment.style else "")
                + f" {segment.style.color} on {segment.style.bgcolor}"
                for y in range(height)
                for segment in view.render_line(y)
                if segment.style is not None
            }
        )
        assert "\n".join(shown) == snapshot(name="lines")
        assert "\n".join(styles) == snapshot(name="styles")


async def test_shows_every_word_that_textual_shows() -> None:
    app = TextualMarkdown()
    async with app.run_test(size=(110, 200)) as pilot:
        await pilot.pause()
        await pilot.pause(0.2)
        lines = [
            "".join(segment.text for segment in strip)
            for strip in app.screen._compositor.render_strips()
        ]
    ours = "\n".join(texts(PAGE, 100))
    words = set(re.findall(r"\w{2,}", "\n".join(lines)))
    assert len(words) > 80
    missing = {word for word in words if word not in ours}
    # Formulas are shown readable here, as their source there.
    assert missing <= {"frac", "sqrt", "alpha", "leq", "infty", "x_1", "int_0"}, missing


def test_shows_what_textual_leaves_out() -> None:
    ours = "\n".join(texts(PAGE, 100))
    for words in ("<details>", "<!-- comment -->", "[ref]:", "https://example.org/ref"):
        assert words in ours
