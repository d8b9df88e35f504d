"""Texts too long to be laid out at once are there at once, and formatted soon."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.unit.transcript.laying_out import HIGHLIGHTER, PARSER, lay_out, read
from tests.unit.transcript.showing import (
    Host,
    answer,
    prompt,
    screen_text,
    settled,
    until,
)
from tui.ui.transcript import Landmark, Transcript, documents
from tui.ui.transcript.blocks import Page
from tui.ui.transcript.body import Body
from tui.ui.transcript.document import Document

if TYPE_CHECKING:
    from tests.support.promises import Measured


PARAGRAPHS = "".join(f"Paragraph *{n}* of many.\n\n" for n in range(4_000))
GIANTS = {
    "paragraphs": PARAGRAPHS,
    "one line": "word " * 60_000,
    "code": "```python\n" + "x = 1\ny = 2\n\n" * 4_000 + "```\n",
    "table": "| a | b |\n|---|---|\n" + "| one | two |\n" * 3_000,
    "quote": "> quoted text\n" * 8_000,
    "emoji": "👩‍👩‍👧" * 10_000,
}


@pytest.mark.promise
@pytest.mark.parametrize("name", GIANTS)
def test_slices_end_where_one_go_ends(name: str, measured: Measured) -> None:
    measured("P35", "giant texts laid out in slices; the times are in tests/bench", 1)
    body = Body(Document(PARSER, GIANTS[name], ended=True))
    page = Page(60, HIGHLIGHTER)
    slices = 0
    while not body.lay_out(page, monotonic() + 0.001):
        slices += 1
        assert len(body) > 0
        body.line(len(body) - 1)
        middle = len(body) // 2
        assert 0 <= body.offset_at(middle) <= len(GIANTS[name])
        assert 0 <= body.line_at(body.offset_at(middle)) < len(body)
    assert slices > 3
    whole = lay_out(read(GIANTS[name]).blocks, 60)
    assert len(body) == len(whole)
    assert [line.pieces for line in body.lines()[:50]] == [
        line.pieces for line in whole[:50]
    ]


async def test_a_giant_answer_shows_its_end_at_once_and_formats_it() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1), answer(2, PARAGRAPHS)], key="one")
        assert "Paragraph *3999* of many." in "\n".join(screen_text(view))
        await settled(pilot, view)
        assert "   Paragraph 3999 of many." in screen_text(view)
        assert view.at_end


async def test_formatting_does_not_move_a_reader_in_the_middle() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1), answer(2, PARAGRAPHS), prompt(3)], key="one")
        await pilot.pause()
        view.scroll_to(y=view.reading.heights.total // 2)
        top = next(line for line in screen_text(view) if "Paragraph" in line)
        await settled(pilot, view)
        found = [line for line in screen_text(view) if "Paragraph" in line]
        number = int(top.split("*")[1]) if "*" in top else int(top.split()[1])
        assert abs(int(found[0].split()[1]) - number) <= 2


async def test_a_giant_prompt_is_folded_and_found_in() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        text = "line of a log\n" * 20_000 + "the needle"
        view.show_entries([prompt(1, text), answer(2)], key="one")
        await settled(pilot, view)
        view.go_home()
        await settled(pilot, view)
        assert "▸ 19,993 more lines" in "\n".join(screen_text(view))
        assert view.find("needle") == 1
        await until(
            pilot, lambda: any("the needle" in line for line in screen_text(view))
        )
        assert not view.jump_to_kind(Landmark.FAILURE)


async def test_what_is_shown_plainly_is_formatted_on_demand() -> None:
    giant = "some *words* and `code` here\n" * 3_000
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.reading.plain_hint = "f formats it"
        view.show_entries([prompt(1), answer(2, giant)], key="one")
        await settled(pilot, view)
        foot = " ".join(line.strip() for line in screen_text(view))
        assert "Shown plainly" in foot
        assert "f formats it" in foot
        view.go_home()
        await settled(pilot, view)
        assert any("*words*" in line for line in screen_text(view))
        assert view.toggle_formatted("a2") == ""
        await settled(pilot, view)
        whole = "\n".join(screen_text(view))
        assert "some words and code here" in whole
        assert "*words*" not in whole
        # Another width is laid out in the thread too.
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: view.reading.views["a2"].whole)
        assert any("some words and code here" in line for line in screen_text(view))
        assert view.source_of("a2") == giant
        view.go_to_end()
        await settled(pilot, view)
        assert "Shown plainly" not in "\n".join(screen_text(view))
        view.go_home()
        assert view.toggle_formatted("a2") == ""
        await settled(pilot, view)
        assert any("*words*" in line for line in screen_text(view))


async def test_formatting_says_when_there_is_nothing_to_do() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.show_entries([answer(1), answer(2, streaming=True)], key="one")
        await settled(pilot, view)
        assert "Nothing" in view.toggle_formatted("a1")
        assert "growing" in view.toggle_formatted("a2")
        assert "no message" in view.toggle_formatted("nobody")


async def test_formatting_that_breaks_is_told_and_leaves_it_plain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_off(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(documents, "WholeDocument", break_off)
    giant = "some *words* and `code` here\n" * 3_000
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        view.show_entries([answer(2, giant)], key="one")
        await settled(pilot, view)
        assert view.toggle_formatted("a2") == ""
        await settled(pilot, view)
        told = app.heard[-1]
        assert isinstance(told, Transcript.FormattingFailed)
        assert isinstance(told.error, MemoryError)
        view.go_home()
        await settled(pilot, view)
        assert any("*words*" in line for line in screen_text(view))
