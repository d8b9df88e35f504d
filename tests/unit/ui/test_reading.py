"""Nav mode: moving, finding, folding, copying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import places_below
from tests.support.waiting import until
from tests.unit.ui.program import running_program
from tui.demo.pacing import Pace
from tui.ui.screens.pick_letter import PickLetter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _a_terminal_that_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/9")


async def test_escape_leads_into_nav_mode_and_i_comes_back(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.write("kept")
        await program.press("escape")
        assert program.main.transcript.has_focus
        assert program.main.status.mode == "nav"
        await program.press("i")
        assert program.main.composer.has_focus
        assert program.main.composer.full_text == "kept"


async def test_letters_type_while_the_composer_has_the_focus(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.press(*"nrcyszxbDRUJK?")
        assert program.main.composer.full_text == "nrcyszxbDRUJK?"


async def test_a_message_is_copied_and_the_toast_tells_the_route(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.press("escape", "k", "k", "y")
        await program.toast("to the terminal's clipboard (OSC 52)")
        assert program.app.clipboard in (
            "Hello",
            program.main.transcript.source_of(program.main.chat.last or ""),
        )


async def test_a_block_is_picked_by_its_letter(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("show me markdown")
        await program.press("escape", "Y")
        await program.dialog(PickLetter)
        targets = program.main.transcript.blocks_on_screen()
        await program.press(targets[-1].label)
        await until(lambda: program.app.clipboard == targets[-1].text, "copied")


async def test_find(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("show me markdown")
        await program.press("ctrl+f")
        await until(lambda: program.main.finding, "the line to search by")
        await program.press(*"the")
        await program.shows(" of ")
        first = program.main.transcript.find_state
        assert first
        await program.press("down")
        await until(lambda: program.main.transcript.find_state != first, "the next")
        await program.press("escape")
        assert program.main.finding
        assert program.main.transcript.has_focus
        await program.press("escape")
        assert not program.main.finding
        assert program.main.transcript.has_focus
        await program.press("/")
        await program.press(*"block", "enter")
        assert program.main.transcript.has_focus
        await program.press("n")
        await program.press("N")
        assert program.main.chat.file is not None


async def test_keys_act_on_the_message_with_the_match(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        main = program.main
        for number in range(4):
            filler = "\n".join(f"line {at}" for at in range(12))
            await program.say(f"{filler}\nThe needle {number}\n{filler}")
        await program.press("escape", "g", "/", *"needle", "enter")
        assert main.transcript.has_focus
        conversation = main.chat.conversation
        assert conversation is not None
        prompts = [one for one in conversation.messages if "The needle" in one.content]
        seen = []
        for key in ("n", "n", "n", "N", "n"):
            await program.press(key)
            state = main.transcript.find_state
            assert state is not None
            message = prompts[state.position - 1]
            seen.append(state.position)
            assert main.transcript.current_entry == message.id
            await program.shows(f"The needle {state.position - 1}")
            await program.press("y")
            await until(lambda text=message.content: program.app.clipboard == text)  # type: ignore[misc]  # bound early
            # Space folds it, and nothing else; the next match unfolds what hides it.
            folds = main.transcript.reading.memory.folds
            before = dict(folds)
            await program.press("space")
            changed = {part for part in folds if folds[part] != before.get(part)}
            assert changed == {(message.id, "text")}
            await program.press("v")
            assert main.transcript.reading.memory.raw == {message.id}
            await program.press("v", "space")
        assert seen == [3, 4, 1, 4, 1]
        await program.press("Y")
        await program.dialog(PickLetter)
        labelled = [
            target.text
            for targets in main.transcript.labels.values()
            for target in targets
        ]
        assert prompts[seen[-1] - 1].content in labelled


async def test_what_is_searched_stays_searched_when_the_conversation_changes(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        main = program.main
        first = await program.say("A needle, and a needle")
        await program.press("escape", "/", *"needle", "enter")
        await program.shows("2 of ")
        answer = main.chat.last
        await program.press("r")
        await until(lambda: main.chat.last != answer, "asked again")
        await program.answered()
        await program.shows("2 of ")
        await program.press("ctrl+n")
        await program.shows("no match")
        await program.say("One needle")
        await program.press("ctrl+f", "enter")
        await program.shows("1 of ")
        await program.press("ctrl+down")
        await until(lambda: main.chat.file == first, "back")
        await until(lambda: main.transcript.find_state, "searched")
        await program.press("n")
        await program.shows(" of ")


async def test_the_source_of_an_answer_is_shown_while_it_streams(
    tmp_path: Path,
) -> None:
    with DemoThread(pace=Pace(first=0.0, token=0.05)) as demo:
        async with running_program(tmp_path, demo.base_url) as program:
            main = program.main
            await program.ask("show me markdown")
            answer = main.chat.last or ""
            await until(lambda: len(main.router.live.so_far(answer)[0]) > 40, "text")
            await program.press("escape", "v")

            def shown() -> str:
                lines = range(main.transcript.size.height)
                return "\n".join(
                    main.transcript.render_line(at).text[3:].rstrip() for at in lines
                )

            def shows_source() -> bool:
                text, _ = main.router.live.so_far(answer)
                return text[-60:].strip() in shown()

            await until(shows_source, "the source")
            length = len(main.router.live.so_far(answer)[0])
            await until(lambda: len(main.router.live.so_far(answer)[0]) > length + 80)
            await until(shows_source, "what came since")
            await program.press("v")
            await until(lambda: "# " not in shown(), "laid out again")
            await program.press("v")
            await until(shows_source, "the source again")
            assert main.chat.turn_runs
            await program.press("x")
            await program.answered()
            source = main.transcript.source_of(answer)
            assert source.rstrip().splitlines()[-1] in shown()
            assert "# " in shown()
            await program.press("v")
            await until(lambda: "# " not in shown(), "laid out")


async def test_the_place_in_a_conversation_stands_whatever_happens_meanwhile(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        main = program.main
        short = "A prompt that is short"
        await program.say(short)
        words = " ".join(f"word{number}" for number in range(700))
        file = await program.say(f"{words}\n\n{words}")
        await program.press("escape", "g", "}", "}", "space", "pagedown", "pagedown")

        def line(number: int) -> str:
            return main.transcript.render_line(number).text.rstrip()

        before = [line(number) for number in range(9)]
        words_before = set(line(0).split())
        assert len(words_before) > 3
        await program.press("ctrl+n")
        await until(lambda: main.chat.file is None, "another one")
        path = places_below(tmp_path).data / "conversations" / file
        longer = "\n".join(["A prompt", *(f"that is line {at}" for at in range(9))])
        path.write_text(
            path.read_text().replace(f'"""\n{short}"""', f'"""\n{longer}"""')
        )
        await program.pilot.resize_terminal(60, 30)
        await program.press("ctrl+down")
        await until(lambda: main.chat.file == file, "back")
        await until(lambda: words_before & set(line(0).split()), "the same words")
        assert main.chat.conversation is not None
        assert main.chat.conversation.messages[0].content == longer
        await program.pilot.resize_terminal(80, 24)
        await until(lambda: [line(at) for at in range(9)] == before, "as before")


async def test_pages_scroll_while_typing(tmp_path: Path, demo: DemoThread) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        await program.say("show me markdown")
        transcript = program.main.transcript
        assert transcript.at_end
        await program.press("pageup")
        assert not transcript.at_end
        assert program.main.composer.has_focus
        await program.press("escape", "G")
        assert transcript.at_end
        await program.press("g")
        assert transcript.scroll_offset.y == 0
        await program.press("ctrl+d", "j", "k", "}", "{", "]", "[", "space", "z", "v")
        assert program.app.is_running


async def test_new_lines_below_are_told(tmp_path: Path) -> None:
    with DemoThread(pace=Pace(first=0.0, token=0.03)) as demo:
        async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
            await program.ask("long answer 2000")
            await until(lambda: program.main.transcript.max_scroll_y > 5, "some text")
            await program.press("escape", "g")
            await program.shows("new line")
            marker = program.main.end_marker
            # It hides no more of the text than its own words take.
            assert marker.size.width < 20
            assert marker.region.right == program.main.transcript.content_region.right
            await program.press("G")
            await until(lambda: "new line" not in program.picture(), "followed again")
            await program.press("x")
            await program.answered()


async def test_the_message_that_is_seen_is_copied_not_the_one_scrolled_away(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 20)) as program:
        await program.say("The first prompt")
        for _ in range(3):
            await program.say("show me markdown")
        await program.press("escape", "k")
        last = program.main.chat.last
        assert program.main.transcript.current_entry == last
        await program.press("g", "y")
        await until(lambda: program.app.clipboard == "The first prompt", "copied")
        await program.press("G", "y")
        text = program.main.transcript.source_of(last or "")
        await until(lambda: program.app.clipboard == text, "the last one")


async def test_a_system_prompt_under_the_cursor_is_copied(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.say("Hello")
        await program.main.perform("chat.system", "Answer in verse.")
        await program.shows("Answer in verse.")
        await program.press("escape", "g")
        program.main.transcript.focus_entry("system-prompt")
        await program.press("y")
        await until(lambda: program.app.clipboard == "Answer in verse.", "copied")


async def test_the_source_of_a_prompt_holds_its_fences(
    tmp_path: Path, demo: DemoThread
) -> None:
    typed = ["Look:", '~~~~py title="a"', "x = 1", "~~~~", "```", "never closed"]
    async with running_program(tmp_path, demo.base_url, size=(80, 40)) as program:
        await program.say("\n".join(typed))
        conversation = program.main.chat.conversation
        assert conversation is not None
        prompt = conversation.messages[-2]
        await program.press("escape")
        program.main.transcript.focus_entry(prompt.id)
        await program.press("v")
        for line in typed:
            await program.shows(line)


async def test_n_goes_on_from_wherever_find_was_opened(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        main = program.main

        def position() -> int:
            state = main.transcript.find_state
            return state.position if state is not None else 0

        file = await program.say("A needle, a needle, a needle")
        await program.write("words of mine")
        await program.press("ctrl+f", *"needle")
        await program.shows("1 of ")
        await program.press("enter")
        assert main.transcript.has_focus
        assert position() == 2
        await program.shows("n next · N previous · Esc ends the search")
        for key, now in (("n", 3), ("N", 2), ("enter", 3), ("n", 4)):
            await program.press(key)
            assert main.find_bar is not None
            assert main.find_bar.field.value == "needle"
            assert position() in (now, 1)
        # Esc from the composer leads to the matches, another one ends the search.
        await program.press("i")
        assert main.composer.has_focus
        await program.press("escape")
        assert main.finding
        assert main.transcript.has_focus
        await program.press("escape")
        assert not main.finding
        await program.shows("i write")
        assert main.composer.full_text == "words of mine"
        # Esc from the field leads there too: the n behind it is no new conversation.
        await program.press("/", *"needle", "escape", "n")
        assert main.transcript.has_focus
        assert position() > 0
        assert main.chat.file == file
        await program.press("escape", "n")
        await until(lambda: main.chat.file is None, "a new conversation")


async def test_a_search_without_a_match_stays_in_its_field(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with running_program(tmp_path, demo.base_url, size=(80, 24)) as program:
        main = program.main
        await program.say("Some *words*")
        await program.press("escape", "/", *"wordz", "enter")
        await program.shows("no match")
        assert main.find_bar is not None
        assert main.find_bar.field.has_focus
        await program.press("backspace", "s", "enter")
        assert main.transcript.has_focus
        await program.press("escape")
        assert not main.finding
