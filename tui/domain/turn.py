"""One answer as a state machine.

queued → waiting → streaming → ended. The ending's `Status` says how. The turn is a
value: every event of the wire gives a new one, and nothing else changes it. Its text
is not in here, because text grows and a value would have to be copied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.domain.completion import (
    AttemptStarted,
    Ended,
    HeadersReceived,
    NoticeGiven,
    ReasoningArrived,
    RequestSent,
    RetryScheduled,
    SignOfLife,
    StreamEvent,
    TextArrived,
)
from tui.domain.phase import WAITING, Phase

if TYPE_CHECKING:
    from tui.domain.failure import Failure


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer that is being asked for.

    All moments are readings of a monotonic clock, in seconds.

    Attributes:
        file: The conversation's file name.
        message_id: The id the answer has in the transcript and will have on disk.
        model: The model asked.
        phase: Where it stands.
        queued_at: When the user sent the prompt.
        started_at: When the request began, or None while queued.
        sent_at: When the attempt's request was on its way as a whole, or None.
        last_byte_at: When the server last showed life, or None.
        first_byte_at: When the attempt's first byte after the headers came, or None.
        signs: How often the server showed life in this attempt before any token.
        patience: After how many seconds of silence it is given up, or None for never.
        first_token_at: When the first token of text or reasoning came, or None.
        first_text_at: When the first token of text came, or None.
        retry_at: When the next attempt begins, while retrying.
        attempt: Which attempt runs, counted from 1.
        attempts: How many there may be.
        pieces: Deltas of text and reasoning so far, a stand-in for tokens.
        place: The place in the queue while queued, counted from 1.
        failure: Why the last attempt failed, or why the turn ended.
        notice: What the user should know although the answer goes on.
        ended: The ending.
        parent: The id of the message it answers, or "" when not told.
    """

    file: str
    message_id: str
    model: str = ""
    phase: Phase = Phase.QUEUED
    queued_at: float = 0.0
    started_at: float | None = None
    sent_at: float | None = None
    last_byte_at: float | None = None
    first_byte_at: float | None = None
    signs: int = 0
    patience: float | None = None
    first_token_at: float | None = None
    first_text_at: float | None = None
    retry_at: float | None = None
    attempt: int = 1
    attempts: int = 1
    pieces: int = 0
    place: int = 0
    failure: Failure | None = None
    notice: str = ""
    ended: Ended | None = None
    parent: str = ""

    @property
    def waiting(self) -> bool:
        """True between the prompt and the first token."""
        return self.phase in WAITING

    @property
    def silent_since(self) -> float | None:
        """The moment since which nothing has come, or None before it was sent."""
        return self.sent_at if self.last_byte_at is None else self.last_byte_at

    def after(self, event: StreamEvent, now: float) -> Turn:
        """Return the turn after an event of the wire.

        Args:
            event: What happened.
            now: The monotonic clock, in seconds.
        """
        if self.phase is Phase.ENDED:
            return self
        match event:
            case AttemptStarted(attempt=attempt, attempts=attempts):
                return replace(
                    self,
                    phase=Phase.CONNECTING,
                    started_at=now if self.started_at is None else self.started_at,
                    sent_at=None,
                    last_byte_at=None,
                    first_byte_at=None,
                    signs=0,
                    retry_at=None,
                    attempt=attempt,
                    attempts=attempts,
                )
            case RequestSent():
                return replace(self, phase=Phase.SENT, sent_at=now)
            case HeadersReceived():
                return replace(self, phase=Phase.HEADERS, last_byte_at=now)
            case SignOfLife():
                return replace(
                    self,
                    last_byte_at=now,
                    first_byte_at=self.first_byte_at or now,
                    signs=self.signs + (self.first_token_at is None),
                )
            case TextArrived() | ReasoningArrived():
                text = isinstance(event, TextArrived)
                return replace(
                    self,
                    phase=Phase.STREAMING,
                    last_byte_at=now,
                    first_byte_at=self.first_byte_at or now,
                    failure=None,
                    first_token_at=self.first_token_at or now,
                    first_text_at=self.first_text_at or (now if text else None),
                    pieces=self.pieces + 1,
                )
            case RetryScheduled(failure=failure, wait=wait):
                return replace(
                    self, phase=Phase.RETRYING, failure=failure, retry_at=now + wait
                )
            case NoticeGiven(sentence=sentence):
                return replace(self, notice=sentence)
            case Ended():
                return replace(
                    self, phase=Phase.ENDED, ended=event, failure=event.failure
                )

    def stopping(self) -> Turn:
        """Return the turn after the user asked to stop it."""
        if self.phase is Phase.ENDED:
            return self
        return replace(self, phase=Phase.STOPPING)
