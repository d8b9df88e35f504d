from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste

from tests.support.waiting import until
from tests.unit.widgets.stage import Stage, painted, until_typed
from tui.ui.widgets.composer import Composer

if TYPE_CHECKING:
    from textual.pilot import Pilot

SIZE = (60, 30)


def sent(stage: Stage) -> list[str]:
    return [message.text for message in stage.told(Composer.Submitted)]


async def test_enter_sends_and_empties() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.set_text("", "chat.toml")
        composer.focus()
        await pilot.press(*"hello", "enter")
        await until(lambda: sent(stage))
        (submitted,) = stage.told(Composer.Submitted)
        assert (submitted.text, submitted.file) == ("hello", "chat.toml")
        assert composer.full_text == ""


async def test_blanks_are_not_sent_and_stay() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press("space", "ctrl+j", "space")
        composer.action_send()
        assert composer.full_text == " \n "
        assert sent(stage) == []


@pytest.mark.parametrize(
    "raw",
    [
        "\n",
        "\x1b\r",
        "\x1b[13;2u",
        "\x1b[13;3u",
        "\x1b[27;2;13~",
        "\x1b[27;3;13~",
    ],
)
async def test_every_newline_route(raw: str) -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"ab")
        stage.feed(raw)
        await until_typed(composer, "ab\n")
        await pilot.press(*"cd", "enter")
        await until(lambda: sent(stage) == ["ab\ncd"])


async def test_a_backslash_and_enter_are_a_newline() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"ab", "backslash", "enter")
        await until_typed(composer, "ab\n")
        await pilot.press(*"c", "enter")
        await until(lambda: sent(stage) == ["ab\nc"])


@pytest.mark.parametrize("raw", ["\n", "\x13", "\x1b[13;5u", "\x1b[27;5;13~"])
async def test_enter_can_be_a_newline_and_other_keys_send(raw: str) -> None:
    composer = Composer(enter="newline")
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"ab", "enter", *"c")
        await until_typed(composer, "ab\nc")
        stage.feed(raw)
        await until(lambda: sent(stage) == ["ab\nc"])


async def test_newline_keys_can_be_chosen() -> None:
    composer = Composer()
    composer.newline_keys = ("f8",)
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"ab", "f8", "ctrl+j", *"c")
        await until_typed(composer, "ab\nc")


async def test_chords_that_nobody_bound_type_nothing() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        for raw in ("\x1bx", "\x1b.", "\x1b1", "\x1b[46;3u", "\x1b[120;3u", "\x1b "):
            stage.feed(raw)
        composer.post_message(Key("alt+y", "y"))
        await pilot.press(*"ok")
        await until_typed(composer, "ok")


@pytest.mark.parametrize(
    "raw",
    [
        "first line\rsecond line\rthird\r",
        "\rstarts with its newline\r",
        "a\rb\rc",
        "short\rand a control \x1b[A key\r",
        "a long line\rand its newline\r",
        "a\tb and a tab\rc\r",
        "1\r\n2\r\n3\r\n",
        "\tindented\r\tcode\r",
    ],
)
async def test_an_unbracketed_paste_sends_nothing_and_loses_nothing(raw: str) -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press("x")
        stage.feed(raw)
        words = "x" + raw.replace("\x1b[A", "")
        wanted = words.replace("\r\n", "\n").replace("\r", "\n").split()

        def arrived() -> bool:
            return sorted(composer.full_text.split()) == sorted(wanted)

        await until(arrived, raw)
        assert composer.has_focus
        assert sent(stage) == []
        stage.press_later("enter")
        await until(lambda: len(sent(stage)) == 1)


@pytest.mark.parametrize("at_once", [True, False])
async def test_letters_that_are_not_printable_are_typed_too(at_once: bool) -> None:
    """A Persian ZWNJ, French no-break spaces, the joiners inside of an emoji."""
    text = "می\u200cخواهم \u00ab\u202fquoi\u00a0\u00bb 👨\u200d👩\u200d👧"
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        await pilot.pause()
        for raw in [text] if at_once else text:
            stage.feed(raw)
        await until_typed(composer, text)


async def test_a_line_that_comes_at_once_with_enter_at_its_end_is_sent() -> None:
    """Programs type like this: expect, tmux's `send-keys 'words' Enter`."""
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        stage.feed("what is swarm inference?\r")
        await until(lambda: sent(stage) == ["what is swarm inference?"])
        assert composer.full_text == ""


async def test_lines_that_come_one_by_one_are_not_sent_one_by_one() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        at = time.monotonic()
        for count in range(3):
            for key in [*"some words", "enter"]:
                event = Key(key, "\r" if key == "enter" else key)
                event.time = at + count * 0.1
                composer.post_message(event)
        await until(lambda: composer.full_text.count("\n") == 3)
        assert sent(stage) == []


async def test_a_long_unbracketed_paste_is_one_fold() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        raw = "a line of a paste\r" * 600
        stage.feed(raw)
        await until(lambda: "‹paste 1: " in composer.text)
        await until_typed(composer, raw.replace("\r", "\n"))
        assert sent(stage) == []


async def test_tab_leaves_when_a_person_pressed_it() -> None:
    composer, other = Composer(), Composer()
    stage = Stage(composer, other)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        await pilot.press(*"ab", "tab")
        await until(lambda: other.has_focus)
        assert composer.full_text == "ab"


async def test_enter_right_after_a_paste_is_part_of_it() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        stage.feed("\x1b[200~rm -rf\x1b[201~\rsecret\r\x1b[201~")
        await until(lambda: "secret" in composer.full_text)
        assert sent(stage) == []
        assert composer.full_text.startswith("rm -rf\nsecret\n")
        stage.press_later("enter")
        await until(lambda: len(sent(stage)) == 1)


async def test_a_person_who_sends_and_types_on_while_the_program_is_busy() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        now = time.monotonic()
        keys = [("a", "a", 0.0), ("enter", "\r", 0.2), ("b", "b", 0.4)]
        for key, character, after in keys:
            event = Key(key, character)
            event.time = now + after
            composer.post_message(event)
        await until(lambda: sent(stage) == ["a"])
        await until_typed(composer, "b")


async def test_bracketed_paste_is_cleaned_and_sent_as_seen() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear):
        composer.focus()
        stage.feed("\x1b[200~a\r\nb\rc\x07[/red]\x1b[201~")
        await until_typed(composer, "a\nb\nc␇[/red]")
        stage.press_later("enter")
        await until(lambda: sent(stage) == ["a\nb\nc␇[/red]"])


async def test_what_has_no_shape_is_painted_visibly_and_kept() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        composer.post_message(Paste("a\u202eb\u200bc"))
        await until_typed(composer, "a\u202eb\u200bc")
        await pilot.pause()
        assert "a�b�c" in painted(composer)[0]


async def test_a_big_paste_is_folded_and_sent_in_full() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        big = "".join(f"line {at}\n" for at in range(120_000))
        assert len(big) > 1_000_000
        await pilot.press(*"see ")
        begin = time.process_time()
        composer.post_message(Paste(big))
        await until(lambda: "‹paste 1: 120,001 lines, 1.3 MB›" in composer.text)
        await pilot.press(*" ok?")
        stage.press_later("enter")
        await until(lambda: sent(stage))
        assert sent(stage) == [f"see {big} ok?"]
        # Unfolded it costs four to six seconds; folded, what a few keys cost.
        assert time.process_time() - begin < 2


async def test_a_fold_is_changed_as_a_whole_and_undo_brings_it_back() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        big = "x" * 20_000
        await pilot.press("a")
        composer.post_message(Paste(big))
        await until_typed(composer, "a" + big)
        await pilot.press("left", "left", *"!")
        assert composer.full_text == "a" + big + "!"
        await pilot.press("backspace", "backspace")
        assert composer.full_text == "a"
        await pilot.press("ctrl+z")
        assert big in composer.full_text


async def until_height(composer: Composer, rows: int) -> None:
    await until(lambda: composer.size.height == rows, f"{rows} rows")


async def test_grows_from_one_row_to_ten_and_back() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=(40, 40)) as pilot:
        composer.focus()
        for rows in range(2, 14):
            await pilot.press("ctrl+j")
            await until_height(composer, min(rows, 10))
        composer.set_text("word " * 30)
        await until(lambda: composer.size.height == 5)
        composer.set_text("")
        await until(lambda: composer.size.height == 1)


async def test_takes_at_most_a_third_of_a_low_screen() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=(40, 12)) as pilot:
        composer.set_text("a\n" * 8)
        await until(lambda: composer.size.height == 4)
        await pilot.resize_terminal(40, 40)
        await until(lambda: composer.size.height == 9)


async def test_the_mark_stands_before_the_first_row_only() -> None:
    composer = Composer(placeholder="Ask [/anything]")
    stage = Stage(composer)
    async with stage.run_test(size=(30, 12)) as pilot:
        assert painted(composer)[0].startswith("› Ask [/anything]")
        composer.set_text("one\ntwo 日本語")
        await until(lambda: composer.size.height == 2)
        await pilot.pause()
        assert [line.rstrip() for line in painted(composer)] == [
            "› one",
            "  two 日本語",
        ]


async def walk(pilot: Pilot[None], composer: Composer, *steps: tuple[str, str]) -> None:
    for key, text in steps:
        await pilot.press(key)
        assert composer.full_text == text, key


async def test_up_and_down_walk_through_the_history_at_the_edges() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.learn(["first", "second\nof two lines"])
        composer.focus()
        await pilot.press(*"mine")
        await walk(
            pilot,
            composer,
            ("up", "second\nof two lines"),
            ("up", "first"),
            ("up", "first"),
            ("down", "second\nof two lines"),
            ("down", "mine"),
            ("down", "mine"),
        )


async def test_a_recalled_prompt_is_sent_and_the_unsent_text_comes_back() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.learn(["again"])
        composer.focus()
        await pilot.press(*"mine", "up", "enter")
        await until(lambda: sent(stage) == ["again"])
        assert composer.full_text == "mine"


async def test_the_draft_is_told_once_in_a_while_with_its_conversation() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.set_text("", "one.toml")
        composer.focus()
        await pilot.press(*"draft of one")
        composer.set_text("saved draft", "two.toml")

        def drafts() -> list[tuple[str, str | None]]:
            return [(told.text, told.file) for told in stage.told(Composer.Edited)]

        await until(lambda: ("draft of one", "one.toml") in drafts())
        assert len(drafts()) < len("draft of one")
        assert not any(file == "two.toml" for _, file in drafts())
        await pilot.press("!")
        await until(lambda: ("saved draft!", "two.toml") in drafts())


async def test_a_send_that_fails_gives_the_text_back_before_what_was_typed() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"one", "enter")
        await until(lambda: sent(stage) == ["one"])
        await pilot.press(*"two")
        composer.restore("one")
        assert composer.full_text == "one\ntwo"


async def test_read_only_takes_no_key_and_no_paste() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.set_text("kept")
        composer.read_only = True
        composer.focus()
        await pilot.press(*"abc", "enter", "ctrl+j", "up", "ctrl+g")
        composer.post_message(Paste("no"))
        await pilot.pause()
        assert composer.full_text == "kept"
        assert sent(stage) == []


async def test_the_caret_neither_blinks_nor_stays_behind_without_focus() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.set_text("a")
        await pilot.pause()
        away = composer.render_line(0)
        composer.focus()
        await until(lambda: composer.render_line(0) != away)
        assert not composer.cursor_blink
        stage.set_focus(None)
        await until(lambda: composer.render_line(0) == away)


async def test_an_editor_that_cannot_be_opened_has_a_sentence() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE, message_hook=stage.hear) as pilot:
        composer.focus()
        await pilot.press(*"keep", "ctrl+g")
        await until(lambda: stage.told(Composer.Warned))
        assert composer.full_text == "keep"


async def test_many_resizes_and_pastes_do_not_lose_the_text() -> None:
    composer = Composer()
    stage = Stage(composer)
    async with stage.run_test(size=SIZE) as pilot:
        composer.focus()
        composer.set_text("日本語 " * 40)
        for width in (20, 80, 5, 60, 1, 40):
            await pilot.resize_terminal(width, 20)
        await pilot.press("end", *"!")
        await until_typed(composer, "日本語 " * 40 + "!")
