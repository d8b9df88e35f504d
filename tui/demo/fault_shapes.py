"""Odd but honest wire formats: a good client shows a whole answer for each."""

from __future__ import annotations

import zlib

from tui.demo import responses
from tui.demo.fault import FIRST_HALF, SECOND_HALF, SPOKEN, Asked, Fault, around, fixed
from tui.demo.pacing import split_tokens
from tui.demo.responses import DONE, EVENTS_TYPE, JSON_TYPE, to_event, to_json
from tui.demo.script import (
    OPENING,
    Delta,
    Done,
    Event,
    Finish,
    Head,
    Raw,
    Respond,
    Say,
    Script,
    Step,
    Think,
    Wait,
    Wire,
    whole_answer,
)

WHOLE = "a whole answer"
FOX = "A fox 🦊 in pieces: 🦊🦊 and a family 👨‍👩‍👧."


def _events(asked: Asked, text: str = SPOKEN) -> list[bytes]:
    """Return a whole answer as events, without `[DONE]`."""
    chunk = asked.envelope.chunk
    return [
        to_event(chunk({"role": "assistant", "content": ""})),
        *(to_event(chunk({"content": token})) for token in split_tokens(text)),
        to_event(chunk({}, "stop")),
    ]


def _raw(events: list[bytes], *headers: tuple[str, str]) -> Script:
    head: tuple[Step, ...] = (Head(headers),) if headers else ()
    return (*head, *(Raw(event) for event in events))


def _usage(asked: Asked) -> dict[str, int]:
    return responses.usage(asked.request.prompt_tokens, len(SPOKEN) // 4)


def _usage_in_finish(asked: Asked) -> Script:
    finish = {**asked.envelope.chunk({}, "stop"), "usage": _usage(asked)}
    return (OPENING, Say(SPOKEN), Event(finish), Raw(DONE))


def _usage_null(asked: Asked) -> Script:
    chunk = asked.envelope.chunk
    events = [
        Event({**chunk({"content": token}), "usage": None})
        for token in split_tokens(SPOKEN)
    ]
    return (OPENING, *events, Event({**chunk({}, "stop"), "usage": None}), Raw(DONE))


def _empty_choices(asked: Asked) -> Script:
    first = {**asked.envelope.tail({}), "prompt_filter_results": []}
    del first["usage"]
    return (Event(first), *whole_answer(SPOKEN))


def _think_tags(asked: Asked) -> Script:
    return (
        OPENING,
        *(Delta({"content": piece}) for piece in ("<th", "ink>", "Let me ", "see.")),
        *(Delta({"content": piece}) for piece in ("</thi", "nk>\n", "\n")),
        Say(SPOKEN),
        Finish(),
        Done(),
    )


def _content_parts(asked: Asked) -> Script:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Well."}]}
    return (
        OPENING,
        Delta({"content": [thinking]}),
        *(
            Delta({"content": [{"type": "text", "text": token}]})
            for token in split_tokens(SPOKEN)
        ),
        Finish(),
        Done(),
    )


def _no_done(asked: Asked) -> Script:
    return _raw(_events(asked))


def _done_only(asked: Asked) -> Script:
    return _raw([*_events(asked)[:-1], DONE])


def _junk_after_done(asked: Asked) -> Script:
    junk = to_event(asked.envelope.chunk({"content": " THIS MUST NOT BE SHOWN"}))
    return _raw([*_events(asked), DONE, junk])


def _done_glued(asked: Asked) -> Script:
    events = _events(asked)
    return _raw([*events[:-1], events[-1][:-1] + b"data: [DONE]\n\n"])


def _unterminated(asked: Asked) -> Script:
    events = _events(asked)
    return _raw([*events[:-1], events[-1].rstrip(b"\n")])


def _line_ends(asked: Asked) -> Script:
    events = [*_events(asked), DONE]
    pieces: list[bytes] = []
    for at, event in enumerate(events):
        data = event.replace(b"\n", b"\r\n" if at % 2 else b"\r")
        pieces += [data[:-1], data[-1:]]
    return _raw(pieces)


def _bom(asked: Asked) -> Script:
    return _raw([b"\xef\xbb", b"\xbf", *_events(asked), DONE])


def _no_space(asked: Asked) -> Script:
    events = [*_events(asked), DONE]
    return _raw(
        [
            event.replace(b"data: ", b"data:" if at % 2 else b"data: data: ", 1)
            for at, event in enumerate(events)
        ]
    )


def _many_lines(asked: Asked) -> Script:
    events = [
        event.replace(b',"object"', b',\ndata: "object"') for event in _events(asked)
    ]
    return _raw([*events, DONE])


def _event_names(asked: Asked) -> Script:
    head = b"event: message\nid: 7\nretry: 3000\n"
    return _raw([b"event: ping\ndata:\n\n", *(head + e for e in _events(asked)), DONE])


def _separators(asked: Asked) -> Script:
    text = "One\u2028two\u2029three\u0085four\\u000bfive.\n\n" + SPOKEN
    return whole_answer(text.replace("\\u000b", "\x0b"))


def _split_characters(asked: Asked) -> Script:
    events = b"".join([*_events(asked, f"{FOX}\n\n{SPOKEN}"), DONE])
    return _raw([events[at : at + 3] for at in range(0, len(events), 3)])


def _bad_utf8(asked: Asked) -> Script:
    bad = to_event(asked.envelope.chunk({"content": "Bad byte: @ \n\n"}))
    events = _events(asked)
    return _raw([events[0], bad.replace(b"@", b"\xff"), *events[1:], DONE])


def _wrong_charset(asked: Asked) -> Script:
    return _raw(
        [*_events(asked, f"Prices in €: é.\n\n{SPOKEN}"), DONE],
        ("Content-Type", "text/event-stream; charset=iso-8859-1"),
    )


def _odd_type(asked: Asked) -> Script:
    odd = ("Content-Type", "application/octet-stream")
    return _raw([*_events(asked), DONE], odd)


def _stream_ignored(asked: Asked) -> Script:
    completion = asked.envelope.completion({"content": SPOKEN}, "stop", _usage(asked))
    return (Respond(200, to_json(completion)),)


def _ndjson(asked: Asked) -> Script:
    lines = [
        event[len(b"data: ") :].replace(b"\n\n", b"\n") for event in _events(asked)
    ]
    return _raw(lines, ("Content-Type", "application/x-ndjson"))


def _blank_lines(asked: Asked) -> Script:
    completion = asked.envelope.completion({"content": SPOKEN}, "stop", _usage(asked))
    blanks = (Raw(b"\n"), Wait(0.2)) * 5
    return (Head((JSON_TYPE,)), *blanks, Raw(to_json(completion)))


def _big_event(asked: Asked) -> Script:
    text = ("This line is one of very many in a single event.\n" * 31_000)[:1_500_000]
    return (OPENING, Delta({"content": text}), Finish(), Done())


def _gzip(asked: Asked) -> Script:
    packer = zlib.compressobj(wbits=31)
    pieces = [
        packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)
        for event in [*_events(asked), DONE]
    ]
    return _raw([*pieces, packer.flush()], EVENTS_TYPE, ("Content-Encoding", "gzip"))


def _old_http(asked: Asked) -> Script:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    return (Wire(head), *(Wire(event) for event in [*_events(asked), DONE]))


def _early_hints(asked: Asked) -> Script:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    events = [Wire(event) for event in [*_events(asked), DONE]]
    return (Wire(early), Wire(head + b"Connection: close\r\n\r\n"), *events)


def _reasoning(*fields: str) -> Script:
    thoughts = "You asked for reasoning. So this is said before the answer."
    return (OPENING, Think(thoughts, fields), Say(SPOKEN), Finish(), Done())


_BROKEN_EVENT = Raw(b'data: {"choices": [{"delta": {"content": "oops\n\n')

SHAPES = (
    Fault(
        "null content",
        "chunks whose `content` is null",
        WHOLE,
        around(Delta({"content": None})),
    ),
    Fault(
        "missing delta",
        "a chunk whose choice has no `delta`",
        WHOLE,
        around(Delta(None)),
        streaming_only=True,
    ),
    Fault(
        "empty choices",
        "a first chunk without choices",
        WHOLE,
        _empty_choices,
        streaming_only=True,
    ),
    Fault(
        "usage in finish",
        "token counts in the finish chunk",
        WHOLE,
        _usage_in_finish,
        streaming_only=True,
    ),
    Fault(
        "usage null",
        "`usage: null` in every chunk",
        f"{WHOLE}, tokens estimated",
        _usage_null,
        streaming_only=True,
    ),
    Fault(
        "reasoning content",
        "reasoning as `reasoning_content`",
        "reasoning, then a whole answer",
        lambda asked: _reasoning("reasoning_content"),
    ),
    Fault(
        "reasoning",
        "reasoning as `reasoning`",
        "reasoning, then a whole answer",
        lambda asked: _reasoning("reasoning"),
    ),
    Fault(
        "reasoning twice",
        "the same reasoning in both fields",
        "reasoning once",
        lambda asked: _reasoning("reasoning", "reasoning_content"),
    ),
    Fault(
        "think tags",
        "reasoning in `<think>` tags, split over chunks",
        "reasoning, then a whole answer",
        _think_tags,
    ),
    Fault(
        "content parts",
        "`content` as a list of parts",
        WHOLE,
        _content_parts,
        streaming_only=True,
    ),
    Fault(
        "odd finish",
        "an unknown finish reason",
        WHOLE,
        fixed(OPENING, Say(SPOKEN), Finish("eos"), Done()),
    ),
    Fault("no done", "no `[DONE]` at the end", WHOLE, _no_done, streaming_only=True),
    Fault(
        "done only",
        "`[DONE]` without a finish reason",
        WHOLE,
        _done_only,
        streaming_only=True,
    ),
    Fault(
        "junk after done",
        "data after `[DONE]`",
        WHOLE,
        _junk_after_done,
        streaming_only=True,
    ),
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
        "separators",
        "U+2028, U+2029, U+0085 and VT inside the text",
        WHOLE,
        _separators,
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
    Fault(
        "garbage",
        "one broken event between good ones",
        WHOLE,
        around(_BROKEN_EVENT),
        streaming_only=True,
    ),
    Fault(
        "garbage only",
        "nothing that can be understood",
        "not understood",
        fixed(Head((EVENTS_TYPE,)), Raw(b"data: \x00\x01 not JSON at all\n\n")),
    ),
    Fault("big event", "an event of 1.5 MB", WHOLE, _big_event),
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
