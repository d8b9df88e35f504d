"""Misbehaviours that answer with a status or a body instead of an answer."""

from __future__ import annotations

from http import HTTPStatus

from tui.demo.fault import SPOKEN, Asked, Fault, fixed, refuse_with
from tui.demo.fault_limits import respond_refusal, too_many_requests
from tui.demo.responses import EVENTS_TYPE, JSON_TYPE, error_body
from tui.demo.script import Headers, Respond, Script, whole_answer

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


def status_script(status: int, wait: float | None = None) -> Script:
    """Return the script of a plain refusal with any status.

    Args:
        status: The HTTP status, 400 to 599.
        wait: Seconds for `Retry-After`, or None to leave it out (a 429 then asks for
            two seconds).
    """
    if status == 429:
        return (respond_refusal(too_many_requests(2 if wait is None else wait)),)
    headers: Headers = () if wait is None else (("Retry-After", f"{wait:g}"),)
    if status in (502, 504, 520, 521, 522, 523, 524):
        return (_gateway_page(status, headers),)
    kind, message = _BODIES.get(status, ("error", _phrase(status)))
    return (Respond(status, error_body(message, kind), (JSON_TYPE, *headers)),)


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


def _stream_options_refused(asked: Asked) -> Script:
    if "stream_options" not in asked.request.fields:
        return whole_answer(SPOKEN)
    place = {
        "type": "extra_forbidden",
        "loc": ["body", "stream_options"],
        "msg": "Extra inputs are not permitted",
    }
    return (refuse_with(422, {"object": "error", "message": {"detail": [place]}}),)


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

REFUSALS = (
    Fault(
        "detail list",
        "422 with a `detail` list, as a Python framework sends it",
        "place and message in one sentence",
        fixed(refuse_with(422, _DETAIL)),
        ("fail with 422",),
    ),
    Fault(
        "detail dictionary",
        "422 whose `message` is a dictionary",
        "place and message in one sentence",
        fixed(refuse_with(422, {"object": "error", "message": _DETAIL})),
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
            refuse_with(
                200, {"error": {"message": "No provider answered.", "code": 502}}
            )
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
