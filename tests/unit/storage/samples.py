"""Conversations to test with, and strategies that make hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status, Timing, Usage

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

NASTY = (
    "",
    " ",
    "\n",
    "\r",
    "\r\n",
    "a\r\nb\rc\n\r",
    "\0",
    "\x1b[31mred\x1b]52;c;AAAA\x07",
    '"',
    '""',
    '"""',
    '""""',
    '"""""',
    '""""""',
    '"""""""',
    "'",
    "'''",
    "''''\\",
    "\\",
    "\\\\",
    'ends with \\"',
    '\\"""',
    '""\\"""\n',
    "\\u005B",
    "\\frac{a}{b} 'quoted'",
    "C:\\new\\table\\",
    "[[messages]]",
    "[[messages]]\nrole = 'user'\n[[messages]]",
    "  [[ messages ]] # x\n\t[[\"messages\"]]\n[['messages']]",
    "\\\n[[messages]]\n\\",
    "\n[[messages]]\n",
    "[messages]\n[[messages.tool]]",
    "# no comment",
    "key = 1",
    "\ufeff",
    "\ufeffbom",
    "\u2028\u2029\x85",
    "\x7f\x80\x9f",
    "\u202eevil\u202c\u2066x\u2069",
    "👩‍👩‍👧‍👦 e\u0301 עברית العربية",
    "\U0010ffff\ufffe\uffff\U000e0041",
    "\t\ttabs\t",
    "trailing   \n   \n",
    "a" * 10_000,
    "\n" * 200,
)

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("\"'\\\n\r\t [#]=messages", max_size=40),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)
lines = texts
names = st.text("abcdefghijklmnop_-", min_size=2, max_size=8).map(lambda x: f"x_{x}")
moments = st.one_of(
    st.none(),
    st.datetimes(
        datetime(1, 1, 1),
        datetime(9999, 12, 31),
        timezones=st.just(UTC),
    ),
)
counts = st.one_of(st.none(), st.integers(0, 2**62))
seconds = st.one_of(st.none(), st.floats(0, 1e9, allow_nan=False))
foreign: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        texts,
        st.integers(-(2**63), 2**63),
        st.floats(allow_nan=False),
        st.booleans(),
        moments.filter(lambda moment: moment is not None),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(names, texts), inner, max_size=3),
        st.lists(st.dictionaries(names, inner, max_size=2), min_size=1, max_size=2),
    ),
    max_leaves=6,
)
extras = st.dictionaries(names, foreign, max_size=3)


@st.composite
def messages(draw: st.DrawFn, count: int | None = None) -> tuple[Message, ...]:
    """Messages that form a tree: each below any earlier one, or a root."""
    made: list[Message] = []
    for number in range(count if count is not None else draw(st.integers(0, 4))):
        above = [message.id for message in made]
        parent = draw(st.sampled_from([None, *above, *above[-1:] * 3]))
        usage = Usage(draw(counts), draw(counts), draw(counts), draw(st.booleans()))
        timing = Timing(*(draw(seconds) for _ in range(5)))
        made.append(
            Message(
                id=f"m{number}" + draw(lines),
                role=draw(st.sampled_from(Role)),
                content=draw(texts),
                created=draw(moments),
                parent=parent,
                model=draw(lines),
                status=draw(st.one_of(st.none(), st.sampled_from(Status))),
                reasoning=draw(texts),
                response_id=draw(lines),
                finish_reason=draw(lines),
                usage=None if usage == Usage() else usage,
                timing=None if timing == Timing() else timing,
                error=draw(lines),
                error_detail=draw(texts),
                edited=draw(st.booleans()),
                extra=draw(extras),
            )
        )
    return tuple(made)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Whole conversations, with foreign keys and tables at every level."""
    made = draw(messages())
    ids = [message.id for message in made]
    return Conversation(
        id="c" + draw(lines),
        title="t" + draw(lines),
        created=draw(moments),
        model=draw(lines),
        endpoint=draw(lines),
        system_prompt=draw(texts),
        parameters=draw(extras),
        stream=draw(st.sampled_from([None, True, False])),
        messages=made,
        active=draw(st.sampled_from([None, *ids])),
        pinned=draw(st.booleans()),
        extra=draw(extras),
    )


def prompt(number: int, text: str = "", parent: str | None = None) -> Message:
    """A user's message."""
    return Message(
        id=f"p{number}",
        role=Role.USER,
        content=text or f"Prompt {number}?",
        created=NOON + timedelta(seconds=number),
        parent=parent,
    )


def answer(number: int, text: str = "", parent: str | None = None) -> Message:
    """A model's message."""
    return Message(
        id=f"a{number}",
        role=Role.ASSISTANT,
        content=text or f"Answer {number}.\n\n* with\n* lines",
        created=NOON + timedelta(seconds=number, milliseconds=500),
        parent=parent,
        model="some-model",
        status=Status.COMPLETE,
        response_id=f"chatcmpl-{number}",
        finish_reason="stop",
        usage=Usage(25, 50, 75),
        timing=Timing(0.25, 1.5),
    )


def chat(pairs: int, title: str = "What is swarm inference?") -> Conversation:
    """A conversation of prompts and answers, one after the other."""
    made: list[Message] = []
    above: str | None = None
    for number in range(pairs):
        made.append(prompt(number, parent=above))
        made.append(answer(number, parent=made[-1].id))
        above = made[-1].id
    return Conversation(
        id="conversation-1",
        title=title,
        created=NOON,
        model="some-model",
        system_prompt="You are a helpful assistant.",
        parameters={"temperature": 0.7},
        messages=tuple(made),
    )
