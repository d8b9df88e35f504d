"""Cases 1 to 46: answers in every form that servers give them."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib

import brotli

from tests.faults.wire.case import Case, broken, failed
from tests.support.wire_server import (
    DONE,
    HE,
    HELLO,
    LLO,
    ROLE,
    STOP,
    Peer,
    Script,
    chunk,
    completion,
    delta,
    event,
    frame,
    head,
    raw,
    respond,
    respond_json,
    stream,
)
from tui.domain.failure import FailureKind
from tui.domain.message import Status, Usage

USAGE = {"prompt_tokens": 25, "completion_tokens": 50, "total_tokens": 75}
COUNTS = Usage(25, 50, 75)
HELLO_BYTES = b"".join(HELLO)


def hello(**more: object) -> Script:
    return stream(*HELLO, **more)  # type: ignore[arg-type] # passed on as they are


def one_by_one(body: bytes) -> Script:
    return stream(*[body[i : i + 1] for i in range(len(body))])


def gzipped(body: tuple[bytes, ...]) -> Script:
    packer = zlib.compressobj(wbits=31)
    pieces = [packer.compress(p) + packer.flush(zlib.Z_SYNC_FLUSH) for p in body]
    pieces.append(packer.flush())
    return stream(*pieces, headers=["Content-Encoding: gzip"])


def brotli_packed(body: tuple[bytes, ...]) -> Script:
    packer = brotli.Compressor()
    pieces = [packer.process(piece) + packer.flush() for piece in body]
    pieces.append(packer.finish())
    return stream(*pieces, headers=["Content-Encoding: br"])


async def keep_alive(peer: Peer) -> None:
    await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
    for piece in (b": ping\n\n", b"id: 7\n\n", b"retry: 9\n\n", b"event: ping\n\n"):
        await asyncio.sleep(0.25)
        await peer.send(frame(piece))
    await peer.send(*[frame(piece) for piece in HELLO], b"0\r\n\r\n")


REFUSED_OPTIONS = respond_json(
    422,
    {
        "object": "error",
        "message": {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "stream_options"],
                    "msg": "Extra inputs are not permitted",
                }
            ]
        },
    },
)
REFUSED_TEMPERATURE = respond_json(
    400, {"error": {"message": "Unsupported value: 'temperature' does not support 0.7"}}
)
REFUSED_MAX = respond_json(
    400,
    {
        "error": {
            "message": "Unsupported parameter: 'max_tokens' is not supported with this "
            "model. Use 'max_completion_tokens' instead."
        }
    },
)
BIG = "x" * 1_500_000
TOO_BIG = b"data: " + b"x" * (17 * 2**20)

ANSWERS = [
    Case(
        1,
        "plain",
        (hello(),),
        facts={
            "response_id": "chatcmpl-1",
            "model": "m-1",
            "created": 1760704134,
            "finish_reason": "stop",
        },
    ),
    Case(
        2,
        "standard mode",
        (respond_json(200, completion("Hello")),),
        stream=False,
        facts={"usage": COUNTS, "finish_reason": "stop", "response_id": "chatcmpl-1"},
    ),
    Case(3, "null content", (stream(delta(None), *HELLO),)),
    Case(
        4,
        "choice without delta",
        (
            stream(
                HE, event({"choices": [{"index": 0, "content_filter": {}}]}), LLO, STOP
            ),
        ),
    ),
    Case(
        5,
        "empty choices first",
        (stream(event({"choices": [], "prompt_filter_results": []}), *HELLO),),
    ),
    Case(
        6,
        "usage in a tail chunk",
        (stream(HE, LLO, STOP, event({"choices": [], "usage": USAGE}), DONE),),
        facts={"usage": COUNTS},
    ),
    Case(
        7,
        "usage in the finish chunk",
        (stream(HE, LLO, event(chunk({}, "stop", usage=USAGE)), DONE),),
        facts={"usage": COUNTS},
    ),
    Case(
        7,
        "usage counted up",
        (
            stream(
                event(chunk({"content": "He"}, usage={"completion_tokens": 1})),
                event(chunk({"content": "llo"}, "stop", usage=USAGE)),
                DONE,
            ),
        ),
        facts={"usage": COUNTS},
    ),
    Case(
        8,
        "usage null",
        (stream(event(chunk({"content": "Hello"}, "stop", usage=None)), DONE),),
        facts={"usage": None},
    ),
    Case(9, "stream_options refused", (REFUSED_OPTIONS, hello()), requests=2),
    Case(
        9,
        "sampling parameter refused",
        (REFUSED_TEMPERATURE, hello()),
        requests=2,
        parameters={"temperature": 0.7},
        notice="“temperature”; it is left out",
    ),
    Case(
        9,
        "max_tokens under its other name",
        (REFUSED_MAX, hello()),
        requests=2,
        parameters={"max_tokens": 5},
    ),
    Case(
        10,
        "reasoning_content",
        (stream(delta(None, reasoning_content="Hm"), *HELLO),),
        reasoning="Hm",
    ),
    Case(11, "reasoning", (stream(delta("", reasoning="Hm"), *HELLO),), reasoning="Hm"),
    Case(
        11,
        "reasoning_details",
        (
            stream(
                delta("", reasoning_details=[{"type": "reasoning.text", "text": "Hm"}]),
                *HELLO,
            ),
        ),
        reasoning="Hm",
    ),
    Case(
        12,
        "reasoning in both fields",
        (stream(delta("", reasoning="Hm", reasoning_content="Hm"), *HELLO),),
        reasoning="Hm",
    ),
    Case(
        13,
        "think tags, split",
        (
            stream(
                delta("<th"),
                delta("ink>\nH"),
                delta("m\n</thi"),
                delta("nk>\n\nHe"),
                LLO,
                STOP,
                DONE,
            ),
        ),
        reasoning="Hm",
    ),
    Case(
        14,
        "content parts",
        (
            stream(
                delta(
                    [{"type": "thinking", "thinking": [{"type": "text", "text": "H"}]}]
                ),
                delta([{"type": "thinking", "thinking": "m"}]),
                delta(
                    [{"type": "text", "text": "He"}, {"type": "text", "text": "llo"}]
                ),
                STOP,
                DONE,
            ),
        ),
        reasoning="Hm",
    ),
    Case(
        15,
        "reasoning only",
        (stream(delta("", reasoning="Hm"), STOP, DONE),),
        reasoning="Hm",
        **failed(FailureKind.EMPTY, "empty answer"),
    ),
    Case(
        16,
        "length",
        (stream(delta("Hel"), event(chunk({}, "length")), DONE),),
        text="Hel",
        status=Status.TRUNCATED,
    ),
    Case(
        17,
        "length without output",
        (stream(ROLE, event(chunk({}, "length")), DONE),),
        **failed(FailureKind.CONTEXT, "context is full"),
    ),
    Case(
        18,
        "content filter",
        (stream(HE, event(chunk({}, "content_filter")), DONE),),
        text="He",
        status=Status.FILTERED,
    ),
    Case(
        19,
        "tool calls",
        (
            stream(
                delta(None, tool_calls=[{"index": 0, "function": {"name": "f"}}]),
                event(chunk({}, "tool_calls")),
                DONE,
            ),
        ),
        **failed(FailureKind.TOOL, "tool"),
    ),
    Case(20, "odd finish reason", (stream(HE, delta("llo", "eos"), DONE),)),
    Case(20, "empty finish reason", (stream(HE, delta("llo", ""), DONE),)),
    Case(
        21,
        "finish reason error",
        (stream(HE, event(chunk({}, "error")), DONE),),
        **broken("He", FailureKind.SERVER, "model failed"),
    ),
    Case(22, "no [DONE]", (stream(HE, LLO, STOP),)),
    Case(23, "[DONE] only", (stream(HE, LLO, DONE),)),
    Case(
        24,
        "neither, clean end",
        (raw(head(200), delta("Hel")),),
        **broken("Hel", FailureKind.CUT_OFF, "without finishing"),
    ),
    Case(25, "hangs after finish", (stream(HE, LLO, STOP, end="hang"),)),
    Case(25, "hangs after [DONE]", (stream(*HELLO, end="hang"),)),
    Case(26, "junk after [DONE]", (stream(*HELLO, delta("!"), b"junk\n\n"),)),
    Case(
        27,
        "[DONE] glued",
        (stream(HE, LLO.rstrip() + b"\n" + DONE),),
    ),
    Case(
        27,
        "no blank lines at all",
        (stream(HE.rstrip() + b"\n", LLO.rstrip() + b"\n", STOP.rstrip() + b"\n"),),
    ),
    Case(28, "unterminated tail", (stream(HE, delta("llo", "stop").rstrip()),)),
    Case(29, "CRLF", (stream(HELLO_BYTES.replace(b"\n", b"\r\n")),)),
    Case(29, "CR", (stream(HELLO_BYTES.replace(b"\n", b"\r")),)),
    Case(29, "CRLF, split", (one_by_one(HELLO_BYTES.replace(b"\n", b"\r\n")),)),
    Case(30, "byte order mark", (stream(b"\xef\xbb\xbf" + HE, LLO, STOP, DONE),)),
    Case(
        30,
        "byte order mark, split",
        (stream(b"\xef", b"\xbb", b"\xbf" + HE, LLO, STOP, DONE),),
    ),
    Case(31, "no space after data:", (stream(HELLO_BYTES.replace(b": {", b":{")),)),
    Case(
        31,
        "double data:",
        (stream(HELLO_BYTES.replace(b"data: ", b"data: data: ")),),
    ),
    Case(
        32,
        "JSON over two lines",
        (
            stream(
                b'data: {"choices": [{"delta":\ndata: {"content": "Hello"}}]}\n\n', STOP
            ),
        ),
    ),
    Case(33, "keep-alive", (keep_alive,)),
    Case(
        34,
        "event names",
        (stream(b"event: message\n" + HE, b"event: completion\n" + LLO, STOP, DONE),),
    ),
    Case(
        35,
        "line separators inside JSON",
        (stream(delta("a\u2028b\u2029c\u0085d"), STOP, DONE),),
        text="a\u2028b\u2029c\u0085d",
    ),
    Case(
        35,
        "VT and FF raw inside JSON",
        (stream(delta("a?b!c").replace(b"?", b"\x0b").replace(b"!", b"\x0c"), STOP),),
        text="a\x0bb\x0cc",
    ),
    Case(36, "UTF-8, split", (one_by_one(delta("🦊") + STOP + DONE),), text="🦊"),
    Case(
        36,
        "escaped halves in two events",
        (
            stream(
                b'data: {"choices":[{"delta":{"content":"\\ud83e"}}]}\n\n',
                b'data: {"choices":[{"delta":{"content":"\\udd8a!"}}]}\n\n',
                STOP,
            ),
        ),
        text="🦊!",
    ),
    Case(
        37,
        "bad UTF-8",
        (stream(delta("a?b").replace(b"?", b"\xff"), STOP),),
        text="a\ufffdb",
    ),
    Case(
        38,
        "charset iso-8859-1",
        (
            stream(
                delta("é€"), STOP, content_type="text/event-stream; charset=iso-8859-1"
            ),
        ),
        text="é€",
    ),
    Case(
        38,
        "charset utf-16",
        (stream(delta("é€"), STOP, content_type="text/event-stream; charset=utf-16"),),
        text="é€",
    ),
    *[
        Case(39, f"content type {name or 'missing'}", (hello(content_type=name),))
        for name in ("", "text/plain", "TEXT/Event-Stream", "application/octet-stream")
    ],
    Case(40, "stream ignored", (respond_json(200, completion("Hello")),)),
    Case(
        40,
        "stream ignored, JSON laid out",
        (respond(200, json.dumps(completion("Hello"), indent=2)),),
    ),
    Case(
        41,
        "JSON lines",
        (
            stream(
                *[piece[6:-1] for piece in HELLO[:-1]],
                content_type="application/x-ndjson",
            ),
        ),
    ),
    Case(
        42,
        "blank lines before JSON",
        (stream(b"\n", b"\n\n", json.dumps(completion("Hello")).encode()),),
        stream=False,
    ),
    Case(43, "one broken event", (stream(HE, b"data: {oops\n\n", LLO, STOP, DONE),)),
    Case(
        43,
        "only broken events",
        (stream(b"data: {oops\n\n"),),
        **failed(FailureKind.DECODE, "not understood"),
    ),
    Case(44, "big event", (stream(delta(BIG), STOP, DONE),), text=BIG),
    Case(
        44,
        "event over 16 MB",
        (stream(HE, TOO_BIG),),
        **broken("He", FailureKind.TOO_LARGE, "over 16 MB"),
    ),
    Case(45, "gzip, flushed", (gzipped(HELLO),)),
    Case(45, "brotli, flushed", (brotli_packed(HELLO),)),
    Case(
        45,
        "unknown coding",
        (hello(headers=["Content-Encoding: zstd"]),),
        **failed(FailureKind.DECODE, "could not be decoded"),
    ),
    Case(
        45,
        "gzip, standard mode",
        (
            respond(
                200,
                gzip.compress(json.dumps(completion("Hello")).encode()),
                "application/json",
                "Content-Encoding: gzip",
            ),
        ),
        stream=False,
    ),
    Case(
        46,
        "false gzip",
        (hello(headers=["Content-Encoding: gzip"]),),
        **failed(FailureKind.DECODE, "could not be decoded"),
    ),
]
