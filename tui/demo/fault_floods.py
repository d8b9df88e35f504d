"""Misbehaviours without measure: too much, too long, too fast. All have an end."""

from __future__ import annotations

import zlib

from tui.demo.fault import FIRST_HALF, SPOKEN, Asked, Fault
from tui.demo.pacing import INSTANT
from tui.demo.responses import EVENTS_TYPE, to_event
from tui.demo.script import (
    OPENING,
    Delta,
    Done,
    Finish,
    Head,
    Raw,
    Say,
    Script,
    Step,
    Wire,
)

MEGABYTE = 1024 * 1024
BLOCK = b"x" * MEGABYTE
MOST_MEGABYTES = 256


def _flood(asked: Asked) -> Script:
    tokens = int(min(asked.number_or(100_000), 1_000_000))
    text = "".join(
        f"word{at}{chr(10) if at % 12 == 11 else ' '}" for at in range(tokens)
    )
    return (OPENING, Say(text, INSTANT), Finish(), Done())


def _endless_line(asked: Asked) -> Script:
    blocks = (Raw(BLOCK),) * MOST_MEGABYTES
    return (OPENING, Say(FIRST_HALF), Raw(b"data: "), *blocks)


def _endless_comments(asked: Asked) -> Script:
    comments = b": nothing to say yet\n\n" * 40_000
    return (OPENING, Say(FIRST_HALF), *((Raw(comments),) * MOST_MEGABYTES))


def _endless_events(asked: Asked) -> Script:
    event = to_event(asked.envelope.chunk({"content": "more and more and more. "}))
    blocks: tuple[Step, ...] = (Raw(event * 4096),) * MOST_MEGABYTES
    return (OPENING, Say(FIRST_HALF), *blocks)


def _endless_headers(asked: Asked) -> Script:
    line = b"X-Padding: " + b"y" * 1000 + b"\r\n"
    return (Wire(b"HTTP/1.1 200 OK\r\n"), *((Wire(line * 64),) * 1024))


def _endless_error(asked: Asked) -> Script:
    kind = ("Content-Type", "text/plain")
    return (Head((kind,), 500), *((Raw(BLOCK),) * MOST_MEGABYTES))


def _gzip_bomb(asked: Asked) -> Script:
    # A full flush makes a piece that may follow itself any number of times.
    packer = zlib.compressobj(wbits=31)
    event = to_event(asked.envelope.chunk({"content": SPOKEN}))
    first = packer.compress(event) + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(b"\n" * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    head = Head((EVENTS_TYPE, ("Content-Encoding", "gzip")))
    return (head, Raw(first), *((Raw(megabyte * 64),) * 16))


def _too_big_event(asked: Asked) -> Script:
    return (OPENING, Say(FIRST_HALF), Delta({"content": "x" * (17 * MEGABYTE)}))


_STOPS = "ends by itself within 10 seconds, the text so far kept"

FLOODS = (
    Fault(
        "flood",
        "100,000 words (`flood 5000`) as fast as they go",
        "a whole answer; typing stays quick",
        _flood,
    ),
    Fault("too big event", "an event of 17 MB", _STOPS, _too_big_event),
    Fault(
        "endless line",
        "a line that does not end",
        _STOPS,
        _endless_line,
        streaming_only=True,
    ),
    Fault(
        "endless comments",
        "nothing but comments, very many",
        _STOPS,
        _endless_comments,
        streaming_only=True,
    ),
    Fault(
        "endless events",
        "hundreds of megabytes of text",
        _STOPS,
        _endless_events,
        streaming_only=True,
    ),
    Fault(
        "endless headers",
        "response headers that do not end",
        "ends by itself within 10 seconds",
        _endless_headers,
    ),
    Fault(
        "endless error",
        "status 500 with a body that does not end",
        "ends by itself within 10 seconds",
        _endless_error,
        streaming_only=True,
    ),
    Fault(
        "gzip bomb",
        "a small stream that unpacks to a gigabyte",
        _STOPS,
        _gzip_bomb,
        streaming_only=True,
    ),
)
