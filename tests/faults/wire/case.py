"""One case of the wire: what a server does, and what its user is owed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from tests.support.wire_server import WireServer
from tui.api.client import ChatClient
from tui.domain.completion import (
    AttemptStarted,
    CompletionRequest,
    Ended,
    NoticeGiven,
    ReasoningArrived,
    RetryScheduled,
    SignOfLife,
    TextArrived,
)
from tui.domain.message import Role, Status
from tui.domain.settings import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.wire_server import Script
    from tui.api.exchange import Exchange
    from tui.domain.completion import StreamEvent
    from tui.domain.failure import FailureKind

KEY = "fortytwo-a-very-secret-key"

Event = TypeVar("Event")


@dataclass(frozen=True)
class Case:
    """What a server does and what comes of it.

    Attributes:
        number: The case's number.
        name: What the server does, in a few words.
        scripts: Its answers, one for each request; the last one is repeated.
        text: The text that must be kept.
        status: How the answer ends.
        kind: The failure's kind, or None when there must be none.
        says: A pattern that the failure's sentence must hold.
        reasoning: The reasoning that must be kept.
        requests: How many requests the server must see.
        retries: How many of them must have been announced as retries.
        stream: False asks in standard mode.
        endpoint: Further settings of the endpoint.
        parameters: Further fields of the request.
        notice: A pattern that a notice must hold, or "".
        facts: Further attributes of the ending.
    """

    number: int
    name: str
    scripts: tuple[Script, ...]
    text: str = "Hello"
    status: Status = Status.COMPLETE
    kind: FailureKind | None = None
    says: str = ""
    reasoning: str = ""
    requests: int = 1
    retries: int = 0
    stream: bool = True
    endpoint: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.number:02d} {self.name}"


def failed(kind: FailureKind, says: str = "", **more: Any) -> dict[str, Any]:
    """Return what a case without any text expects."""
    return {"text": "", "status": Status.FAILED, "kind": kind, "says": says, **more}


def broken(text: str, kind: FailureKind, says: str = "", **more: Any) -> dict[str, Any]:
    """Return what a case with text that broke off expects."""
    return {
        "text": text,
        "status": Status.INCOMPLETE,
        "kind": kind,
        "says": says,
        **more,
    }


@dataclass
class Played:
    """What a case came to."""

    text: str = ""
    reasoning: str = ""
    events: list[StreamEvent] = field(default_factory=list)

    @property
    def ended(self) -> Ended:
        last = self.events[-1]
        assert isinstance(last, Ended)
        return last

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


async def collect(exchange: Exchange) -> Played:
    """Read an exchange to its end."""
    events = [event async for event in exchange]
    played = Played(
        "".join(event.text for event in events if isinstance(event, TextArrived)),
        "".join(event.text for event in events if isinstance(event, ReasoningArrived)),
        events,
    )
    assert len(played.of(Ended)) == 1
    return played


def ask(text: str = "Say hello.", **more: Any) -> CompletionRequest:
    """Return a request with one message of the user."""
    return CompletionRequest("m-1", ((Role.USER, text),), **more)


async def play(case: Case) -> tuple[Played, WireServer]:
    """Play a case against a real server; returns what came of it."""
    async with WireServer(*case.scripts) as server:
        settings = {"name": "wire", "base_url": server.base_url, **case.endpoint}
        client = ChatClient(Endpoint(**settings), KEY)
        try:
            request = ask(stream=case.stream, parameters=case.parameters)
            exchange = client.start(request)
            played = await collect(exchange)
            check_secrets(exchange)
        finally:
            await client.aclose()
    return played, server


def check_secrets(exchange: Exchange) -> None:
    """Check that nothing the inspector shows holds the key."""
    record = exchange.record
    shown = [record.raw, record.request_json, record.as_curl(), repr(vars(record))]
    assert not [text for text in shown if KEY in text]


def check(case: Case, played: Played, server: WireServer) -> None:
    """Check what came of a case against what its user is owed."""
    ended, failure = played.ended, played.ended.failure
    told = (ended.status, failure.kind if failure else None, played.text)
    assert told == (case.status, case.kind, case.text), failure
    assert played.reasoning == case.reasoning
    assert len(server.requests) == case.requests
    assert len(played.of(RetryScheduled)) == case.retries
    assert len(played.of(AttemptStarted)) == case.retries + 1
    if failure is not None:
        check_sentence(failure.sentence)
        assert re.search(case.says, failure.sentence), failure.sentence
        assert KEY not in repr(failure)
        assert len(failure.detail) <= 2048
    notices = " ".join(notice.sentence for notice in played.of(NoticeGiven))
    assert re.search(case.notice, notices) if case.notice else not notices
    for name, value in case.facts.items():
        assert getattr(ended, name) == value, name


def check_sentence(sentence: str) -> None:
    """Check what holds for every sentence a user reads."""
    assert sentence.isprintable()
    assert sentence.endswith((".", "?"))
    # Two lines of the transcript in a window of 120 columns.
    assert len(sentence) <= 156, (len(sentence), sentence)
    assert KEY not in sentence
    for word in ("Traceback", "Error(", "errno", "httpx", "NoneType"):
        assert word not in sentence


def alive_marks(played: Played) -> int:
    """Return how often the server showed life without text."""
    return len(played.of(SignOfLife))
