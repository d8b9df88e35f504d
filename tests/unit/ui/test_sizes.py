from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until
from tests.unit.ui.program import running_program
from tui.ui.screens.help import Help
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (250, 80)])
async def test_everything_that_matters_is_seen(
    tmp_path: Path, demo: DemoThread, size: tuple[int, int]
) -> None:
    async with running_program(tmp_path, demo.base_url, size=size) as program:
        await program.say("Hello")
        await program.shows("fortytwo-guide")
        picture = program.picture()
        assert "›" in picture
        assert ("Conversations" in picture) is (size[0] >= 90)
        assert all(len(line) <= size[0] for line in picture.splitlines())


@pytest.mark.parametrize("size", [(39, 20), (60, 11), (20, 5)])
async def test_a_window_that_is_too_small_says_so(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running_program(tmp_path, size=size) as program:
        await program.shows("Too small")
        await program.pilot.resize_terminal(80, 24)
        await program.shows("Ask something")


async def test_f2_shows_the_list_over_the_conversation(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        await program.say("Hello")
        await program.press("f2")
        await program.shows("Conversations")
        assert program.main.conversations.has_focus
        await program.press("escape")
        await until(lambda: "Conversations" not in program.picture(), "hidden again")
        await program.press("f2")
        await program.press("enter")
        await until(lambda: not program.main.list_over, "hidden by opening")


async def test_f2_hides_the_list_in_a_wide_window(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("f2")
        await until(lambda: "Conversations" not in program.picture())
        assert program.main.composer.has_focus
        await program.press("f2")
        await program.shows("Conversations")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (250, 80)])
async def test_a_notice_is_seen_word_by_word(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    sentence = "The last answer broke off in “long answer 700”; its text is kept."
    async with running_program(tmp_path, size=size) as program:
        program.app.tell(sentence)
        for word in sentence.split():
            await program.shows(word)


async def test_the_manual_has_the_whole_width_of_a_narrow_window(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path, size=(40, 12)) as program:
        await program.press("f1")
        dialog = await program.dialog(Help)
        await until(lambda: dialog.query_one(Transcript).size.width > 30, "the width")
        assert dialog.query_one(Transcript).size.height >= 4
