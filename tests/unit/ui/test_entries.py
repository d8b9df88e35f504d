from __future__ import annotations

from datetime import UTC, date, datetime

from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status, Timing, Usage
from tui.domain.settings import Problem
from tui.domain.turn import Turn
from tui.ui.entries import SYSTEM_ID, EntryMaker, sibling_place
from tui.ui.keys import rows_with
from tui.ui.transcript.entry import EntryKind

MAKER = EntryMaker(lambda: date(2026, 11, 23))


def answer(**fields: object) -> Message:
    return Message("a", Role.ASSISTANT, **{"content": "Hi", **fields})  # type: ignore[arg-type]  # fields by name


def test_a_prompt() -> None:
    entry = MAKER.entry(Message("m", Role.USER, "# not a heading"))
    assert (entry.kind, entry.label, entry.text) == (
        EntryKind.USER,
        "You",
        "# not a heading",
    )
    assert entry.hint == ""


def test_an_answer_carries_what_is_known_of_it() -> None:
    entry = MAKER.entry(
        answer(
            model="swarm\x1b[31m",
            status=Status.COMPLETE,
            usage=Usage(completion_tokens=1812),
            reasoning="hm",
            timing=Timing(reasoning=2.5),
        ),
        (2, 3),
    )
    assert entry.label == "swarm␛[31m"
    assert entry.details == ("2/3", "1,812 tokens")
    assert (entry.reasoning, entry.reasoning_seconds) == ("hm", 2.5)
    assert entry.hint == ""


def test_estimated_tokens_are_marked() -> None:
    entry = MAKER.entry(answer(usage=Usage(completion_tokens=12, estimated=True)))
    assert entry.details == ("≈12 tokens",)


def test_a_failure_says_why_and_what_helps() -> None:
    entry = MAKER.entry(answer(content="", status=Status.FAILED, error="No key."))
    assert (entry.notice, entry.hint) == (
        "No key.",
        "Esc, then r asks again · I inspects",
    )


def test_a_cut_answer_can_be_continued_with_the_users_own_key() -> None:
    maker = EntryMaker(lambda: date(2026, 11, 23), rows_with({"chat.continue": ("w",)}))
    entry = maker.entry(answer(status=Status.STOPPED))
    assert entry.hint == "Esc, then w continues · r asks again"


def test_times_are_short_where_they_can_be() -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).astimezone()
    maker = EntryMaker(now.date)
    assert maker.when(now) == f"{now:%H:%M}"
    assert maker.when(now.replace(month=3)) == f"23 {now.replace(month=3):%b %H:%M}"
    assert maker.when(now.replace(year=2024)) == f"23 {now:%b} 2024"
    assert maker.when(None) == ""


def test_the_head_shows_problems_then_the_system_prompt() -> None:
    conversation = Conversation("c", "t", system_prompt="Be kind.")
    head = MAKER.head(conversation, [Problem("odd", "f.toml", 3)], "newer format")
    assert [entry.text for entry in head] == [
        "f.toml:3: odd",
        "newer format",
        "Be kind.",
    ]
    assert head[-1].id == SYSTEM_ID
    assert MAKER.head(Conversation("c", "t", system_prompt="  ")) == []


def test_siblings_are_counted_among_their_own_role() -> None:
    messages = (
        Message("u", Role.USER, "Q"),
        Message("a1", Role.ASSISTANT, "1", parent="u"),
        Message("a2", Role.ASSISTANT, "2", parent="u"),
    )
    conversation = Conversation("c", "t", messages=messages)
    assert sibling_place(conversation, messages[0]) == (1, 1)
    assert sibling_place(conversation, messages[2]) == (2, 2)
    entries = MAKER.path(conversation, conversation.path)
    assert [entry.details for entry in entries] == [(), ("2/2",)]


def test_a_running_answer() -> None:
    entry = MAKER.streaming(Turn("f", "id", model=""), "so far", "")
    assert (entry.id, entry.text, entry.streaming) == ("id", "so far", True)
    assert entry.label == "Answer"
