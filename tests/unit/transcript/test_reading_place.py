"""The reader's place: at the end it follows, anywhere else nothing moves it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.transcript.laying_out import HIGHLIGHTER
from tests.unit.transcript.showing import (
    Host,
    answer,
    prompt,
    resize,
    screen_text,
    settled,
    talk,
)
from tui.domain.message import Status
from tui.ui.transcript import (
    Entry,
    EntryKind,
    Landmark,
    Transcript,
    laid_out_entries,
    reading,
)
from tui.ui.transcript.blocks import Page
from tui.ui.transcript.parser import Parser
from tui.ui.transcript.view import EntryView


async def test_opens_at_the_end_and_follows_a_streaming_answer() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        view.show_entries(
            [*talk(50), prompt(50), answer(50, "", streaming=True)], key="one"
        )
        await settled(pilot, view)
        assert view.at_end
        view.show_entries([*talk(50), prompt(50)], key="two")
        view.append_entry(Entry("s", EntryKind.ASSISTANT, "", "model", streaming=True))
        await settled(pilot, view)
        assert screen_text(view)[-2:] == [" model", ""]
        for number in range(60):
            view.extend_answer("s", f"line {number}\n\n")
        await settled(pilot, view)
        await pilot.pause(0.1)
        assert "   line 59" in screen_text(view)
        assert view.at_end


async def test_streaming_does_not_move_a_reader_who_left_the_end() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.transcript
        stream = Entry("s", EntryKind.ASSISTANT, "", "model", streaming=True)
        view.show_entries([*talk(50), stream], key="one")
        await settled(pilot, view)
        view.move_lines(-7)
        await settled(pilot, view)
        before = screen_text(view)
        assert not view.at_end
        view.extend_answer("s", "a\n\nb\n\nc\n\n" * 10)
        await pilot.pause(0.1)
        await settled(pilot, view)
        # The stream's own label is on the screen; everything above it stays.
        end = before.index(" model", len(before) - 8) if " model" in before[-8:] else -6
        assert screen_text(view)[:end] == before[:end]
        assert view.lines_below > 20
        heard = app.heard[-1]
        assert isinstance(heard, Transcript.PositionChanged)
        assert heard.lines_below == view.lines_below
        view.go_to_end()
        await settled(pilot, view)
        assert view.at_end
        assert view.lines_below == 0


async def test_a_resize_keeps_the_message_at_the_top() -> None:
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        view = app.transcript
        view.show_entries(talk(200), key="one")
        await settled(pilot, view)
        view.move_lines(-1200)
        await settled(pilot, view)
        top = view.reading.entries[view.reading.top.entry].id
        await resize(pilot, view, 50, 20)
        assert view.reading.entries[view.reading.top.entry].id == top
        assert not view.at_end


async def test_a_resize_within_a_long_message_keeps_its_words_at_the_top() -> None:
    text = "\n\n".join(
        f"Paragraph {number}. " + "words that go on " * (number % 7) * 3
        for number in range(300)
    )
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        view = app.transcript
        view.show_entries([*talk(3), answer(9, text), *talk(6)[6:]], key="one")
        await settled(pilot, view)
        view.go_home()
        view.move_lines(400)
        await settled(pilot, view)
        while not screen_text(view)[0].startswith("   Paragraph"):
            view.move_lines(1)
        before = screen_text(view)[0].split(".")[0]
        for size in ((50, 20), (80, 40), (100, 30)):
            await resize(pilot, view, *size)
            assert screen_text(view)[0].split(".")[0] == before, size


async def test_a_resize_at_the_end_stays_at_the_end() -> None:
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        view = app.transcript
        view.show_entries(talk(200), key="one")
        await settled(pilot, view)
        await resize(pilot, view, 50, 12)
        assert view.at_end
        assert screen_text(view)[-2].endswith("go on.")


async def test_each_conversation_keeps_its_place_and_folds() -> None:
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        view = app.transcript
        first, second = talk(100), talk(30)
        first[100] = replace(first[100], reasoning="thoughts")
        view.show_entries(first, key="one")
        await settled(pilot, view)
        view.focus_entry(first[100].id)
        view.toggle_fold()
        await settled(pilot, view)
        before = screen_text(view)
        assert "▌  thoughts" in before
        view.show_entries(second, key="two")
        await settled(pilot, view)
        assert view.at_end
        view.show_entries(first, key="one")
        await settled(pilot, view)
        assert screen_text(view) == before
        assert view.current_entry == first[100].id


async def test_paging_up_and_down_comes_back_to_the_same_lines() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries(talk(300), key="one")
        await settled(pilot, view)
        view.page(-1)
        await settled(pilot, view)
        before = screen_text(view)
        for _ in range(20):
            view.page(-1)
        for _ in range(20):
            view.page(1)
        await settled(pilot, view)
        assert screen_text(view) == before


async def test_older_entries_above_do_not_move_the_screen() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(100)
        view.show_entries(entries[150:], key="one")
        view.move_lines(-30)
        await settled(pilot, view)
        before = screen_text(view)
        view.prepend_entries(entries[:150])
        await settled(pilot, view)
        assert screen_text(view) == before


async def test_home_shows_the_first_message() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries(talk(300), key="one")
        await settled(pilot, view)
        view.go_home()
        await settled(pilot, view)
        assert screen_text(view)[0].startswith(" You")
        assert "Question 0?" in screen_text(view)[1]
        assert view.scroll_y == 0


async def test_messages_are_focused_one_by_one() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(20)
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        assert view.current_entry is None
        assert view.move_message(-1)
        assert view.current_entry == entries[-1].id
        for _ in range(39):
            assert view.move_message(-1)
        assert view.current_entry == entries[0].id
        assert not view.move_message(-1)
        await settled(pilot, view)
        assert screen_text(view)[0].startswith("▌You")
        assert view.move_message(1)
        assert view.current_entry == entries[1].id


async def test_who_has_scrolled_away_goes_on_from_what_is_seen() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(40)
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        assert view.move_message(-1)
        view.go_home()
        assert view.move_message(1)
        assert view.current_entry == entries[0].id
        view.go_to_end()
        assert view.jump_to_kind(Landmark.PROMPT, -1)
        assert view.current_entry == entries[-6].id
        view.go_home()
        assert view.jump_to_kind(Landmark.PROMPT, 1)
        assert view.current_entry == entries[2].id


async def test_jumps_to_code_prompts_and_failures() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(40)
        entries[21] = replace(entries[21], text="see\n\n```\none\n```\n\n```\ntwo\n```")
        entries[31] = replace(entries[31], status=Status.FAILED, notice="No network.")
        view.show_entries(entries, key="one")
        view.go_home()
        await settled(pilot, view)
        assert view.jump_to_kind(Landmark.CODE)
        assert view.current_entry == entries[21].id
        assert [line for line in screen_text(view) if "█" in line] == ["█   one"]
        assert view.jump_to_kind(Landmark.CODE)
        assert view.current_entry == entries[21].id
        assert [line for line in screen_text(view) if "█" in line] == ["█   two"]
        assert not view.jump_to_kind(Landmark.CODE)
        assert view.jump_to_kind(Landmark.CODE, -1)
        assert view.jump_to_kind(Landmark.FAILURE)
        assert view.current_entry == entries[31].id
        assert view.jump_to_kind(Landmark.PROMPT, -1)
        assert view.current_entry == entries[30].id
        await settled(pilot, view)
        assert any("✗ Failed: No network." in line for line in screen_text(view))


async def test_the_code_that_is_jumped_to_is_on_the_screen() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        text = "words that go on\n\n" * 40 + "```py\nlast = 1\n```\n\nthe end"
        view.show_entries([prompt(1), answer(1, text)], key="one")
        view.go_home()
        await settled(pilot, view)
        assert view.jump_to_kind(Landmark.CODE)
        await settled(pilot, view)
        assert any("last = 1" in line for line in screen_text(view))


async def test_finish_shows_what_a_full_parse_shows() -> None:
    app = Host()
    text = "# Head\n\n- a\n- b\n\n```py\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        stream = Entry("s", EntryKind.ASSISTANT, "", "model", streaming=True)
        view.show_entries([stream], key="one")
        for character in text:
            view.extend_answer("s", character)
            await pilot.pause()
        view.finish_answer(replace(stream, text=text, status=Status.COMPLETE))
        await settled(pilot, view)
        streamed = screen_text(view)
        view.show_entries(
            [replace(stream, text=text, streaming=False, status=Status.COMPLETE)],
            key="two",
        )
        await settled(pilot, view)
        assert screen_text(view) == streamed
        assert view.source_of("s") == text


async def test_removing_and_replacing_keep_the_rest() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(10)
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        view.remove_entry(entries[-1].id)
        view.replace_entry(replace(entries[-2], text="Changed?"))
        await settled(pilot, view)
        assert screen_text(view)[-2] == "   Changed?"
        view.remove_entry("unknown")
        for entry in entries[:-1]:
            view.remove_entry(entry.id)
        await settled(pilot, view)
        assert set(screen_text(view)) == {""}


async def test_nothing_runs_while_nothing_changes() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries(talk(50), key="one")
        await settled(pilot, view)
        await pilot.pause(0.1)
        assert not view.busy


async def test_a_place_among_entries_that_come_later_is_found_again() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(100)
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        view.focus_entry(entries[20].id)
        await settled(pilot, view)
        before = screen_text(view)
        view.show_entries(talk(3), key="two")
        view.show_entries(entries[150:], key="one")
        await settled(pilot, view)
        assert view.at_end
        view.prepend_entries(entries[:150])
        await settled(pilot, view)
        assert screen_text(view) == before
        assert not view.at_end


async def test_a_delta_after_the_end_changes_nothing() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1, "asked"), answer(2, "done")], key="one")
        await settled(pilot, view)
        before = screen_text(view)
        view.extend_answer("a2", " and more")
        view.extend_answer("p1", " and more")
        await settled(pilot, view)
        assert screen_text(view) == before
        assert view.source_of("a2") == "done"


async def test_a_key_means_what_is_seen_not_what_was_scrolled_away() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(40)
        entries[21] = replace(entries[21], text="a long line\n\n" * 40)
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        assert view.take_target() is None
        assert view.move_message(-1)
        assert view.take_target() == entries[-1].id
        view.go_home()
        await settled(pilot, view)
        assert view.take_target() == entries[0].id
        assert screen_text(view)[0].startswith("▌You")
        view.focus_entry(entries[21].id)
        view.move_lines(5)
        assert view.take_target() == entries[21].id
        view.focus_entry(None)
        view.reading.go_to(21, 5)
        assert view.take_target() == entries[21].id
        view.reading.go_to(21, view.reading.heights[21] - 1)
        assert view.take_target() == entries[22].id
        view.go_to_end()
        assert view.take_target() is None


def words(line: str) -> list[str]:
    return line.split()


def long_answers() -> list[Entry]:
    """Return answers whose paragraphs, code and reasoning wrap at every width."""
    made: list[Entry] = []
    for number in range(30):
        text = " ".join(f"word{number}x{at}" for at in range(400))
        code = "".join(f"\tvalue_{number}_{at} = {'x' * 70}\n" for at in range(30))
        made += [
            prompt(number),
            answer(
                number,
                f"{text}\n\n- {text}\n\n```python\n{code}```\n\n{text}",
                reasoning=text,
            ),
        ]
    return made


async def test_a_place_is_kept_by_its_words_when_the_width_changed_meanwhile() -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        view = app.transcript
        entries = long_answers()
        view.show_entries(entries, key="one")
        view.toggle_all_folds()
        await settled(pilot, view)
        for lines in range(3):
            view.go_home()
            view.move_lines(611 + 29 * lines)
            await settled(pilot, view)
            before = screen_text(view)
            first = words(before[0])
            view.show_entries(talk(30), key="two")
            for width in (47, 71):
                await resize(pilot, view, width, 24)
                view.show_entries(entries, key="one")
                await settled(pilot, view)
                # A shorter line shows a part of them, a longer one more.
                top = words(screen_text(view)[0])
                assert set(first[:1]) <= set(top) or not first, (first, top)
                view.show_entries(talk(30), key="two")
            await resize(pilot, view, 100, 24)
            view.show_entries(entries, key="one")
            await settled(pilot, view)
            assert screen_text(view) == before


async def test_a_place_is_kept_when_what_stands_above_has_changed() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = long_answers()
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        view.focus_entry(entries[31].id)
        view.move_lines(9)
        await settled(pilot, view)
        before = screen_text(view)
        view.show_entries(talk(3), key="two")
        others = [*talk(60)[:50], *entries[8:30], *entries[31:]]
        others[70] = replace(others[70], text="another text")
        view.show_entries(others, key="one")
        await settled(pilot, view)
        assert screen_text(view) == before
        # Without the message itself the next one is shown, not the end.
        view.show_entries(talk(3), key="two")
        gone = [entry for entry in entries if entry.id != entries[31].id]
        view.show_entries(gone, key="one")
        await settled(pilot, view)
        assert screen_text(view)[1] == "   Question 16?"


async def test_resizes_back_and_forth_do_not_move_the_words() -> None:
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        view = app.transcript
        view.show_entries(long_answers(), key="one")
        await settled(pilot, view)
        view.go_home()
        view.move_lines(432)
        await settled(pilot, view)
        before = screen_text(view)
        for width in (61, 47, 90, 33, 100):
            await resize(pilot, view, width, 24)
        assert screen_text(view) == before


async def test_the_source_and_the_layout_begin_at_the_same_words() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries(long_answers(), key="one")
        await settled(pilot, view)
        view.reading.go_to(31, 22)
        view.show_place()
        await settled(pilot, view)
        before = screen_text(view)
        view.show_source("a15")
        await settled(pilot, view)
        assert set(words(before[0])) & set(words(screen_text(view)[0]))
        view.show_source("a15")
        await settled(pilot, view)
        assert screen_text(view) == before


EVERY_BLOCK = Path(__file__).with_name("every_block.md").read_text()


def long_talk() -> list[Entry]:
    """Return every kind of block, reasoning, a failure and its foot, twice."""
    made: list[Entry] = []
    for number in range(2):
        made += [
            prompt(
                number, "\n".join(f"line {at} " + "of it " * at for at in range(30))
            ),
            answer(
                number,
                EVERY_BLOCK,
                reasoning=EVERY_BLOCK,
                status=Status.FAILED,
                notice="The connection broke off. " * 5,
            ),
        ]
    return [*talk(8)[4:], *made, prompt(9), answer(9, EVERY_BLOCK)]


@pytest.mark.parametrize("seed", range(4))
async def test_resizes_of_any_kind_come_back_to_the_same_lines(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (laid_out_entries, reading):
        monkeypatch.setattr(module, "SLICE", 0.0003)
    chance = random.Random(seed)
    app = Host()
    async with app.run_test(size=(100, 24)) as pilot:
        view = app.transcript
        view.show_entries(long_talk(), key="one")
        view.toggle_all_folds()
        if seed % 2:
            view.toggle_all_folds()
        await settled(pilot, view)
        for _ in range(5):
            view.go_home()
            # Near the end, too: there a higher window shows all that follows.
            total = view.reading.heights.total
            view.move_lines(chance.choice((chance.randrange(total), total - 30)))
            await settled(pilot, view)
            before = screen_text(view)
            for _ in range(4):
                size = chance.randrange(20, 120), chance.randrange(6, 90)
                await pilot.resize_terminal(*size)
                if chance.random() < 0.5:
                    await settled(pilot, view)
            await resize(pilot, view, 100, 24)
            assert screen_text(view) == before


@pytest.mark.parametrize("width", [20, 33, 60, 92])
@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("folded", [False, True])
def test_every_line_is_found_again_by_its_words(
    width: int, *, raw: bool, folded: bool
) -> None:
    entry = answer(1, EVERY_BLOCK, reasoning=EVERY_BLOCK, notice="It broke off.")
    shown = EntryView(entry, Parser(), raw=raw, reasoning_open=True)
    shown.body.set_code_folds({}, long=folded)
    shown.lay_out(Page(width, HIGHLIGHTER), float("inf"))
    lines = range(shown.height)
    assert [shown.line_of(shown.anchor_at(line)) for line in lines] == list(lines)
