"""Cases 64 to 78 and 81: error statuses, in every form that servers give them."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

from tests.faults.wire.answer_cases import hello
from tests.faults.wire.case import KEY, Case, failed
from tests.support.wire_server import Peer, Script, event, respond, respond_json, stream
from tui.domain.failure import FailureKind

CONTEXT = FailureKind.CONTEXT


def refuse(status: int, message: str, kind: str = "x", *headers: str) -> Script:
    error = {"error": {"message": message, "type": kind}}
    return respond_json(status, error, *headers)


def limited(*headers: str, message: str = "Too many requests") -> Script:
    return refuse(429, message, "rate_limit_exceeded", *headers)


async def dated_limit(peer: Peer) -> None:
    await limited(f"Retry-After: {formatdate(time.time() + 2, usegmt=True)}")(peer)


async def echoes_key(peer: Peer) -> None:
    words = f"bad key {KEY} in Bearer {KEY}"
    await refuse(400, words, "x", f"X-Debug: {KEY}")(peer)


async def same_origin(peer: Peer) -> None:
    if peer.request.path.startswith("/v1/"):
        await respond(308, b"", "", "Location: /v2/chat/completions")(peer)
    else:
        await hello()(peer)


def too_long(name: str, status: int, body: Any, says: str = "too long") -> Case:
    text = body if isinstance(body, str) else json.dumps(body)
    return Case(69, name, (respond(status, text),), **failed(CONTEXT, says))


STATUSES = [
    Case(
        64,
        "401",
        (refuse(401, "Invalid authentication credentials", "authentication_error"),),
        **failed(FailureKind.KEY, "API key"),
    ),
    Case(
        65,
        "402",
        (refuse(402, "Insufficient credits"),),
        **failed(FailureKind.CREDIT, "no credit left.*Insufficient credits"),
    ),
    Case(
        65,
        "403, moderation",
        (refuse(403, "Input was flagged by moderation"),),
        **failed(FailureKind.MODERATION, "flagged"),
    ),
    Case(
        65,
        "403, country",
        (refuse(403, "Country not supported"),),
        **failed(FailureKind.REFUSED, "Country not supported"),
    ),
    Case(
        66,
        "404, model",
        (refuse(404, "Model not found.", "model_not_found"),),
        **failed(FailureKind.MODEL, "no model “m-1”.*list of models"),
    ),
    Case(
        67,
        "404, web page",
        (respond(404, "<html><title>Not Found</title></html>", "text/html"),),
        **failed(FailureKind.ADDRESS, "Check base_url"),
    ),
    Case(
        68,
        "422, list of FastAPI",
        (
            respond_json(
                422,
                {
                    "detail": [
                        {"loc": ["body", "messages", 0, "role"], "msg": "bad role"}
                    ]
                },
            ),
        ),
        **failed(FailureKind.REQUEST, r"messages\.0\.role: bad role"),
    ),
    Case(
        68,
        "422, message is an object",
        (
            respond_json(
                422,
                {
                    "object": "error",
                    "message": {"detail": [{"loc": ["body", "n"], "msg": "too big"}]},
                },
            ),
        ),
        **failed(FailureKind.REQUEST, "n: too big"),
    ),
    Case(
        68,
        "400, error is a string",
        (respond_json(400, {"error": "bad thing"}),),
        **failed(FailureKind.REQUEST, "bad thing"),
    ),
    Case(
        68,
        "400, wrapped by a gateway",
        (respond_json(400, {"detail": json.dumps({"error": {"message": "inner"}})}),),
        **failed(FailureKind.REQUEST, "says: “inner”"),
    ),
    Case(
        68,
        "400, empty",
        (respond(400, b""),),
        **failed(FailureKind.REQUEST, "without saying why"),
    ),
    Case(
        68,
        "400 that echoes the key",
        (echoes_key,),
        **failed(FailureKind.REQUEST, r"bad key \*\*\*"),
    ),
    Case(
        68,
        "400 with escape sequences",
        (refuse(400, "a\x1b[31mb\x1b]0;title\x07c\x00d\u202ee"),),
        **failed(FailureKind.REQUEST, "abc␀d"),
    ),
    too_long(
        "context, OpenAI",
        400,
        {
            "error": {
                "message": "This model's maximum context length is 8192 tokens. "
                "However, your messages resulted in 9000 tokens.",
                "code": "context_length_exceeded",
            }
        },
        "9,000 tokens, 8,192 fit",
    ),
    too_long(
        "context, llama.cpp",
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5000,
                "n_ctx": 4096,
            }
        },
        "5,000 tokens, 4,096 fit",
    ),
    too_long(
        "context, vLLM",
        400,
        {
            "object": "error",
            "message": "maximum context length is 4096 tokens. However, you requested "
            "5000 tokens (4000 in the messages, 1000 in the completion)",
        },
        "5,000 tokens, 4,096 fit",
    ),
    too_long(
        "context, Groq",
        400,
        {"error": {"message": "Please reduce the length of the messages"}},
    ),
    too_long("context, 413", 413, {"error": {"message": "Request too large"}}),
    too_long(
        "context, LM Studio",
        400,
        {"error": "The number of tokens is greater than the context length (4096)"},
    ),
    too_long("context, 413 without a body", 413, ""),
    Case(
        70,
        "429, wait in its words",
        (limited(message="Too many concurrent requests. Retry after 0.4s."), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        71,
        "429, Retry-After in seconds",
        (limited("Retry-After: 1"), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        71,
        "429, Retry-After as a date",
        (dated_limit, hello()),
        requests=2,
        retries=1,
    ),
    Case(
        71,
        "429, retry-after-ms",
        (limited("Retry-After-Ms: 200", "Retry-After: 50"), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        71,
        "429, a date in the past",
        (limited("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        71,
        "429, x-ratelimit-reset",
        (limited("x-ratelimit-reset-requests: 250ms"), hello()),
        requests=2,
        retries=1,
    ),
    Case(
        72,
        "429, a long wait",
        (limited("Retry-After: 3600"),),
        **failed(FailureKind.RATE_LIMIT, r"Try again (at|on) .*\d\d:\d\d"),
    ),
    Case(
        73,
        "429, insufficient_quota",
        (refuse(429, "You exceeded your current quota", "insufficient_quota"),),
        **failed(FailureKind.QUOTA, "quota .* used up"),
    ),
    Case(
        73,
        "429, daily quota",
        (limited(message="Daily request quota exceeded."),),
        **failed(FailureKind.QUOTA, "quota .* used up"),
    ),
    Case(
        74,
        "500 JSON, 502 page, then well",
        (refuse(500, "oops"), respond(502, "<html>bad</html>", "text/html"), hello()),
        requests=3,
        retries=2,
    ),
    Case(
        74,
        "503 empty twice, then well",
        (respond(503, b""), respond(503, b""), hello()),
        requests=3,
        retries=2,
    ),
    Case(
        75,
        "503 always",
        (respond(503, b""),),
        requests=3,
        retries=2,
        **failed(FailureKind.SERVER, "HTTP 503.*Tried 3 times"),
    ),
    Case(
        76,
        "524, page",
        (respond(524, "<html><title>a timeout occurred</title></html>", "text/html"),),
        **failed(FailureKind.GATEWAY_TIMEOUT, "gateway .*gave up waiting"),
    ),
    Case(
        76,
        "524, JSON",
        (respond_json(200, {"title": "timeout", "status": 524, "detail": "origin"}),),
        **failed(FailureKind.GATEWAY_TIMEOUT, "gateway .*gave up waiting"),
    ),
    Case(
        77,
        "429 as an event",
        (
            stream(
                event({"error": {"message": "LoRA cache is full"}}),
                status=429,
                headers=["Retry-After: 0.1"],
            ),
        ),
        requests=3,
        retries=2,
        **failed(FailureKind.RATE_LIMIT, "LoRA cache is full"),
    ),
    Case(78, "308, same origin", (same_origin,), requests=2),
    *[
        Case(
            78,
            f"{status}, other origin",
            (respond(status, b"", "", "Location: http://localhost:9/v1/x"),),
            **failed(FailureKind.REDIRECT, "redirects to http://localhost:9/v1/x"),
        )
        for status in (301, 302, 303, 307, 308)
    ],
]
