"""Misbehaviours that answer with a status or a body instead of an answer."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus

from tui.demo.chat_request import RefusedRequestError
from tui.demo.fault import SPOKEN, Asked, Fault, fixed
from tui.demo.responses import EVENTS_TYPE, JSON_TYPE, error_body, to_event, to_json
from tui.demo.script import Head, Headers, Raw, Respond, Script, Step, whole_answer

HTML_TYPE = ("Content-Type", "text/html; charset=utf-8")
REDIRECTED = "redirected=1"
LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Log in to the hotel network</title></head>"
    b"<body><h1>Welcome</h1><p>Please log in to use the internet.</p></body></html>"
)

_BODIES = {
    400: ("invalid_request_error", "Missing required field: messages"),
    401: ("authentication_error", "Invalid authentication credentials"),
    402: ("insufficient_credits", "Insufficient credits. Add more and try again."),
    403: ("permission_error", "The input was flagged by the moderation."),
    404: ("model_not_found", "Model not found."),
    500: ("server_error", "The server had an error while processing your request."),
    503: ("overloaded_error", "The engine is currently overloaded."),
}


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


def status_script(status: int, wait: float | None = None) -> Script:
    """Return the script of a plain refusal with any status.

    Args:
        status: The HTTP status, 400 to 599.
        wait: Seconds for `Retry-After`, or None to leave it out (a 429 then asks for
            two seconds).
    """
    if status == 429:
        return (_respond_refusal(too_many_requests(2 if wait is None else wait)),)
    headers: Headers = () if wait is None else (("Retry-After", f"{wait:g}"),)
    if status in (502, 504, 520, 521, 522, 523, 524):
        return (_gateway_page(status, headers),)
    kind, message = _BODIES.get(status, ("error", _phrase(status)))
    return (Respond(status, error_body(message, kind), (JSON_TYPE, *headers)),)


def _respond_refusal(refusal: RefusedRequestError) -> Respond:
    body = error_body(refusal.message, refusal.type)
    return Respond(refusal.status, body, (JSON_TYPE, *refusal.headers))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "A timeout occurred" if status == 524 else f"Status {status}"


def _gateway_page(status: int, headers: Headers = ()) -> Respond:
    title = f"{status} {_phrase(status)}"
    page = (
        f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1>"
        "</center><hr><center>nginx</center></body></html>"
    )
    return Respond(status, page.encode(), (HTML_TYPE, *headers))


def _refuse(status: int, value: object, *headers: tuple[str, str]) -> Step:
    return Respond(status, to_json(value), (JSON_TYPE, *headers))


def _rate_limit_date(asked: Asked) -> Script:
    at = formatdate(time.time() + asked.number_or(2), usegmt=True)
    body = error_body("Rate limit reached.", "rate_limit_exceeded")
    return (Respond(429, body, (JSON_TYPE, ("Retry-After", at))),)


def _rate_limit_long(asked: Asked) -> Script:
    return (_respond_refusal(too_many_requests(asked.number_or(3600))),)


def _rate_limit_text(asked: Asked) -> Script:
    refusal = too_many_requests(asked.number_or(2))
    body = error_body(refusal.message, refusal.type)
    return (Respond(429, body, (JSON_TYPE,)),)


def _stream_options_refused(asked: Asked) -> Script:
    if "stream_options" not in asked.request.fields:
        return whole_answer(SPOKEN)
    place = {
        "type": "extra_forbidden",
        "loc": ["body", "stream_options"],
        "msg": "Extra inputs are not permitted",
    }
    return (_refuse(422, {"object": "error", "message": {"detail": [place]}}),)


def _redirect(asked: Asked) -> Script:
    if asked.request.redirected:
        return whole_answer(SPOKEN)
    location = ("Location", f"/v1/chat/completions?{REDIRECTED}")
    return (Respond(307, b"", (location,)),)


_DETAIL = {
    "detail": [
        {
            "loc": ["body", "messages", 0, "content"],
            "msg": "Input should be a valid string",
            "type": "string_type",
        }
    ]
}
_QUOTA = error_body(
    "You exceeded your current quota, please check your plan and billing details.",
    "insufficient_quota",
)
_LIMITED = error_body("Rate limit reached.", "rate_limit_exceeded")

REFUSALS = (
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
            _refuse(
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
            _refuse(
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
            _refuse(
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
    Fault(
        "detail list",
        "422 with a `detail` list, as a Python framework sends it",
        "place and message in one sentence",
        fixed(_refuse(422, _DETAIL)),
        ("fail with 422",),
    ),
    Fault(
        "detail dictionary",
        "422 whose `message` is a dictionary",
        "place and message in one sentence",
        fixed(_refuse(422, {"object": "error", "message": _DETAIL})),
    ),
    Fault(
        "no body",
        "400 without a body",
        "the status in a sentence",
        fixed(Respond(400)),
    ),
    Fault(
        "stream options refused",
        "422 if the request has `stream_options`",
        "a whole answer: asked again without the field",
        _stream_options_refused,
    ),
    Fault(
        "error as 200",
        "200 with an error object as JSON",
        "the message",
        fixed(
            _refuse(200, {"error": {"message": "No provider answered.", "code": 502}})
        ),
    ),
    Fault(
        "html",
        "200 with a log-in page",
        "not an API: an HTML page and its title",
        fixed(Respond(200, LOGIN_PAGE, (HTML_TYPE,))),
    ),
    Fault(
        "html 404",
        "404 with an HTML page, as for a base URL without /v1",
        "check the base URL",
        fixed(_gateway_page(404)),
    ),
    Fault(
        "empty",
        "200 with an empty body",
        "an empty answer",
        fixed(Respond(200, b"", (EVENTS_TYPE,))),
    ),
    Fault("no content", "204", "an empty answer", fixed(Respond(204, b"", ()))),
    Fault(
        "redirect",
        "307 to another path of this server",
        "a whole answer",
        _redirect,
    ),
    Fault(
        "redirect elsewhere",
        "308 to another host",
        "no answer; where the redirect leads",
        fixed(Respond(308, b"", (("Location", "https://elsewhere.invalid/v1/chat"),))),
    ),
)
