from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input, OptionList, TextArea

from tests.support.demo import DemoThread
from tests.support.desk import places_below, settings_for
from tests.support.waiting import until
from tests.unit.ui.program import NOWHERE, running_program
from tui.demo.pacing import Pace
from tui.domain.completion import ModelInfo
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.settings import Endpoint, Settings
from tui.storage.library import Library
from tui.ui.screens.ask_line import AskLine
from tui.ui.screens.confirm import Confirm
from tui.ui.screens.help import Help
from tui.ui.screens.model_picker import ModelPicker
from tui.ui.screens.palette import Palette
from tui.ui.screens.prompt_editor import PromptEditor
from tui.ui.screens.search import SearchChats
from tui.ui.screens.setup import Setup
from tui.ui.screens.theme_picker import ThemePicker
from tui.ui.screens.trash import TrashPicker

if TYPE_CHECKING:
    from pathlib import Path


async def test_ctrl_q_leaves_at_once_when_nothing_runs(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
        assert program.app.return_code == 0


async def test_ctrl_q_says_what_is_still_streaming(tmp_path: Path) -> None:
    with DemoThread(pace=Pace(first=0.0, token=0.05)) as demo:
        async with running_program(tmp_path, demo.base_url) as program:
            await program.ask("long answer 2000")
            await program.press("ctrl+q")
            await program.dialog(Confirm)
            await program.shows("long answer 2000")
            await program.press("escape")
            assert program.app.is_running
            await program.press("ctrl+q")
            await program.dialog(Confirm)
            await program.pilot.press("ctrl+q")
            await until(lambda: not program.app.is_running, "left")


async def test_ctrl_q_says_yes_to_no_other_question(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.press("escape", "D")
        await program.toast("is in the trash")
        await program.press("escape", "T")
        await program.dialog(TrashPicker)
        await program.press("delete")
        await program.dialog(Confirm)
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
    assert len(Library(places_below(tmp_path).data).trashed()) == 1


async def test_ctrl_q_leaves_from_a_dialog(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("f1")
        await program.dialog(Help)
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")


async def test_leaving_keeps_the_draft(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.write("not sent yet")
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
    async with running_program(tmp_path) as program:
        await until(lambda: program.main.composer.full_text == "not sent yet")


async def test_rename(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.press("escape", "R")
        dialog = await program.dialog(AskLine)
        dialog.query_one(Input).value = "  A better   title [/] "
        await program.press("enter")
        await program.shows("A better title [/]")


async def test_the_system_prompt_is_saved_by_escape_too(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        for key, text in (("f4", "Be brief."), ("escape", "Be kind.")):
            await program.press("ctrl+t")
            dialog = await program.dialog(PromptEditor)
            dialog.query_one(TextArea).text = text
            await program.press(key)
            await program.shows(text)


async def test_the_models_of_the_server_are_listed(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.press("ctrl+l")
        dialog = await program.dialog(ModelPicker)
        options = dialog.query_one(OptionList)
        await until(lambda: options.option_count >= 3, "the list")
        await program.press(*"instant", "enter")
        await program.shows("fortytwo-guide-instant")
        await program.say("Hello")
        conversation = program.main.chat.conversation
        assert conversation
        assert conversation.model == "fortytwo-guide-instant"


@pytest.mark.parametrize(
    ("typed", "keys", "chosen"),
    [
        ("gpt-4-t", ["enter"], "gpt-4-turbo"),
        ("gpt-4-t", ["up", "enter"], "gpt-4-t"),
        # Another one that has it in its name is listed before it.
        ("gpt-4", ["enter"], "gpt-4"),
        ("GPT-4", ["up", "enter"], "GPT-4"),
        ("some/[other] model", ["enter"], "some/[other] model"),
    ],
)
async def test_a_listed_name_and_one_that_is_part_of_it_can_be_chosen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    keys: list[str],
    chosen: str,
) -> None:
    async def models(endpoint: str = "") -> tuple[ModelInfo, ...]:
        return ModelInfo("gpt-4-turbo"), ModelInfo("gpt-4"), ModelInfo("o-1")

    async with running_program(tmp_path) as program:
        monkeypatch.setattr(program.app.workspace, "models", models)
        await program.press("ctrl+l")
        dialog = await program.dialog(ModelPicker)
        await until(lambda: dialog.query_one(OptionList).option_count == 3, "the list")
        dialog.query_one(Input).value = typed
        await program.pilot.pause()
        assert (f"Use “{typed}”" in program.picture()) is (typed != "gpt-4")
        await program.press(*keys)
        await until(lambda: program.main.chat.new.model == chosen)


async def test_the_cursor_stays_on_the_own_words_when_the_list_comes(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        come = asyncio.Event()
        ask = program.app.workspace.models

        async def models(endpoint: str = "") -> tuple[ModelInfo, ...]:
            await come.wait()
            return await ask(endpoint)

        monkeypatch.setattr(program.app.workspace, "models", models)
        await program.press("ctrl+l")
        dialog = await program.dialog(ModelPicker)
        dialog.query_one(Input).value = "fortytwo-guide-inst"
        await program.pilot.pause()
        come.set()
        await until(lambda: dialog.query_one(OptionList).option_count == 2, "the list")
        await program.press("enter")
        await until(lambda: program.main.chat.new.model == "fortytwo-guide-inst")


async def test_any_model_can_be_named_when_the_list_fails(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("ctrl+l")
        dialog = await program.dialog(ModelPicker)
        await until(lambda: "127.0.0.1:9" in program.picture(), "why there is no list")
        dialog.query_one(Input).value = "my/own:model"
        await program.press("enter")
        await program.shows("my/own:model")


async def test_a_theme_is_previewed_and_escape_restores(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        before = program.app.theme
        program.main.start("app.theme")
        await program.dialog(ThemePicker)
        await program.press("down")
        await until(lambda: program.app.theme != before, "the preview")
        await program.press("escape")
        await until(lambda: program.app.theme == before, "the old theme")


async def test_a_chosen_theme_is_stored(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.write("/theme fortytwo-light")
        await program.press("enter")
        await until(lambda: program.app.theme == "fortytwo-light")
        config = places_below(tmp_path).config_file
        await until(lambda: config.exists() and "fortytwo-light" in config.read_text())


async def test_a_missing_theme_is_a_sentence(tmp_path: Path) -> None:
    settings = replace(settings_for(NOWHERE), theme="none such")
    async with running_program(tmp_path, settings=settings) as program:
        await program.toast("There is no theme “none such”")


async def test_a_conversation_is_opened_by_its_title(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        first = await program.say("Rust lifetimes")
        await program.press("ctrl+n")
        await program.say("Tax letter")
        await program.press("ctrl+o")
        await program.dialog(SearchChats)
        await program.press(*"life rust", "enter")
        await until(lambda: program.main.chat.file == first)


async def test_the_palette_runs_an_action(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("ctrl+p")
        await program.dialog(Palette)
        await program.press(*"all keys")
        await program.press("escape")
        await program.press("ctrl+p")
        await program.dialog(Palette)
        await program.press(*"every key", "enter")
        await program.dialog(Help)


async def test_help_shows_the_keys_and_the_manual(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("f1")
        dialog = await program.dialog(Help)
        await program.shows("Send the prompt")
        options = dialog.query_one(OptionList)
        await until(lambda: options.option_count > 5, "the manual")
        await program.press("down")
        await program.shows("The first minute")
        await program.press("escape")
        assert program.main.composer.has_focus


@pytest.fixture
def guarded() -> DemoThread:
    return DemoThread(key="sk-right")


def keyless(base_url: str) -> Settings:
    endpoint = Endpoint(name="guarded", base_url=base_url, api_key_env="NO_SUCH_KEY")
    return Settings(endpoints={"guarded": endpoint}, endpoint="guarded")


async def test_without_a_key_setup_asks_checks_and_stores(
    tmp_path: Path, guarded: DemoThread
) -> None:
    with guarded as demo:
        settings = keyless(demo.base_url)
        async with running_program(tmp_path, settings=settings) as program:
            dialog = await program.dialog(Setup)
            await program.press("enter")
            field = dialog.query_one(Input)
            assert field.password
            field.value = "sk-wrong"
            await program.press("enter")
            message = dialog.query_one("#setup-message")
            await until(lambda: message.has_class("-wrong"), "a sentence")
            assert "sk-wrong" not in program.picture()
            field.value = "sk-right"
            await program.press("enter")
            await program.toast("The key works")
            stored = places_below(tmp_path).key_file("guarded")
            assert stored.read_text().strip() == "sk-right"
            assert stat.S_IMODE(stored.stat().st_mode) == 0o600
            await program.say("Hello with the new key")
            assert "fortytwo-guide" in program.picture()


async def test_setup_keeps_a_key_that_could_not_be_checked(tmp_path: Path) -> None:
    stored = places_below(tmp_path).key_file("guarded")
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        dialog = await program.dialog(Setup)
        await program.press("enter")
        field = dialog.query_one(Input)
        field.value = "sk-offline"
        await program.press("enter")
        await program.shows("Enter again keeps the key unchecked.")
        assert not stored.exists()
        # Other words are checked first, too.
        field.value = "sk-other"
        await program.press("enter")
        await program.shows("Enter again keeps the key unchecked.")
        assert not stored.exists()
        await program.press("enter")
        await program.toast("Not checked: no connection to 127.0.0.1:9.")
        assert stored.read_text().strip() == "sk-other"
        assert "sk-o" not in program.picture()


async def test_setup_forgets_a_key_whose_check_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        asked, refused = asyncio.Event(), asyncio.Event()

        async def check(endpoint: Endpoint, key: str) -> tuple[ModelInfo, ...]:
            asked.set()
            await refused.wait()
            raise RequestError(Failure(FailureKind.KEY, "Refused."))

        monkeypatch.setattr(program.app.workspace, "check_endpoint", check)
        dialog = await program.dialog(Setup)
        await program.press("enter")
        dialog.query_one(Input).value = "sk-secret"
        await program.press("enter")
        await until(asked.is_set, "asked")
        await program.press("escape", "down", "enter")
        assert dialog.query_one(Input).value.startswith("http")
        refused.set()
        await program.pilot.pause()
        await program.shows("The address above /chat/completions")
        assert "secret" not in program.picture()


async def test_setup_checks_once_however_often_enter_is_pressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        asked: list[str] = []

        async def check(endpoint: Endpoint, key: str) -> tuple[ModelInfo, ...]:
            asked.append(key)
            await until(lambda: len(program.toasts()) > 1, "never")
            return ()

        monkeypatch.setattr(program.app.workspace, "check_endpoint", check)
        dialog = await program.dialog(Setup)
        await program.press("enter")
        dialog.query_one(Input).value = "sk-secret"
        await program.press("enter", "enter", "enter")
        assert asked == ["sk-secret"]
        await program.press("escape")


async def test_setup_takes_a_server_of_ones_own(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        dialog = await program.dialog(Setup)
        await program.press("down", "enter")
        dialog.query_one(Input).value = demo.base_url.removeprefix("http://")
        await program.press("enter")
        await program.toast("The server answers")
        await program.say("Hello")
        assert "fortytwo-guide" in program.picture()


async def test_setup_asks_for_the_key_that_a_server_of_ones_own_wants(
    tmp_path: Path, guarded: DemoThread
) -> None:
    with guarded as demo:
        async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
            dialog = await program.dialog(Setup)
            await program.press("down", "enter")
            field = dialog.query_one(Input)
            field.value = demo.base_url
            await program.press("enter")
            await until(lambda: field.password, "the key is asked for")
            field.value = "sk-right"
            await program.press("enter")
            await program.toast("The server answers")
            stored = places_below(tmp_path).key_file("local")
            assert stored.read_text().strip() == "sk-right"
            assert "sk-right" not in places_below(tmp_path).config_file.read_text()
            await program.say("Hello")
            assert "fortytwo-guide" in program.picture()


async def test_a_second_server_gets_a_name_and_no_key_of_the_first_one(
    tmp_path: Path, demo: DemoThread
) -> None:
    places = places_below(tmp_path)
    stored = places.key_file("local")
    stored.parent.mkdir(parents=True)
    stored.write_text("sk-of-the-first")
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        dialog = await program.dialog(Setup)
        await program.press("down", "enter")
        dialog.query_one(Input).value = demo.base_url
        await program.press("enter")
        await program.toast("The server answers")
        assert 'endpoint = "local-2"' in places.config_file.read_text()


async def test_a_prompt_that_nobody_answered_follows_to_the_new_server(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        await program.dialog(Setup)
        await program.press("escape")
        await program.press(*"hello", "enter")
        await program.shows("No API key for")
        await program.press(*"/setup", "enter")
        dialog = await program.dialog(Setup)
        await program.press("down", "enter")
        dialog.query_one(Input).value = demo.base_url
        await program.press("enter")
        await program.toast("The server answers")
        await until(lambda: program.main.chat.endpoint == "local", "it follows")
        await program.press("f5")
        await program.shows("small guide inside this program")


async def test_the_demo_takes_no_key_that_it_could_not_check(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, demo=True) as program:
        await program.press(*"/setup", "enter")
        await program.toast("ctrl+q leaves it; fortytwo without --demo has /setup.")
        assert not isinstance(program.app.screen, Setup)


async def test_setup_leads_into_the_demo(tmp_path: Path) -> None:
    async with running_program(tmp_path, settings=keyless(NOWHERE)) as program:
        await program.dialog(Setup)
        await program.press("down", "down")
        await program.pilot.press("enter")
        await until(lambda: not program.app.is_running, "left")
        assert program.app.return_value == "demo"


async def test_a_field_takes_letters_that_are_not_printable(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press("ctrl+p")
        dialog = await program.dialog(Palette)
        for letter in "می\u200cخ":
            program.app.post_message(Key(letter, letter))
        field = dialog.query_one(Input)
        await until(lambda: field.value == "می\u200cخ", "all four")


async def test_a_system_prompt_that_nobody_edits_stays_exactly_as_it_is(
    tmp_path: Path,
) -> None:
    text = "one\x0btwo\x85three\u2028four\x07"
    async with running_program(tmp_path) as program:
        given: list[str | None] = []
        program.app.push_screen(PromptEditor(text), given.append)
        await program.dialog(PromptEditor)
        await program.press("escape")
        assert given == [text]
