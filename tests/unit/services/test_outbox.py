from __future__ import annotations

from dataclasses import replace

from tui.domain.message import Message, Role
from tui.domain.phase import Phase
from tui.domain.turn import Turn
from tui.services.events import (
    AnswerEnded,
    AnswerGrew,
    Event,
    NoticeGiven,
    TurnChanged,
)
from tui.services.outbox import Outbox

TURN = Turn("f.toml", "m")


def put(*events: Event) -> list[Event]:
    outbox = Outbox()
    for event in events:
        outbox.put(event)
    return outbox.take()


def test_deltas_of_one_answer_are_merged_also_between_others() -> None:
    taken = put(
        AnswerGrew("f", "m", text="a"),
        AnswerGrew("g", "n", text="x"),
        AnswerGrew("f", "m", text="b"),
        AnswerGrew("f", "m", reasoning="r"),
    )
    assert taken == [AnswerGrew("f", "m", "ab", "r"), AnswerGrew("g", "n", "x")]


def test_only_the_newest_state_of_a_turn_is_kept() -> None:
    later = replace(TURN, phase=Phase.SENT)
    assert put(TurnChanged(TURN), TurnChanged(later)) == [TurnChanged(later)]


def test_endings_and_notices_always_arrive_in_order() -> None:
    ending = AnswerEnded(TURN, Message("m", Role.ASSISTANT, "ab"))
    events: list[Event] = [
        AnswerGrew("f", "m", text="a"),
        NoticeGiven("one"),
        ending,
        NoticeGiven("one"),
        TurnChanged(TURN),
    ]
    assert put(*events) == events


def test_who_listens_is_woken_once_until_the_events_are_taken() -> None:
    woken: list[None] = []
    outbox = Outbox()
    outbox.connect(lambda: woken.append(None))
    outbox.put(NoticeGiven("one"))
    outbox.put(NoticeGiven("two"))
    assert len(woken) == 1
    outbox.take()
    outbox.put(NoticeGiven("three"))
    assert len(woken) == 2


def test_events_put_before_anybody_listens_are_told() -> None:
    outbox = Outbox()
    outbox.put(NoticeGiven("early"))
    woken: list[None] = []
    outbox.connect(lambda: woken.append(None))
    assert woken
    assert outbox.take() == [NoticeGiven("early")]
    assert outbox.take() == []
