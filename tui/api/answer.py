"""One answer as it grows: events from chunks, and the outcome when it is over."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.api.failures import failure_of_error_object
from tui.api.surrogates import SurrogateJoiner
from tui.api.think_tags import ThinkTagSplitter
from tui.api.wire import Chunk, merge_usage, parse_json, read_chunk
from tui.domain.completion import Ended, ReasoningArrived, TextArrived
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status, Usage
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from tui.api.failures import Target

log = logging.getLogger(__name__)

Delta = TextArrived | ReasoningArrived

_TRUNCATED = frozenset({"length", "max_tokens", "max_output_tokens"})
_CONTEXT_FULL = frozenset({"model_context_window_exceeded", "context_length_exceeded"})
_FILTERED = frozenset(
    {"content_filter", "safety", "recitation", "blocklist", "prohibited_content"}
)
_TOOL = frozenset({"tool_calls", "function_call", "tool_use"})
_ERROR = frozenset({"error", "network_error", "server_error"})
_DONE = "[DONE]"
_REPEATED_FIELD = re.compile(r"^(data:\s*)+")


class Answer:
    """Takes the events of one response; knows how the answer ended."""

    def __init__(self, target: Target) -> None:
        """Make an empty answer.

        Args:
            target: What the request was for, to name it in sentences.
        """
        self._target = target
        self._tags = ThinkTagSplitter()
        self._text_halves = SurrogateJoiner()
        self._reasoning_halves = SurrogateJoiner()
        self._error: Failure | None = None
        self._whole = False
        self._tool = False
        self._response_id = ""
        self._model = ""
        self._created: int | None = None
        self._not_understood = ""
        self._understood = 0
        self.has_text = False
        self.has_reasoning = False
        self.done = False
        self.finish_reason = ""
        self.usage: Usage | None = None

    @property
    def has_token(self) -> bool:
        """True once text or reasoning has arrived; it is then never asked again."""
        return self.has_text or self.has_reasoning

    @property
    def finished(self) -> bool:
        """True once the server has said that the answer is over."""
        return bool(self.finish_reason) or self.done

    def take_event(self, name: str, data: str) -> list[Delta]:
        """Return what one server-sent event adds.

        Args:
            name: The event's name, or "".
            data: Its data; empty for keep-alives and comments.
        """
        if self.done:
            return []
        data = _REPEATED_FIELD.sub("", data.strip())
        if not data:
            return []
        if data.startswith(_DONE):
            self.done = True
            return self._flush()
        value = parse_json(data)
        if value is not None:
            return self._take_value(name, value, data)
        found: list[Delta] = []
        if "\n" in data:
            # Some servers forget the blank line between two events.
            for line in data.split("\n"):
                found += self.take_event(name, line)
        elif not self._not_understood:
            self._not_understood = data
            log.warning("an event of %d characters is no JSON", len(data))
        return found

    def _take_value(self, name: str, value: Any, raw: str) -> list[Delta]:
        if isinstance(value, list):
            found: list[Delta] = []
            for item in value:
                found += self._take_value(name, item, raw)
            return found
        chunk = read_chunk(value)
        if chunk is None:
            if name == "error":
                self._set_error(value, raw)
            else:
                self._not_understood = self._not_understood or raw
            return []
        self._understood += 1
        if chunk.error is not None or (name == "error" and not chunk.text):
            self._set_error(chunk.error or value, raw)
        return self._take_chunk(chunk)

    def _set_error(self, value: Any, raw: str) -> None:
        if self._error is None:
            self._error = failure_of_error_object(self._target, value, raw)

    def _take_chunk(self, chunk: Chunk) -> list[Delta]:
        self._whole = chunk.whole and self._understood == 1
        self._tool = self._tool or chunk.tool
        self._response_id = self._response_id or chunk.id
        self._model = self._model or chunk.model
        if self._created is None:
            self._created = chunk.created
        self.usage = merge_usage(self.usage, chunk.usage)
        found = self._deltas(chunk.reasoning, chunk.text)
        if chunk.finish_reason:
            self.finish_reason = chunk.finish_reason
            found += self._flush()
        return found

    def _deltas(self, reasoning: str, content: str) -> list[Delta]:
        found: list[Delta] = []
        tagged, text = self._tags.feed(content) if content else ("", "")
        reasoning = self._reasoning_halves.feed(reasoning + tagged)
        text = self._text_halves.feed(text)
        if reasoning:
            self.has_reasoning = True
            found.append(ReasoningArrived(reasoning))
        if text:
            self.has_text = True
            found.append(TextArrived(text))
        return found

    def _flush(self) -> list[Delta]:
        """Return what was held back: half a tag, half a character."""
        found: list[Delta] = []
        tagged, text = self._tags.flush()
        reasoning = self._reasoning_halves.feed(tagged) + self._reasoning_halves.flush()
        text = self._text_halves.feed(text) + self._text_halves.flush()
        if reasoning:
            self.has_reasoning = True
            found.append(ReasoningArrived(reasoning))
        if text:
            self.has_text = True
            found.append(TextArrived(text))
        return found

    def close(self) -> list[Delta]:
        """Return what was held back when no more events come."""
        return self._flush()

    def outcome(self, broken: Failure | None = None) -> Ended:
        """Return how the answer ended, once nothing more comes.

        A clean end of the bytes proves nothing: complete is what a finish reason, a
        `[DONE]` or a whole JSON answer says to be complete.

        Args:
            broken: Why reading broke off, or None after a clean end.
        """
        status, failure = self._judge(broken)
        redact = self._target.redact
        return Ended(
            status,
            response_id=redact(self._response_id),
            model=redact(self._model),
            created=self._created,
            finish_reason=redact(self.finish_reason),
            usage=self.usage,
            failure=failure,
        )

    def stopped(self) -> Ended:
        """Return the ending after the user stopped it."""
        return replace(self.outcome(), status=Status.STOPPED, failure=None)

    def _judge(self, broken: Failure | None) -> tuple[Status, Failure | None]:
        if self._error is not None:
            return self._broken_status(), self._error
        reason = self.finish_reason.lower()
        if reason in _ERROR:
            return self._broken_status(), self._failure(
                FailureKind.SERVER,
                "reports that the model failed while answering. Try again.",
            )
        # A whole answer in one JSON object needs no word for its ending.
        if not self.finished and not self._whole:
            return self._broken_status(), broken or self._unfinished()
        if reason in _FILTERED:
            return Status.FILTERED, None
        if reason in _CONTEXT_FULL or (reason in _TRUNCATED and not self.has_token):
            if self.has_token:
                return Status.TRUNCATED, None
            return Status.FAILED, Failure(
                FailureKind.CONTEXT,
                "The model's context is full: no room is left for an answer. Start a "
                "new conversation, or raise max_tokens.",
            )
        if reason in _TRUNCATED:
            return Status.TRUNCATED, None
        if self.has_text:
            return Status.COMPLETE, None
        if self._tool or reason in _TOOL:
            return Status.FAILED, Failure(
                FailureKind.TOOL,
                "The model asked for a tool, which is not supported here. Ask again "
                "without tools, or choose another model.",
            )
        return Status.FAILED, self._empty()

    def _broken_status(self) -> Status:
        return Status.INCOMPLETE if self.has_token else Status.FAILED

    def _unfinished(self) -> Failure:
        if self.has_token:
            return self._failure(
                FailureKind.CUT_OFF,
                "ended the answer without finishing it. What had arrived is kept; "
                "continue it or ask again.",
            )
        if self._understood:
            return Failure(
                FailureKind.CONNECTION,
                f"The connection to {self._target.place} was lost before the answer "
                "began. Try again.",
                transient=True,
            )
        if self._not_understood:
            shown = self._target.redact(visible_line(self._not_understood[:2048]))
            return Failure(
                FailureKind.DECODE,
                f"The answer of {self._target.place} was not understood: it is no "
                "chat completion. Check base_url and the model.",
                detail=shown,
                wire=self._target.redact(self._not_understood[: 64 * 1024]),
            )
        return self._empty()

    def _empty(self) -> Failure:
        if self.has_reasoning:
            return self._failure(
                FailureKind.EMPTY,
                "sent an empty answer: the model only reasoned. Ask again, or raise "
                "max_tokens.",
            )
        return self._failure(
            FailureKind.EMPTY, "sent an empty answer. Ask again, or try another model."
        )

    def _failure(self, kind: FailureKind, rest: str) -> Failure:
        return Failure(kind, f"{self._target.place} {rest}")
