"""Cases 47 to 63 and 79: errors inside answers, and connections that break."""

from __future__ import annotations

import asyncio
import json

from tests.faults.wire.answer_cases import hello
from tests.faults.wire.case import Case, broken, failed
from tests.support.wire_server import (
    DONE,
    HE,
    HELLO,
    ROLE,
    Peer,
    chunk,
    event,
    head,
    raw,
    respond,
    respond_json,
    stream,
)
from tui.domain.failure import FailureKind

QUOTA = {"error": {"message": "You exceeded your current quota", "code": "x"}}
PAGE = "<!doctype html><html><title>Hotel &amp; Wi-Fi</title><p>Log in</p></html>"


async def nothing_at_all(peer: Peer) -> None:
    peer.close()


async def torn_at_once(peer: Peer) -> None:
    peer.reset()


async def silent(peer: Peer) -> None:
    await peer.gone()


async def closed_tls_alert(peer: Peer) -> None:
    await peer.send(b"\x15\x03\x01\x00\x02\x02\x46")
    await asyncio.sleep(0.01)
    peer.close()


BREAKS = [
    Case(
        47,
        "error as first event",
        (stream(event(QUOTA)),),
        **failed(FailureKind.QUOTA, "quota"),
    ),
    Case(
        47,
        "passing error as first event",
        (
            stream(event({"error": {"message": "Overloaded", "code": 503}})),
            hello(),
        ),
        requests=2,
        retries=1,
    ),
    Case(
        48,
        "error in the middle",
        (stream(HE, event({"error": {"message": "node lost"}}), DONE),),
        **broken("He", FailureKind.SERVER, "node lost"),
    ),
    Case(
        48,
        "error inside a choice",
        (
            stream(
                HE,
                event(
                    {
                        "choices": [
                            {
                                "delta": {"content": ""},
                                "finish_reason": "error",
                                "error": {"code": 502, "message": "upstream gone"},
                            }
                        ]
                    }
                ),
            ),
        ),
        **broken("He", FailureKind.SERVER, "upstream gone"),
    ),
    Case(
        49,
        "error object of vLLM",
        (stream(HE, event({"object": "error", "message": "x y", "code": 400}), DONE),),
        **broken("He", FailureKind.REQUEST, "x y"),
    ),
    Case(
        50,
        "error as a field",
        (stream(HE, b'error: {"code": 500, "message": "slot failed"}\n\n'),),
        **broken("He", FailureKind.SERVER, "slot failed"),
    ),
    Case(
        50,
        "error as a named event",
        (stream(HE, b'event: error\ndata: {"message": "slot failed"}\n\n'),),
        **broken("He", FailureKind.SERVER, "slot failed"),
    ),
    Case(
        51,
        "200 with an error",
        (respond_json(200, {"error": {"message": "No credits", "code": 402}}),),
        **failed(FailureKind.CREDIT, "No credits"),
    ),
    Case(
        52,
        "200 with a web page",
        (respond(200, PAGE, "text/html"),),
        **failed(FailureKind.NOT_AN_API, "not an API: .*HTML page .*Hotel & Wi-Fi"),
    ),
    Case(53, "200, empty", (respond(200, b""),), **failed(FailureKind.EMPTY, "empty")),
    Case(53, "204", (raw(head(204, "")),), **failed(FailureKind.EMPTY, "empty")),
    Case(
        54,
        "cut inside a chunk",
        (stream(HE, end="cut"),),
        **broken("He", FailureKind.CONNECTION, "was lost.* kept"),
    ),
    Case(
        54,
        "shorter than its length",
        (raw(head(200, "text/event-stream", "Content-Length: 9999"), HE),),
        **broken("He", FailureKind.CONNECTION, "was lost"),
    ),
    Case(
        55,
        "reset in the middle",
        (stream(HE, end="reset"),),
        **broken("He", FailureKind.CONNECTION, "was lost"),
    ),
    Case(
        56,
        "closed before any byte",
        (nothing_at_all,),
        requests=3,
        retries=2,
        **failed(FailureKind.CONNECTION, "was lost.*Tried 3 times"),
    ),
    Case(
        56,
        "reset before any byte, then well",
        (torn_at_once, hello()),
        requests=2,
        retries=1,
    ),
    Case(
        57,
        "cut after the role",
        (stream(ROLE, end="cut"),),
        requests=3,
        retries=2,
        **failed(FailureKind.CONNECTION, "was lost"),
    ),
    Case(
        57,
        "clean end after the role",
        (raw(head(200), ROLE), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        58,
        "silent",
        (silent,),
        endpoint={"timeout": 0.3},
        **failed(FailureKind.SILENCE, r"No answer from .* for 0\.3 s"),
    ),
    Case(
        58,
        "silent after the head",
        (stream(end="hang"),),
        endpoint={"timeout": 0.3},
        **failed(FailureKind.SILENCE, r"No answer from .* for 0\.3 s"),
    ),
    Case(
        59,
        "stalls",
        (stream(HE, end="hang"),),
        endpoint={"timeout": 0.3},
        **broken("He", FailureKind.SILENCE, r"stalled for 0\.3 s"),
    ),
    Case(
        63,
        "https server asked in http",
        (closed_tls_alert,),
        **failed(FailureKind.ADDRESS, "https only"),
    ),
    Case(
        63,
        "https server that explains it",
        (
            respond(
                400, "<center>The plain HTTP request was sent to HTTPS port</center>"
            ),
        ),
        **failed(FailureKind.ADDRESS, "speaks https"),
    ),
    Case(
        63,
        "not HTTP at all",
        (raw(b"220 mail.example ready\r\n\r\n"),),
        **failed(FailureKind.NOT_AN_API, "does not answer in HTTP"),
    ),
    Case(79, "HTTP/1.0", (raw(head(200, version="1.0"), *HELLO),)),
    Case(
        79,
        "103 first",
        (
            raw(
                b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                + head(200, "application/json"),
                json.dumps(
                    chunk({}, "stop") | {"choices": [{"message": {"content": "Hello"}}]}
                ).encode(),
            ),
        ),
    ),
]
