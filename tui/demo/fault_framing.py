"""Odd but honest bytes around the JSON: line ends, encodings, HTTP itself."""

from __future__ import annotations

import zlib

from tui.demo.fault import FIRST_HALF, SECOND_HALF, SPOKEN, Asked, Fault, fixed
from tui.demo.fault_events import WHOLE, answer_events, raw_script, some_usage
from tui.demo.responses import DONE, EVENTS_TYPE, JSON_TYPE, to_event, to_json
from tui.demo.script import (
    Head,
    Raw,
    Respond,
    Script,
    Wait,
    Wire,
)

FOX = "A fox 🦊 in pieces: 🦊🦊 and a family 👨‍👩‍👧."


def _done_glued(asked: Asked) -> Script:
    events = answer_events(asked)
    return raw_script([*events[:-1], events[-1][:-1] + b"data: [DONE]\n\n"])


def _unterminated(asked: Asked) -> Script:
    events = answer_events(asked)
    return raw_script([*events[:-1], events[-1].rstrip(b"\n")])


def _line_ends(asked: Asked) -> Script:
    events = [*answer_events(asked), DONE]
    pieces: list[bytes] = []
    for at, event in enumerate(events):
        data = event.replace(b"\n", b"\r\n" if at % 2 else b"\r")
        pieces += [data[:-1], data[-1:]]
    return raw_script(pieces)


def _bom(asked: Asked) -> Script:
    return raw_script([b"\xef\xbb", b"\xbf", *answer_events(asked), DONE])


def _no_space(asked: Asked) -> Script:
    events = [*answer_events(asked), DONE]
    return raw_script(
        [
            event.replace(b"data: ", b"data:" if at % 2 else b"data: data: ", 1)
            for at, event in enumerate(events)
        ]
    )


def _many_lines(asked: Asked) -> Script:
    events = [
        event.replace(b',"object"', b',\ndata: "object"')
        for event in answer_events(asked)
    ]
    return raw_script([*events, DONE])


def _event_names(asked: Asked) -> Script:
    head = b"event: message\nid: 7\nretry: 3000\n"
    return raw_script(
        [
            b"event: ping\ndata:\n\n",
            *(head + event for event in answer_events(asked)),
            DONE,
        ]
    )


def _split_characters(asked: Asked) -> Script:
    events = b"".join([*answer_events(asked, f"{FOX}\n\n{SPOKEN}"), DONE])
    return raw_script([events[at : at + 3] for at in range(0, len(events), 3)])


def _bad_utf8(asked: Asked) -> Script:
    bad = to_event(asked.envelope.chunk({"content": "Bad byte: @ \n\n"}))
    events = answer_events(asked)
    return raw_script([events[0], bad.replace(b"@", b"\xff"), *events[1:], DONE])


def _wrong_charset(asked: Asked) -> Script:
    return raw_script(
        [*answer_events(asked, f"Prices in €: é.\n\n{SPOKEN}"), DONE],
        ("Content-Type", "text/event-stream; charset=iso-8859-1"),
    )


def _odd_type(asked: Asked) -> Script:
    odd = ("Content-Type", "application/octet-stream")
    return raw_script([*answer_events(asked), DONE], odd)


def _stream_ignored(asked: Asked) -> Script:
    completion = asked.envelope.completion(
        {"content": SPOKEN}, "stop", some_usage(asked)
    )
    return (Respond(200, to_json(completion)),)


def _ndjson(asked: Asked) -> Script:
    lines = [
        event[len(b"data: ") :].replace(b"\n\n", b"\n")
        for event in answer_events(asked)
    ]
    return raw_script(lines, ("Content-Type", "application/x-ndjson"))


def _blank_lines(asked: Asked) -> Script:
    completion = asked.envelope.completion(
        {"content": SPOKEN}, "stop", some_usage(asked)
    )
    blanks = (Raw(b"\n"), Wait(0.2)) * 5
    return (Head((JSON_TYPE,)), *blanks, Raw(to_json(completion)))


def _gzip(asked: Asked) -> Script:
    packer = zlib.compressobj(wbits=31)
    pieces = [
        packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)
        for event in [*answer_events(asked), DONE]
    ]
    return raw_script(
        [*pieces, packer.flush()], EVENTS_TYPE, ("Content-Encoding", "gzip")
    )


def _old_http(asked: Asked) -> Script:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    return (Wire(head), *(Wire(event) for event in [*answer_events(asked), DONE]))


def _early_hints(asked: Asked) -> Script:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    events = [Wire(event) for event in [*answer_events(asked), DONE]]
    return (Wire(early), Wire(head + b"Connection: close\r\n\r\n"), *events)


FRAMING = (
    Fault(
        "done glued",
        "`[DONE]` in the last event",
        WHOLE,
        _done_glued,
        streaming_only=True,
    ),
    Fault(
        "unterminated",
        "the last line has no line end",
        WHOLE,
        _unterminated,
        streaming_only=True,
    ),
    Fault(
        "line ends",
        "CR and CR LF, split between chunks",
        WHOLE,
        _line_ends,
        streaming_only=True,
    ),
    Fault("bom", "a byte order mark first", WHOLE, _bom, streaming_only=True),
    Fault(
        "no space",
        "`data:` without a blank, or twice",
        WHOLE,
        _no_space,
        streaming_only=True,
    ),
    Fault(
        "many lines",
        "events of several `data:` lines",
        WHOLE,
        _many_lines,
        streaming_only=True,
    ),
    Fault(
        "event names",
        "events with names, ids and pings",
        WHOLE,
        _event_names,
        streaming_only=True,
    ),
    Fault(
        "split characters",
        "characters cut between chunks",
        WHOLE,
        _split_characters,
        streaming_only=True,
    ),
    Fault(
        "bad utf-8",
        "a byte that is no UTF-8",
        f"{WHOLE} with one U+FFFD",
        _bad_utf8,
        streaming_only=True,
    ),
    Fault(
        "wrong charset",
        "a header with the wrong charset",
        WHOLE,
        _wrong_charset,
        streaming_only=True,
    ),
    Fault(
        "odd content type",
        "an event stream called something else",
        WHOLE,
        _odd_type,
        streaming_only=True,
    ),
    Fault(
        "stream ignored",
        "one JSON body although a stream was asked for",
        WHOLE,
        _stream_ignored,
    ),
    Fault(
        "ndjson",
        "bare JSON lines instead of events",
        WHOLE,
        _ndjson,
        streaming_only=True,
    ),
    Fault("blank lines", "blank lines, then one JSON body", WHOLE, _blank_lines),
    Fault("gzip", "a compressed stream", WHOLE, _gzip, streaming_only=True),
    Fault(
        "bogus gzip",
        "says gzip, but is not compressed",
        "can't be decoded",
        fixed(
            Head((EVENTS_TYPE, ("Content-Encoding", "gzip"))),
            Raw((FIRST_HALF + SECOND_HALF).encode()),
        ),
    ),
    Fault(
        "old http", "HTTP/1.0, ended by closing", WHOLE, _old_http, streaming_only=True
    ),
    Fault(
        "early hints", "103 before the answer", WHOLE, _early_hints, streaming_only=True
    ),
)
