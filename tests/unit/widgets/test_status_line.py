from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.unit.widgets.stage import Stage, painted
from tui.domain.completion import AttemptStarted, Ended, TextArrived
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status
from tui.domain.phase import Phase
from tui.domain.turn import Turn
from tui.ui.widgets.status_line import StatusLine

WAITING = Turn("chat.toml", "m1", phase=Phase.SENT, started_at=100.0)


def make_line(now: float = 142.0) -> StatusLine:
    return StatusLine(clock=lambda: now)


async def test_the_turn_left_and_the_hints_right() -> None:
    line = make_line()
    async with Stage(line).run_test(size=(60, 3)):
        line.show_turn(WAITING)
        line.show_context(0.12)
        (text,) = painted(line)
        assert text.strip().startswith("waiting 0:42 ")
        assert text.rstrip().endswith("ctx 12% · esc nav · F1 help")
        line.mode = "nav"
        assert painted(line)[0].rstrip().endswith("ctx 12% · i type · F1 help")
        line.show_context(0.004, estimated=True)
        assert "ctx ≈<1% · i type" in painted(line)[0]
        line.show_context(None)
        assert "ctx" not in painted(line)[0]


async def test_a_note_stays_until_it_is_taken_away() -> None:
    line = make_line()
    async with Stage(line).run_test(size=(80, 3)):
        line.show_note("not saved: disk full", "error")
        line.show_turn(WAITING)
        assert "not saved: disk full · waiting 0:42" in painted(line)[0]
        line.show_turn(None)
        assert "not saved: disk full" in painted(line)[0]
        line.show_note("")
        assert "not saved" not in painted(line)[0]


async def test_tells_of_other_answers_without_counting_its_own() -> None:
    line = make_line()
    async with Stage(line).run_test(size=(80, 3)):
        line.show_turn(WAITING, (2, 1))
        assert line.text == "waiting 0:42 · sent · elsewhere: answering 1 · queued 1"
        line.show_turn(WAITING, (1, 0))
        assert line.text == "waiting 0:42 · sent"
        line.show_turn(None, (1, 0))
        assert line.text == "answering 1"
        line.show_turn(replace(WAITING, phase=Phase.QUEUED, place=2), (1, 2))
        assert line.text == "queued 2nd · elsewhere: answering 1 · queued 1"


async def test_ticks_only_while_an_answer_is_on_its_way() -> None:
    line = make_line()
    async with Stage(line).run_test(size=(80, 3)):
        assert not line.ticking
        turn = Turn("chat.toml", "m1")
        line.show_turn(turn)
        assert not line.ticking
        for event in (AttemptStarted(1, 1), TextArrived("x")):
            turn = turn.after(event, 141.0)
            line.show_turn(turn)
            assert line.ticking
        line.show_turn(turn.after(Ended(Status.COMPLETE), 142.0))
        assert not line.ticking


async def test_a_tick_paints_and_never_lays_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = make_line()
    asked: list[bool] = []
    async with Stage(line).run_test(size=(80, 3)):
        refresh = StatusLine.refresh

        def spy(self: StatusLine, *regions: object, **more: bool) -> StatusLine:
            asked.append(bool(more.get("layout")))
            return refresh(self, **more)

        monkeypatch.setattr(StatusLine, "refresh", spy)
        line.show_turn(WAITING)
        line.show_note("note")
        line.mode = "nav"
        line.show_context(0.5)
        line.show_turn(None)
    assert asked
    assert not any(asked)


@pytest.mark.parametrize("width", [1, 2, 5, 10, 20, 39, 80])
@pytest.mark.parametrize("note", ["", "日本語の長い文 " * 9, "[/] \x1b[31m", "x" * 99])
async def test_any_width_stays_inside_and_nothing_foreign_is_raw(
    width: int, note: str
) -> None:
    line = make_line()
    failure = Failure(FailureKind.SERVER, "[@click=app.quit]\x9b oops\u202e" * 9)
    turn = WAITING.after(Ended(Status.FAILED, failure=failure), 140.0)
    async with Stage(line).run_test(size=(width, 3)):
        line.show_note(note, "error")
        line.show_turn(turn, (3, 3))
        (text,) = painted(line)
        assert cell_len(text) == line.size.width
        assert not any(ord(sign) < 32 or sign in "\x9b\u202e" for sign in text)


async def test_help_is_the_last_to_go() -> None:
    line = make_line()
    async with Stage(line).run_test(size=(34, 3)):
        line.show_turn(WAITING, (3, 3))
        assert painted(line)[0].rstrip().endswith("F1 help")
        assert "elsewhere" not in painted(line)[0]


async def test_a_long_sentence_leaves_room_for_the_keys_that_help() -> None:
    line = make_line()
    line.show_hints({"type": ("ctrl+c stop", "esc nav", "F1 help")})
    async with Stage(line).run_test(size=(80, 3)):
        line.show_turn(replace(WAITING, notice="too many requests at once " * 9))
        text = painted(line)[0].rstrip()
        assert text.strip().startswith("waiting 0:42 · sent · too many")
        assert text.endswith("…  ctrl+c stop · esc nav · F1 help")
        line.show_hints({"type": ("esc nav", "F1 help")})
        line.show_context(0.5)
        assert painted(line)[0].rstrip().endswith("…  esc nav · F1 help")
