from __future__ import annotations

from tui.domain.context_use import LOOKED_AT, context_use
from tui.domain.message import Message, Role, Status, Usage

PROMPT = Message("p", Role.USER, "x" * 40)
ANSWER = Message(
    "a",
    Role.ASSISTANT,
    "Hi",
    parent="p",
    status=Status.COMPLETE,
    usage=Usage(100, 20, 120),
)


def test_an_answer_counts_what_was_sent_for_it_and_itself() -> None:
    assert context_use([PROMPT, ANSWER], "a") == (120, False)


def test_what_was_said_since_is_estimated() -> None:
    failed = Message("f", Role.ASSISTANT, "", parent="q", status=Status.FAILED)
    said = Message("q", Role.USER, "y" * 80, parent="a")
    assert context_use([PROMPT, ANSWER, said, failed], "f") == (140, True)


def test_only_the_path_above_counts() -> None:
    other = Message(
        "b", Role.ASSISTANT, "No", parent="p", usage=Usage(900, 90, 990, estimated=True)
    )
    assert context_use([PROMPT, ANSWER, other], "a") == (120, False)
    assert context_use([PROMPT, ANSWER, other], "b") == (990, True)


def test_nothing_is_told_without_counts() -> None:
    assert context_use([PROMPT], "p") is None
    assert context_use([PROMPT, ANSWER], None) is None
    assert context_use([], "p") is None
    circle = [Message("1", Role.USER, "", parent="2")]
    circle.append(Message("2", Role.USER, "", parent="1"))
    assert context_use(circle, "1") is None


def test_only_the_end_is_looked_at() -> None:
    many = [
        Message(str(n), Role.USER, "", parent=str(n - 1) if n else "a")
        for n in range(LOOKED_AT)
    ]
    assert context_use([ANSWER, *many], str(LOOKED_AT - 1)) is None
    assert context_use([ANSWER, *many[:-1]], str(LOOKED_AT - 2)) == (120, False)
