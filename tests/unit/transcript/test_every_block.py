"""A page with every kind of block: its picture, and what Textual's widget shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Markdown

from tests.unit.transcript.laying_out import texts
from tests.unit.transcript.showing import Host, answer, prompt, settled, until
from tui.domain.message import Status
from tui.storage.theme_files import load_themes

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

COMPARISON = Path(__file__).with_name("compared_with_textual.md")
PAGE = Path(__file__).with_name("every_block.md").read_text()
THEMES = {theme.name: theme for theme in load_themes(Path("/no/such/folder"))[0]}


class TextualMarkdown(App[None]):
    """Shows the page with the widget that Textual brings."""

    def compose(self) -> ComposeResult:
        yield Markdown(PAGE, open_links=False)


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
@pytest.mark.parametrize("theme", ["fortytwo-dark", "fortytwo-light"])
async def test_looks_as_it_did(
    size: tuple[int, int], theme: str, snapshot: SnapshotAssertion
) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        view = app.transcript
        view.use_colors(THEMES[theme].colors)
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
        lines: list[str] = []
        styles: set[str] = set()
        height = size[1]
        for _ in range(40):
            for y in range(height):
                strip = view.render_line(y)
                lines.append("|".join(segment.text for segment in strip))
                styles |= {f"{segment.style}" for segment in strip if segment.text}
            if view.at_end:
                break
            view.move_lines(height)
            await settled(pilot, view)
        assert "\n".join(lines) == snapshot(name="lines")
        assert "\n".join(sorted(styles)) == snapshot(name="styles")


async def textuals_lines() -> list[str]:
    """Return what Textual's widget shows, its text 100 columns wide."""
    app = TextualMarkdown()
    async with app.run_test(size=(104, 150)) as pilot:
        view = app.query_one(Markdown)
        await until(pilot, lambda: view.virtual_size.height > 80)
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines).strip("\n").split("\n")


async def test_shows_every_word_that_textual_shows() -> None:
    ours = "\n".join(texts(PAGE, 100))
    words = set(re.findall(r"\w{2,}", "\n".join(await textuals_lines())))
    assert len(words) > 80
    missing = {word for word in words if word not in ours}
    # Formulas are shown readable here, as their source there.
    assert missing <= {"frac", "sqrt", "alpha", "leq", "infty", "x_1", "int_0"}, missing


async def test_the_written_comparison_shows_what_is_shown() -> None:
    written = COMPARISON.read_text()
    ours, theirs = re.findall(r"`````text\n(.*?)\n`````", written, re.DOTALL)
    assert [line.rstrip() for line in texts(PAGE, 100)] == ours.split("\n")
    assert await textuals_lines() == theirs.split("\n")


def test_shows_what_textual_leaves_out() -> None:
    ours = "\n".join(texts(PAGE, 100))
    for words in ("<details>", "<!-- comment -->", "[ref]:", "https://example.org/ref"):
        assert words in ours
