from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from textual.events import Paste

from tests.support.demo import DemoThread
from tests.support.desk import places_below
from tests.support.waiting import until
from tests.unit.ui.program import running_program, with_keys
from tui.demo.pacing import Pace
from tui.ui.actions.opening import open_file
from tui.ui.key_checks import check_keys
from tui.ui.screens.prompt_editor import PromptEditor

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_empty_library_says_what_to_press_first(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        picture = program.picture()
        assert "Ask something and press Enter." in picture
        assert "No conversations yet." in picture
        assert program.main.composer.has_focus


async def test_a_prompt_is_sent_answered_listed_and_saved(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        file = await program.say("What can you do?")
        picture = program.picture()
        assert picture.count("What can you do?") >= 2
        assert "fortytwo-guide" in picture
        assert "Ask something" not in picture
        assert program.main.composer.full_text == ""
        assert program.main.conversations.shown == file
        path = places_below(tmp_path).data / "conversations" / file
        await until(lambda: len(tomllib.loads(path.read_text())["messages"]) == 2)


async def test_the_next_start_shows_it_again(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        file = await program.say("Remember the number 42")
    async with running_program(tmp_path, demo.base_url, open_file=file) as program:
        await program.shows("Remember the number 42")
        assert program.main.chat.file == file


async def test_a_refused_connection_is_an_entry_and_the_composer_works(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path) as program:
        await program.ask("Hello?")
        await program.press("escape", "escape")
        await program.answered()
        await program.write("still typing")
        assert program.main.composer.full_text == "still typing"


async def test_a_text_that_cannot_be_saved_stays_in_the_composer(
    tmp_path: Path, demo: DemoThread
) -> None:
    data = places_below(tmp_path).data
    data.mkdir(parents=True)
    async with running_program(tmp_path, demo.base_url) as program:
        folder = data / "conversations"
        if folder.exists():
            folder.rmdir()
        folder.write_text("a file where the folder should be")
        await program.write("Keep me")
        await program.press("enter")
        await until(lambda: program.toasts(), "a sentence")
        assert program.main.composer.full_text == "Keep me"
        assert program.main.chat.file is None


async def test_drafts_belong_to_their_conversation(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        first = await program.say("First")
        await program.write("draft of the first")
        await program.press("ctrl+n")
        await until(lambda: program.main.chat.file is None)
        await until(lambda: program.main.composer.full_text == "", "an empty composer")
        await program.write("draft of a new one")
        await program.press("ctrl+down")
        await until(lambda: program.main.chat.file == first)
        await until(lambda: program.main.composer.full_text == "draft of the first")
        await program.press("ctrl+n")
        await until(lambda: program.main.composer.full_text == "draft of a new one")


async def test_retry_makes_a_sibling_that_can_be_flipped(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Twice, please")
        first = program.main.chat.last
        await program.press("escape", "r")
        await until(lambda: program.main.chat.last != first, "asked again")
        await program.answered()
        await program.shows("2/2")
        await program.press("<")
        await program.shows("1/2")


@pytest.mark.parametrize("keys", [("ctrl+c",), ("escape", "escape"), ("escape", "x")])
async def test_stopping_keeps_the_text(tmp_path: Path, keys: tuple[str, ...]) -> None:
    slow = Pace(first=0.0, token=0.05)
    with DemoThread(pace=slow) as demo:
        async with running_program(tmp_path, demo.base_url) as program:
            await program.ask("long answer 2000")
            turn_id = program.main.chat.last
            assert turn_id
            await until(lambda: program.main.router.live.so_far(turn_id)[0], "text")
            await program.press(*keys)
            await program.answered()
            conversation = program.main.chat.conversation
            assert conversation
            assert conversation.messages[-1].content
            assert conversation.messages[-1].status == "stopped"


@pytest.mark.parametrize("stopping", ["x", "f8", "/stop"])
async def test_selected_text_is_copied_by_ctrl_c_and_stops_no_stopping(
    tmp_path: Path, stopping: str
) -> None:
    slow = Pace(first=0.0, token=0.05)
    with DemoThread(pace=slow) as demo:
        settings = with_keys(demo.base_url, chat_stop=("ctrl+c", "x", "f8"))
        async with running_program(tmp_path, settings=settings) as program:
            await program.ask("long answer 2000")
            main = program.main
            await until(lambda: main.router.live.so_far(main.chat.last or "")[0])

            async def select() -> None:
                await program.pilot.mouse_down(main.transcript, offset=(3, 1))
                await program.pilot.hover(main.transcript, offset=(6, 1))
                await program.pilot.mouse_up(main.transcript, offset=(6, 1))
                await until(lambda: main.get_selected_text() == "long", "selected")

            await select()
            await program.press("ctrl+c")
            await until(lambda: program.app.clipboard == "long", "copied")
            assert main.chat.turn_runs
            assert main.get_selected_text() is None
            if stopping == "/stop":
                await program.write(stopping)
                await select()
                main.composer.focus()
                await program.pilot.pause()
                assert main.get_selected_text() == "long"
                await program.press("enter")
            else:
                await program.press("escape")
                await select()
                await program.press(stopping)
            await program.answered()


async def test_switching_away_changes_nothing_for_a_stream(tmp_path: Path) -> None:
    slow = Pace(first=0.0, token=0.015)
    with DemoThread(pace=slow) as demo:
        async with running_program(tmp_path, demo.base_url) as program:
            file = await program.ask("long answer 100")
            await program.press("ctrl+n")
            await until(lambda: program.main.chat.file is None)
            await program.press("ctrl+down")
            await until(lambda: program.main.chat.file == file)
            await program.answered()
            chat = program.main.chat
            assert chat.conversation
            assert chat.last
            shown = program.main.transcript.source_of(chat.last)
            assert shown == chat.conversation.messages[-1].content


async def test_slash_commands(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.write("/rename A better title")
        await program.press("enter")
        await program.shows("A better title")
        await program.write("/nwe")
        await program.press("enter")
        await program.toast("There is no command /nwe")
        assert program.main.composer.full_text == "/nwe"


async def test_two_slashes_send_one(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("//new is a command")
        conversation = program.main.chat.conversation
        assert conversation
        assert conversation.messages[0].content == "/new is a command"


async def test_delete_and_undo(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("To be deleted")
        await program.press("escape", "D")
        await until(lambda: program.main.conversations.count == 0, "gone")
        await until(lambda: program.main.chat.file is None, "nothing shown")
        await program.press("escape", "u")
        await until(lambda: program.main.conversations.count == 1, "back")


async def test_the_system_prompt_is_seen_at_the_top_and_sent(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.write("/system Answer in rhymes.")
        await program.press("enter")
        await program.shows("Answer in rhymes.")
        await program.say("Hello")
        conversation = program.main.chat.conversation
        assert conversation
        assert conversation.system_prompt == "Answer in rhymes."
        await program.shows("Answer in rhymes.")


async def test_an_unreadable_file_is_shown_as_it_is(tmp_path: Path) -> None:
    folder = places_below(tmp_path).data / "conversations"
    folder.mkdir(parents=True)
    (folder / "2026-01-01-broken.toml").write_text('format = 1\ntitle = "cut')
    async with running_program(tmp_path, open_file="2026-01-01-broken") as program:
        await program.shows('title = "cut')
        await program.shows("read-only")
        await program.write("Into the void?")
        await program.press("enter")
        await until(lambda: program.toasts(), "a sentence")
        assert program.main.composer.full_text == "Into the void?"


async def test_a_draft_survives_a_file_that_cannot_be_read(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        file = await program.say("Hello")
        await program.write("the draft")
        await program.press("ctrl+n")
        await until(lambda: program.main.chat.file is None, "left")
    path = places_below(tmp_path).data / "conversations" / file
    path.write_text('format = 1\ntitle = "cut')
    async with running_program(tmp_path, demo.base_url, open_file=file) as program:
        await program.shows('title = "cut')
        await until(lambda: program.main.composer.full_text == "the draft", "there")


async def test_a_paste_that_nothing_else_takes_is_for_the_composer(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path) as program:
        await program.press("escape")
        await until(lambda: program.main.transcript.has_focus, "nav mode")
        program.app.post_message(Paste("some words"))
        await until(lambda: program.main.composer.full_text == "some words", "there")
        assert program.main.composer.has_focus


async def test_the_users_keys_work(tmp_path: Path, demo: DemoThread) -> None:
    settings = with_keys(demo.base_url, chat_new=("f9",))
    async with running_program(tmp_path, settings=settings) as program:
        await program.say("Hello")
        await program.press("ctrl+n")
        assert program.main.chat.file is not None
        await program.press("f9")
        await until(lambda: program.main.chat.file is None)


async def test_a_key_that_tmux_keeps_is_named_after_the_start(tmp_path: Path) -> None:
    async with running_program(
        tmp_path, late_problems=lambda: check_keys({}, ("ctrl+o",))
    ) as program:
        await program.toast("keys.chat.open: ctrl+o won't arrive")


async def test_a_missing_conversation_is_a_sentence(tmp_path: Path) -> None:
    async with running_program(tmp_path, open_file="nothing-like-it") as program:
        await program.toast("No conversation is named “nothing-like-it”")


async def test_the_whole_name_is_meant_and_not_the_newer_one_that_begins_so(
    tmp_path: Path, demo: DemoThread
) -> None:
    folder = places_below(tmp_path).data / "conversations"
    folder.mkdir(parents=True)
    for name in ("notes", "notes-old"):
        (folder / f"{name}.toml").write_text(f'title = "{name} title"\n')
    async with running_program(tmp_path, open_file="notes") as program:
        await until(lambda: program.main.chat.file == "notes.toml", "the exact one")
    async with running_program(tmp_path, open_file="notes-old t") as program:
        await until(lambda: program.main.chat.file == "notes-old.toml", "by its title")
    async with running_program(tmp_path, open_file="note") as program:
        await program.toast("“note” may be 2 conversations")
        assert program.main.chat.file is None


async def test_a_key_that_is_held_down_piles_no_sentences_up(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("escape")
        await program.press(*["right_curly_bracket"] * 5)
        await program.toast("no prompt of yours below")
        await program.press("left_curly_bracket")
        await program.toast("no prompt of yours above")
        assert len(program.toasts()) == 2


async def test_the_line_to_search_by_names_its_own_keys(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("ctrl+f")
        await program.shows("Enter next · ↑ previous · Esc leaves")
        await program.press("escape")
        await program.shows("i write · ? help")


async def test_the_filter_of_the_list_names_its_own_keys(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("f2", "f2")
        await until(lambda: program.main.conversations.has_focus, "the list")
        await program.press("slash")
        await program.shows("Enter opens · Esc clears")
        await program.press("escape")
        await program.shows("i write · ? help")


async def test_what_is_chosen_for_a_new_conversation_stays_like_its_draft(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        file = await program.say("One")
        await program.press("ctrl+n")
        await program.press(*"/system", "space", *"Rhyme", "enter")
        await program.shows("Rhyme")
        await program.press("ctrl+n")
        await program.shows("Rhyme")
        await open_file(program.main, file)
        assert program.main.chat.system_prompt != "Rhyme"
        await program.press("ctrl+n")
        await program.shows("Rhyme")
        await program.say("Two")
        assert program.main.chat.system_prompt == "Rhyme"
        await program.press("ctrl+n")
        await program.pilot.pause()
        assert program.main.chat.system_prompt is None


async def test_what_was_chosen_goes_along_with_a_prompt_that_is_left_at_once(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.press(*"/system", "space", *"Rhyme", "enter")
        await program.shows("Rhyme")
        await program.write("One")
        for key in ("enter", "ctrl+n"):
            program.app.simulate_key(key)
        folder = program.app.workspace.locations.data / "conversations"
        await until(lambda: list(folder.glob("*.toml")), "a file")
        await until(lambda: not program.app.workspace.running(), "answered")
        (written,) = folder.glob("*.toml")
        assert "Rhyme" in written.read_text()
        assert program.main.chat.system_prompt is None


async def test_a_choice_is_for_the_conversation_in_which_it_was_begun(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        first = await program.say("One")
        await program.press("ctrl+n")
        second = await program.say("Two")
        await program.press("ctrl+t")
        dialog = await program.dialog(PromptEditor)
        await open_file(program.main, first)
        dialog.area.insert("Rhyme")
        await program.press("escape")
        await program.toast("The system prompt is set")
        folder = program.app.workspace.locations.data / "conversations"
        assert "Rhyme" in (folder / second).read_text()
        assert "Rhyme" not in (folder / first).read_text()
