from __future__ import annotations

from dataclasses import replace

from tui.domain.message import Message, Role
from tui.domain.phase import Phase
from tui.domain.turn import Turn
from tui.services.events import AnswerEnded, AnswerGrew, TurnChanged
from tui.ui.live_answers import LiveAnswers

TURN = Turn("f.toml", "id", phase=Phase.STREAMING)


def test_pieces_are_collected_until_the_end() -> None:
    live = LiveAnswers()
    live.take(TurnChanged(TURN))
    live.take(AnswerGrew("f.toml", "id", "a", ""))
    live.take(AnswerGrew("f.toml", "id", "b", "thought"))
    assert live.of_file("f.toml") == TURN
    assert live.so_far("id") == ("ab", "thought")
    live.take(AnswerEnded(TURN, Message("id", Role.ASSISTANT, "ab")))
    assert live.of_file("f.toml") is None
    assert live.so_far("id") == ("", "")


def test_totals_count_running_and_queued() -> None:
    live = LiveAnswers()
    live.take(TurnChanged(TURN))
    live.take(TurnChanged(Turn("g.toml", "other", phase=Phase.QUEUED)))
    assert live.totals() == (1, 1)


def test_a_turn_that_has_ended_is_not_brought_back() -> None:
    live = LiveAnswers()
    live.take(TurnChanged(replace(TURN, phase=Phase.ENDED)))
    assert live.of_file("f.toml") is None
