from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.events import Key, Paste
from textual.widgets import Input

from tests.support.waiting import until
from tests.unit.ui.program import Program, running_program
from tui.ui.actions import ACTIONS
from tui.ui.screens.ask_line import AskLine
from tui.ui.screens.confirm import Confirm
from tui.ui.screens.model_picker import ModelPicker
from tui.ui.screens.palette import Palette

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.demo import DemoThread


def burst(program: Program, *keys: str) -> None:
    """Let keys arrive at once, as a slow line or a script delivers them."""
    names = {"/": "slash", ":": "colon", "?": "question_mark", " ": "space"}
    for key in keys:
        character = key if len(key) == 1 else None
        program.app.post_message(Key(names.get(key, key), character))


async def read(program: Program) -> None:
    await program.press("escape")
    await until(lambda: program.main.transcript.has_focus, "nav mode")


async def test_letters_right_behind_i_are_typed(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await read(program)
        burst(program, *"iDelete?")
        await until(lambda: program.main.composer.text == "Delete?", "typed")


async def test_words_right_behind_the_slash_are_searched_for(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("model or swarm")
        await read(program)
        burst(program, *"/swarm")
        await until(lambda: program.main.find_bar is not None, "the line")
        bar = program.main.find_bar
        assert bar is not None
        await until(lambda: bar.field.value == "swarm", "typed")


async def test_words_right_behind_the_key_of_a_dialog_are_its_own(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await read(program)
        burst(program, *":rena", "enter")
        await program.dialog(AskLine)
        await program.press("escape")
        await read(program)
        burst(program, ":", *"xyz")
        dialog = await program.dialog(Palette)
        field = dialog.query_one(Input)
        await until(lambda: field.value == "xyz", "typed")


async def test_a_burst_of_commands_is_obeyed_in_its_order(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        first = await program.say("One")
        await program.press("ctrl+n")
        await program.say("Two")
        await read(program)
        burst(program, *"JiThree", "escape", *"KJi four")
        await until(lambda: program.main.chat.file == first, "the one below")
        await until(lambda: program.main.composer.text == "Three four", "both")


async def test_words_pasted_right_behind_i_are_typed(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await read(program)
        burst(program, "i")
        program.app.post_message(Paste("pasted "))
        burst(program, *"words")
        await until(lambda: program.main.composer.text == "pasted words", "both")


async def test_words_right_behind_what_a_dialog_takes_are_not_swallowed_by_it(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path) as program:
        await program.press("ctrl+l")
        await program.dialog(ModelPicker)
        burst(program, *"other", "enter", *"Hi")
        await until(lambda: program.main.chat.new.model == "other", "chosen")
        await until(lambda: program.main.composer.text == "Hi", "typed")


async def test_words_right_behind_enter_in_the_list_belong_to_what_it_opens(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        first = await program.say("One")
        await program.press("ctrl+n")
        await program.say("Two")
        await read(program)
        program.main.conversations.focus()
        await program.pilot.pause()
        burst(program, "down", "enter", *"words")
        await until(lambda: program.main.chat.file == first, "the one below")
        await until(lambda: program.main.composer.text == "words", "typed")
        assert program.main.composer.file == first


async def test_an_action_that_takes_long_holds_up_the_keys_once(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await read(program)
        goes_on = asyncio.Event()

        async def pipe(*_: object) -> None:
            await goes_on.wait()

        monkeypatch.setitem(ACTIONS, "chat.pick", pipe)
        burst(program, "Y", *"jk" * 50, *"iHello")
        await until(lambda: program.main.composer.text == "Hello", "typed")
        assert program.main.acting
        goes_on.set()


async def test_a_dialog_without_a_focus_takes_its_keys_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.ui.keys_in_turn.FIRST_PATIENCE", 3600.0)
    async with running_program(tmp_path) as program:
        await program.press("a")
        answers: list[bool | None] = []
        program.app.push_screen(Confirm("Sure?", "", "goes on"), answers.append)
        dialog = await program.dialog(Confirm)
        assert dialog.focused is None
        burst(program, "y")
        await until(lambda: answers, "an answer")
