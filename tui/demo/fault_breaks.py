"""Misbehaviours that break an answer off, or let it wait."""

from __future__ import annotations

from tui.demo.fault import (
    FIRST_HALF,
    SECOND_HALF,
    SPOKEN,
    Asked,
    Fault,
    around,
    broken_by,
    fixed,
)
from tui.demo.script import (
    OPENING,
    Cut,
    Delta,
    Done,
    Event,
    Finish,
    Hang,
    KeepAlive,
    Raw,
    Reset,
    Say,
    Script,
    Think,
    Wait,
    whole_answer,
)

_ERROR = Event(
    {"error": {"message": "The engine lost the node that was answering.", "code": 502}}
)
_FLAT_ERROR = Event(
    {"object": "error", "message": "The engine gave up.", "code": 400, "type": "Bad"}
)


def _slow_start(asked: Asked) -> Script:
    return (Wait(asked.number_or(10)), *whole_answer(SPOKEN))


def _keep_alive(asked: Asked) -> Script:
    return (KeepAlive(asked.number_or(10)), *whole_answer(SPOKEN))


def _pause(asked: Asked) -> Script:
    return around(Wait(asked.number_or(10)))(asked)


BREAKS = (
    Fault(
        "slow start",
        "waits 10 seconds (`slow start 20`: 20) before the first byte",
        "a clock, then a whole answer",
        _slow_start,
        ("slow",),
    ),
    Fault(
        "keep alive",
        "sends only comments for 10 seconds (`keep alive 60`), then answers",
        "a clock and signs of life, then a whole answer",
        _keep_alive,
    ),
    Fault(
        "pause",
        "pauses for 10 seconds (`pause 30`) in the middle",
        "how long it has been silent, then a whole answer",
        _pause,
    ),
    Fault(
        "silent",
        "takes the request and never answers",
        "a clock; you can stop it",
        fixed(Hang()),
        ("hang",),
    ),
    Fault(
        "stall",
        "falls silent in the middle of the answer",
        "the text so far and how long it has been silent",
        broken_by(Hang()),
    ),
    Fault(
        "cut off",
        "closes the connection in the middle of the answer",
        "the text so far, marked as broken off",
        broken_by(Cut()),
        ("cut", "cutoff"),
    ),
    Fault(
        "reset",
        "resets the connection in the middle of the answer",
        "the text so far, marked as broken off",
        broken_by(Reset()),
    ),
    Fault(
        "cut before",
        "closes the connection before any byte of the answer",
        "retries, then why it failed",
        fixed(Cut()),
    ),
    Fault(
        "cut after role",
        "closes the connection after the first, empty chunk",
        "retries, then why it failed",
        fixed(OPENING, Cut()),
    ),
    Fault(
        "ends without finishing",
        "ends the stream cleanly, without finish reason and `[DONE]`",
        "the text so far, marked as broken off",
        broken_by(),
        ("no ending",),
        streaming_only=True,
    ),
    Fault(
        "hang after finish",
        "sends the finish reason, then nothing and does not close",
        "a whole answer within 2 seconds",
        fixed(OPENING, Say(SPOKEN), Finish(), Hang()),
        streaming_only=True,
    ),
    Fault(
        "error first",
        "200, and an error object as the first event",
        "the message",
        fixed(_ERROR, Done()),
    ),
    Fault(
        "error mid-stream",
        "an error object in the middle of the answer",
        "the text so far and the message",
        broken_by(_ERROR, Done()),
        ("error midstream", "error in the middle"),
    ),
    Fault(
        "error flat",
        "an error without an `error` field in the middle of the answer",
        "the text so far and the message",
        broken_by(_FLAT_ERROR, Done()),
    ),
    Fault(
        "error line",
        "an SSE line `error: {…}` in the middle of the answer",
        "the text so far and the message",
        broken_by(
            Raw(b'error: {"code":500,"message":"slot unavailable","type":"server"}\n\n')
        ),
        streaming_only=True,
    ),
    Fault(
        "finish error",
        "finish reason `error` in the middle of the answer",
        "the text so far, marked as broken off",
        broken_by(Finish("error"), Done()),
    ),
    Fault(
        "truncate",
        "finish reason `length` in the middle of the answer",
        "the text so far, marked as cut off at the token limit",
        broken_by(Finish("length"), Done()),
        ("length",),
    ),
    Fault(
        "truncate at once",
        "finish reason `length` without any text",
        "the context is full",
        fixed(OPENING, Finish("length"), Done()),
    ),
    Fault(
        "filter",
        "finish reason `content_filter` in the middle of the answer",
        "the text so far, marked as filtered",
        broken_by(Finish("content_filter"), Done()),
        ("content filter",),
    ),
    Fault(
        "tool calls",
        "finish reason `tool_calls` without text",
        "the model asked for a tool, which is not supported",
        fixed(
            OPENING,
            Delta(
                {
                    "tool_calls": [
                        {
                            "index": 0,
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "search", "arguments": "{}"},
                        }
                    ]
                }
            ),
            Finish("tool_calls"),
            Done(),
        ),
        ("tool",),
    ),
    Fault(
        "nothing",
        "a finished answer without any text",
        "an empty answer",
        fixed(OPENING, Finish(), Done()),
    ),
    Fault(
        "reasoning only",
        "reasoning and no answer",
        "an empty answer; the reasoning is kept",
        fixed(OPENING, Think(FIRST_HALF + SECOND_HALF), Finish(), Done()),
    ),
)
