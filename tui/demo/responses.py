"""The JSON that the server sends: lists, completions, chunks and error envelopes.

Source: the vendor's pages on chat completions, models and errors; the shape of the
chunks is the one that the official OpenAI SDK reads.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tui.demo.pacing import INSTANT, Pace

JSON_TYPE = ("Content-Type", "application/json")
EVENTS_TYPE = ("Content-Type", "text/event-stream; charset=utf-8")
DONE = b"data: [DONE]\n\n"
CONTEXT_TOKENS = 262_144


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model of the list.

    Attributes:
        id: Its id.
        paced: False answers at once, whatever the server's pace.
        thinks: True sends reasoning before the answer.
    """

    id: str
    paced: bool = True
    thinks: bool = False

    def pace(self, server_pace: Pace) -> Pace:
        """Return how fast it speaks on a server of that pace."""
        return server_pace if self.paced else INSTANT


MODELS = (
    DemoModel("fortytwo-guide"),
    DemoModel("fortytwo-guide-instant", paced=False),
    DemoModel("fortytwo-guide-thinking", thinks=True),
)


def find_model(model_id: str) -> DemoModel | None:
    """Return the model of that id, or None."""
    return next((model for model in MODELS if model.id == model_id), None)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What all objects of one answer share.

    Attributes:
        model: The model's id.
        id: The completion's id.
        created: Unix timestamp, in seconds.
    """

    model: str
    id: str = field(default_factory=lambda: "chatcmpl-" + secrets.token_hex(12))
    created: int = field(default_factory=lambda: int(time.time()))

    def completion(
        self, message: dict[str, Any], finish_reason: str | None, usage: dict[str, int]
    ) -> dict[str, Any]:
        """Return the whole answer of the standard mode."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", **message},
            "finish_reason": finish_reason,
        }
        return self._object("chat.completion", [choice], usage=usage)

    def chunk(
        self, delta: dict[str, Any] | None, finish_reason: str | None = None
    ) -> dict[str, Any]:
        """Return one chunk with one choice; without a delta when it is None."""
        choice: dict[str, Any] = {"index": 0}
        if delta is not None:
            choice["delta"] = delta
        choice["finish_reason"] = finish_reason
        return self._object("chat.completion.chunk", [choice])

    def tail(self, usage: dict[str, int]) -> dict[str, Any]:
        """Return the usage chunk, which has no choices."""
        return self._object("chat.completion.chunk", [], usage=usage)

    def _object(self, kind: str, choices: list[Any], **more: object) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "choices": choices,
            **more,
        }


def to_json(value: object) -> bytes:
    """Return a value as compact JSON in UTF-8; a lone surrogate becomes `?`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def to_event(value: object) -> bytes:
    """Return a value as one server-sent event."""
    return b"data: " + to_json(value) + b"\n\n"


def usage(prompt_tokens: int, completion_tokens: int) -> dict[str, int]:
    """Return the usage object."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def error_body(message: str, kind: str) -> bytes:
    """Return the vendor's error envelope."""
    return to_json({"error": {"message": message, "type": kind}})


def model_list(created: int, context_tokens: int = CONTEXT_TOKENS) -> dict[str, Any]:
    """Return the answer of `/v1/models`.

    Args:
        created: Unix timestamp of the server's start, in seconds.
        context_tokens: The context window that the list tells.
    """
    return {
        "object": "list",
        "data": [
            {
                "id": model.id,
                "object": "model",
                "created": created,
                "owned_by": "fortytwo-demo",
                "context_length": context_tokens,
            }
            for model in MODELS
        ],
    }
