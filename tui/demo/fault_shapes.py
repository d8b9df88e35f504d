"""Odd but honest shapes of the JSON: a good client shows a whole answer for each."""

from __future__ import annotations

from tui.demo.fault import SPOKEN, Asked, Fault, around, fixed
from tui.demo.fault_events import WHOLE, answer_events, raw_script, some_usage
from tui.demo.pacing import split_tokens
from tui.demo.responses import DONE, EVENTS_TYPE, to_event
from tui.demo.script import (
    OPENING,
    Delta,
    Done,
    Event,
    Finish,
    Head,
    Raw,
    Say,
    Script,
    Think,
    whole_answer,
)


def _usage_in_finish(asked: Asked) -> Script:
    finish = {**asked.envelope.chunk({}, "stop"), "usage": some_usage(asked)}
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
    return raw_script(answer_events(asked))


def _done_only(asked: Asked) -> Script:
    return raw_script([*answer_events(asked)[:-1], DONE])


def _junk_after_done(asked: Asked) -> Script:
    junk = to_event(asked.envelope.chunk({"content": " THIS MUST NOT BE SHOWN"}))
    return raw_script([*answer_events(asked), DONE, junk])


def _separators(asked: Asked) -> Script:
    text = "One\u2028two\u2029three\u0085four\\u000bfive.\n\n" + SPOKEN
    return whole_answer(text.replace("\\u000b", "\x0b"))


def _big_event(asked: Asked) -> Script:
    text = ("This line is one of very many in a single event.\n" * 31_000)[:1_500_000]
    return (OPENING, Delta({"content": text}), Finish(), Done())


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
        "separators",
        "U+2028, U+2029, U+0085 and VT inside the text",
        WHOLE,
        _separators,
    ),
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
)
