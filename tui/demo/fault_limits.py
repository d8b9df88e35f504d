"""Limits that are reached: requests at once, quotas, the length of a conversation."""

from __future__ import annotations

import time
from email.utils import formatdate

from tui.demo.chat_request import RefusedRequestError
from tui.demo.fault import Asked, Fault, fixed, refuse_with
from tui.demo.responses import EVENTS_TYPE, JSON_TYPE, error_body, to_event
from tui.demo.script import Head, Raw, Respond, Script


def too_many_requests(seconds: float) -> RefusedRequestError:
    """Return the vendor's refusal of one request too many.

    Args:
        seconds: How long to wait, told in the text and in `Retry-After`.
    """
    return RefusedRequestError(
        429,
        "rate_limit_exceeded",
        f"Too many concurrent requests. Retry after {seconds:g}s.",
        (("Retry-After", f"{seconds:g}"),),
    )


def context_refusal(prompt_tokens: int, context_tokens: int) -> RefusedRequestError:
    """Return the refusal of a conversation that is too long."""
    return RefusedRequestError(
        400,
        "invalid_request_error",
        f"This model's maximum context length is {context_tokens} tokens. However, "
        f"your messages resulted in {prompt_tokens} tokens. Please reduce the length "
        "of the messages.",
    )


def respond_refusal(refusal: RefusedRequestError) -> Respond:
    """Return the step that answers with a refusal's envelope."""
    body = error_body(refusal.message, refusal.type)
    return Respond(refusal.status, body, (JSON_TYPE, *refusal.headers))


def _rate_limit_date(asked: Asked) -> Script:
    at = formatdate(time.time() + asked.number_or(2), usegmt=True)
    body = error_body("Rate limit reached.", "rate_limit_exceeded")
    return (Respond(429, body, (JSON_TYPE, ("Retry-After", at))),)


def _rate_limit_long(asked: Asked) -> Script:
    return (respond_refusal(too_many_requests(asked.number_or(3600))),)


def _rate_limit_text(asked: Asked) -> Script:
    refusal = too_many_requests(asked.number_or(2))
    body = error_body(refusal.message, refusal.type)
    return (Respond(429, body, (JSON_TYPE,)),)


_QUOTA = error_body(
    "You exceeded your current quota, please check your plan and billing details.",
    "insufficient_quota",
)
_LIMITED = error_body("Rate limit reached.", "rate_limit_exceeded")

LIMITS = (
    Fault(
        "rate limit text",
        "429; the wait is only in the text, as the vendor does it",
        "a countdown, then another try",
        _rate_limit_text,
        ("rate limit",),
    ),
    Fault(
        "rate limit date",
        "429 with `Retry-After` as an HTTP date",
        "a countdown, then another try",
        _rate_limit_date,
    ),
    Fault(
        "rate limit ms",
        "429 with `retry-after-ms: 1500`",
        "a short countdown, then another try",
        fixed(Respond(429, _LIMITED, (JSON_TYPE, ("retry-after-ms", "1500")))),
    ),
    Fault(
        "rate limit reset",
        "429 with `x-ratelimit-reset-requests: 2s`",
        "a countdown, then another try",
        fixed(
            Respond(429, _LIMITED, (JSON_TYPE, ("x-ratelimit-reset-requests", "2s")))
        ),
    ),
    Fault(
        "rate limit long",
        "429 that asks to wait an hour",
        "no retry; when to try again",
        _rate_limit_long,
    ),
    Fault(
        "rate limit stream",
        "429 whose body is an event stream",
        "the message out of the event",
        fixed(
            Head((EVENTS_TYPE,), 429),
            Raw(
                to_event(
                    {
                        "error": {
                            "message": "The cache is full. Retry after 2s.",
                            "type": "rate_limit_exceeded",
                        }
                    }
                )
            ),
        ),
    ),
    Fault(
        "quota",
        "429 `insufficient_quota`",
        "no retry: the quota is used up",
        fixed(Respond(429, _QUOTA)),
    ),
    Fault(
        "quota daily",
        "429 whose text says that the daily quota is used up",
        "no retry: the quota is used up",
        fixed(Respond(429, error_body("Daily quota exceeded.", "rate_limit_exceeded"))),
        ("daily quota",),
    ),
    Fault(
        "quota weekly",
        "429 whose text says that the weekly quota is used up",
        "no retry: the quota is used up",
        fixed(
            Respond(429, error_body("Weekly quota exceeded.", "rate_limit_exceeded"))
        ),
        ("weekly quota",),
    ),
    Fault(
        "context",
        "400 `context_length_exceeded` with sizes",
        "the conversation is too long, with the sizes",
        fixed(
            refuse_with(
                400,
                {
                    "error": {
                        "message": context_refusal(9120, 8192).message,
                        "type": "invalid_request_error",
                        "code": "context_length_exceeded",
                    }
                },
            )
        ),
    ),
    Fault(
        "context sizes",
        "400 with the sizes in fields of their own",
        "the conversation is too long, with the sizes",
        fixed(
            refuse_with(
                400,
                {
                    "error": {
                        "code": 400,
                        "message": "the request exceeds the available context size",
                        "type": "exceed_context_size_error",
                        "n_prompt_tokens": 9120,
                        "n_ctx": 8192,
                    }
                },
            )
        ),
    ),
    Fault(
        "context large",
        "413 that asks to reduce the messages",
        "the conversation is too long",
        fixed(
            refuse_with(
                413,
                {
                    "error": {
                        "message": "Request too large. Please reduce the length of "
                        "the messages.",
                        "type": "tokens",
                    }
                },
            )
        ),
    ),
)
