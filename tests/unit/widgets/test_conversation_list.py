from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from rich.cells import cell_len

from tests.support.waiting import until
from tests.unit.widgets.stage import NOW, Stage, make_summary, painted
from tui.domain.phase import Phase
from tui.domain.summary import Summary
from tui.services.events import Activity
from tui.ui.widgets.conversation_list import ConversationList

RUST = make_summary("Rust lifetimes", 1)
TAX = make_summary("Tax letter", 2)
TRIP = make_summary("Trip to Norway", 20)
ALL = (RUST, TAX, TRIP)


def make_list() -> ConversationList:
    return ConversationList(clock=lambda: NOW)


def line_with(widget: ConversationList, text: str) -> str:
    found = [line for line in painted(widget) if text in line]
    assert len(found) == 1, painted(widget)
    return found[0]


async def test_paints_title_filter_groups_and_rows() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(28, 12)):
        widget.show_summaries(ALL, NOW)
        lines = [line.rstrip() for line in painted(widget)]
        assert lines[:8] == [
            " Conversations            3",
            " / filter",
            " Today",
            " Rust lifetimes",
            " Tax letter",
            " Yesterday",
            " Trip to Norway",
            "",
        ]
        assert {cell_len(line) for line in painted(widget)} == {widget.size.width}


async def test_says_what_to_do_while_loading_empty_or_without_match() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 10)):
        assert "Loading" in "".join(painted(widget))
        widget.show_summaries([], NOW)
        assert "Type below, then Enter." in "".join(painted(widget))
        widget.show_summaries(ALL, NOW)
        assert widget.filter("nothing like it") == 0
        assert "No title matches." in "".join(painted(widget))
        assert "0 of 3" in painted(widget)[0]


async def test_the_cursor_moves_and_enter_opens() -> None:
    widget = make_list()
    stage = Stage(widget)
    async with stage.run_test(size=(30, 10), message_hook=stage.hear) as pilot:
        widget.show_summaries(ALL, NOW)
        widget.focus()
        await until(lambda: widget.highlighted == RUST.file)
        await pilot.press("down", "j", "down")
        assert widget.highlighted == TRIP.file
        await pilot.press("k", "enter")
        await until(lambda: stage.told(ConversationList.Chosen))
        assert stage.told(ConversationList.Chosen)[0].file == TAX.file


async def test_slash_filters_as_one_types_and_escape_ends_it() -> None:
    widget = make_list()
    stage = Stage(widget)
    async with stage.run_test(size=(30, 10), message_hook=stage.hear) as pilot:
        widget.show_summaries(ALL, NOW)
        widget.focus()
        await pilot.press("slash", *"t")
        assert widget.count == 3
        await pilot.press(*"ri")
        assert widget.count == 1
        assert widget.highlighted == TRIP.file
        assert painted(widget)[1].startswith(" / tri")
        await pilot.press("backspace", "backspace", "backspace", "escape")
        assert not widget.filtering
        assert widget.count == 3
        await pilot.press("slash", *"tax", "enter")
        await until(lambda: stage.told(ConversationList.Chosen))
        assert stage.told(ConversationList.Chosen)[0].file == TAX.file
        assert widget.count == 3


async def test_letters_that_are_keys_elsewhere_go_into_the_filter() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 10)) as pilot:
        widget.show_summaries([*ALL, make_summary("jk gG/", 3)], NOW)
        widget.focus()
        await pilot.press("slash", *"jk gG/")
        assert widget.count == 1
        await pilot.press("up", "down")
        assert widget.filtering


async def test_marks_stand_at_the_right_and_totals_at_the_bottom() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 12)):
        widget.show_summaries([*ALL, make_summary("broken", 3, problem="bad")], NOW)
        widget.put_activity(RUST.file, Activity(phase=Phase.STREAMING))
        widget.put_activity(TAX.file, Activity(unread=2, draft=True))
        widget.put_activity(TRIP.file, Activity(phase=Phase.QUEUED))
        assert line_with(widget, "Rust").rstrip().endswith("●")
        assert line_with(widget, "Tax").rstrip().endswith("2▴ ✎")
        assert line_with(widget, "Trip").rstrip().endswith("…")
        assert line_with(widget, "broken").rstrip().endswith("⚠")
        assert painted(widget)[-1].strip() == "answering 1 · queued 1"
        assert widget.describe(TAX.file) == "2 unread answers · an unsent draft"
        widget.put_activity(RUST.file, Activity())
        assert not line_with(widget, "Rust").rstrip().endswith("●")


async def test_the_open_conversation_has_the_bar() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 12)):
        widget.show_summaries(ALL, NOW)
        widget.mark_shown(TAX.file)
        assert line_with(widget, "Tax").startswith("▌Tax")
        assert widget.highlighted == TAX.file
        widget.mark_shown(None)
        assert line_with(widget, "Tax").startswith(" Tax")


async def test_telling_the_same_open_conversation_again_leaves_the_cursor() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 12)) as pilot:
        widget.show_summaries(ALL, NOW)
        widget.mark_shown(RUST.file)
        widget.focus()
        await pilot.press("down")
        widget.mark_shown(RUST.file)
        assert widget.highlighted == TAX.file


async def test_neighbours_and_the_next_unread() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 12)):
        widget.show_summaries(ALL, NOW)
        assert widget.neighbours(RUST.file, 1) == TAX.file
        assert widget.neighbours(RUST.file, -1) is None
        assert widget.neighbours("unknown", 1) is None
        assert widget.next_unread() is None
        widget.put_activity(RUST.file, Activity(unread=1))
        widget.put_activity(TRIP.file, Activity(unread=1))
        widget.mark_shown(TAX.file)
        assert widget.next_unread() == TRIP.file
        widget.mark_shown(TRIP.file)
        assert widget.next_unread() == RUST.file


async def test_removing_the_row_under_the_cursor_goes_to_a_neighbour() -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(30, 12)):
        widget.show_summaries(ALL, NOW)
        widget.mark_shown(TRIP.file)
        widget.remove_summary(TRIP.file)
        assert widget.highlighted == TAX.file
        assert widget.shown is None
        assert widget.count == 2


HOSTILE = [
    "[/]",
    '[x="y',
    "[@click=app.quit]go[/]",
    "\x1b]52;c;aGk=\x07",
    "a\u202eb\u2066c",
    "two\nlines\tand tab",
    "\ud800 lone",
    "日本語のとても長いタイトルです。もっと長い。",
    "👩‍👩‍👧" * 20,
    "x" * 100_000,
    "e\u0301" * 100,
    " ",
    "",
]


@pytest.mark.parametrize("title", HOSTILE)
async def test_hostile_titles_are_shown_literally_and_keep_the_width(
    title: str,
) -> None:
    widget = make_list()
    async with Stage(widget).run_test(size=(24, 8), notifications=True) as pilot:
        summary = Summary("f.toml", title, NOW)
        widget.show_summaries([summary], NOW)
        widget.put_activity("f.toml", Activity(unread=3))
        widget.focus()
        await pilot.hover(ConversationList, offset=(3, 3))
        lines = painted(widget)
        assert {cell_len(line) for line in lines} == {widget.size.width}
        assert "3▴" in lines[3]
        assert not any(ord(character) < 32 for line in lines for character in line)
        assert "\u202e" not in "".join(lines)


@pytest.mark.parametrize("width", range(1, 12))
async def test_narrow_lists_stay_inside(width: int) -> None:
    widget = make_list()
    widget.styles.width = width
    async with Stage(widget).run_test(size=(30, 8)):
        widget.show_summaries(ALL, NOW)
        widget.put_activity(RUST.file, Activity(unread=30, failed=True, draft=True))
        widget.mark_shown(RUST.file)
        assert {cell_len(line) for line in painted(widget)} == {width}


async def test_the_cursor_stays_on_the_screen_while_it_moves() -> None:
    widget = make_list()
    many = [make_summary(f"chat {at:03}", at) for at in range(200)]
    async with Stage(widget).run_test(size=(30, 12)) as pilot:
        widget.show_summaries(many, NOW)
        widget.focus()
        for key in ("pagedown", "pagedown", "end", "pageup", "home", "down"):
            await pilot.press(key)
            assert widget.highlighted is not None
            title = widget.highlighted.partition("-")[0]
            assert title in "".join(painted(widget)), key
        await pilot.press("home")
        assert painted(widget)[2].strip() == "Today"


async def test_a_change_elsewhere_does_not_pull_the_reader_back() -> None:
    widget = make_list()
    many = [make_summary(f"chat {at:03}", at) for at in range(200)]
    async with Stage(widget).run_test(size=(30, 12)) as pilot:
        widget.show_summaries(many, NOW)
        widget.mark_shown(many[0].file)
        widget.scroll_to(y=100, animate=False)
        await pilot.pause()
        before = painted(widget)[4]
        widget.put_summary(make_summary("chat 199", 199))
        await pilot.pause()
        assert painted(widget)[4] == before


async def test_the_days_move_on_when_the_list_is_looked_at_after_midnight() -> None:
    moment: list[datetime] = [NOW]
    widget = ConversationList(clock=lambda: moment[0])
    async with Stage(widget).run_test(size=(30, 12)):
        widget.show_summaries([RUST], NOW)
        assert painted(widget)[2].strip() == "Today"
        moment[0] = NOW + timedelta(days=1)
        widget.focus()
        await until(lambda: painted(widget)[2].strip() == "Yesterday")


async def test_a_click_opens() -> None:
    widget = make_list()
    stage = Stage(widget)
    async with stage.run_test(size=(30, 12), message_hook=stage.hear) as pilot:
        widget.show_summaries(ALL, NOW)
        await pilot.click(ConversationList, offset=(3, 4))
        await until(lambda: stage.told(ConversationList.Chosen))
        assert stage.told(ConversationList.Chosen)[0].file == TAX.file
