"""Turns what a server answers into a `Failure`: our own sentence for each cause."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tui.api.error_bodies import (
    ErrorBody,
    clean,
    read_error_text,
    read_error_value,
)
from tui.api.redaction import Redactor
from tui.api.retry import LONGEST_WAIT, TRANSIENT_STATUSES, wait_asked_for
from tui.api.sentences import sentence_for
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_WIRE = 64 * 1024
"""Characters of the raw answer kept for the inspector."""

LONGEST_SENTENCE = 220
"""Characters of a sentence: with "Tried 3 times." four lines of 80 columns."""

_QUOTED = 80
"""Characters of the server's own words inside a sentence, at most."""

_SHORTEST_QUOTE = 12
"""Characters of them that still say something."""

_CONTEXT = re.compile(
    r"(?i)context[_ ](length|window|size)|maximum context|exceed_context_size|"
    r"prompt is too long|too many tokens|input is too long|"
    r"reduce the length|exceeds? the (available |maximum )?(context|token)|"
    r"input token count|maximum prompt length|tokens?_limit_exceeded|"
    r"(input|prompt|messages?) (is |are )?(too (long|large)|exceeds)"
)
_LIMIT_WORDS = re.compile(r"(?i)rate.?limit|too many requests|tokens per (min|day)")
_QUOTA = re.compile(
    r"(?i)\bquota\b|insufficient_quota|billing|(daily|weekly|monthly|usage) "
    r"(request )?(limit|cap)|limit for (today|this week|this month)"
)
_CREDIT = re.compile(r"(?i)insufficient.{0,12}(credit|balance|funds)|payment.required")
_RATE = re.compile(r"(?i)rate.?limit|too many (concurrent )?requests|queue.{0,8}full")
_CONCURRENCY = re.compile(
    r"(?i)concurren|simultaneous|too many (active|parallel)|queue.{0,12}full"
)
_MODEL = re.compile(
    r"(?i)model.?not.?found|\bmodels?\b.{0,200}?(not (be )?found|does not exist|"
    r"doesn't exist|no such|unknown|not available|not supported|not a valid|invalid)|"
    r"(unknown|invalid|no such|no) model\b|not a valid model"
)
_KEY_WORDS = re.compile(r"(?i)api.?key|authentication|unauthorized|invalid.?token")
_MODERATION = re.compile(r"(?i)moderat|flagged|content.?(filter|policy)|safety")
_OVERLOAD = re.compile(
    r"(?i)overload|server.?error|internal.?error|unavailable|timeout"
)
_WANTS_HTTPS = re.compile(r"(?i)http request.{0,40}\bhttps\b|https port")
_SIZES = (
    re.compile(
        r"(?i)(?:maximum context length|context length|context window|max_tokens|"
        r"context size)[^\d]{0,40}(?P<limit>\d[\d,]*)"
        r"(?:.{0,80}?(?:requested|resulted in|has|contains|got|about)[^\d]{0,20}"
        r"(?P<sent>\d[\d,]*))?"
    ),
    re.compile(
        r"(?i)(?P<sent>\d[\d,]*) tokens?.{0,60}?(?:>|maximum|limit|exceeds?|context)"
        r"[^\d]{0,60}(?P<limit>\d[\d,]*)"
    ),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a request was for, as far as sentences need to name it.

    Attributes:
        place: Host and port.
        base_url: The base URL.
        model: The model asked for, or "".
        key_source: Where the key comes from, or "".
        has_key: False when no key is sent.
        redact: Removes the key from foreign text.
        names_version: True when the base URL holds a version such as `/v1`.
        timeout: The longest silence, in seconds, or None.
    """

    place: str
    base_url: str
    model: str = ""
    key_source: str = ""
    has_key: bool = True
    redact: Redactor = field(default_factory=lambda: Redactor(()))
    names_version: bool = True
    timeout: float | None = None


def failure_of_response(
    target: Target,
    status: int,
    body: str,
    headers: Mapping[str, str] | None = None,
    now: float | None = None,
) -> Failure:
    """Return why a response with an error status, or an error as body, failed.

    Args:
        target: What the request was for.
        status: The HTTP status.
        body: What of the body was read, at most 64 KB.
        headers: The response headers, names in lower case.
        now: The wall clock as a Unix timestamp; None asks for it.
    """
    error = read_error_text(body)
    failure = _classify(target, status, error, headers or nothing(), now)
    return replace(failure, wire=target.redact(body[:LARGEST_WIRE]))


def failure_of_error_object(
    target: Target, value: Any, raw: str = "", now: float | None = None
) -> Failure:
    """Return why an answer that began well holds an error object.

    Args:
        target: What the request was for.
        value: The JSON value that holds the error.
        raw: The text it was read from.
        now: The wall clock as a Unix timestamp; None asks for it.
    """
    error = read_error_value(value)
    status = error.status or _status_of_words(error)
    failure = _classify(target, status, error, nothing(), now)
    return replace(
        failure,
        status=error.status,
        wire=target.redact(raw[:LARGEST_WIRE]),
    )


def failure_of_web_page(target: Target, body: str) -> Failure:
    """Return the failure of a web page where an answer should have been."""
    title = target.redact(read_error_text(body).message)
    named = f" (“{clean(title, 60)}”)" if title else ""
    return Failure(
        FailureKind.NOT_AN_API,
        f"{target.place} is not an API: it answers with an HTML page{named}. "
        f"Check base_url ({target.base_url}), or log in to the network.",
        detail=title,
        wire=target.redact(body[:LARGEST_WIRE]),
    )


def _status_of_words(error: ErrorBody) -> int:
    words = f"{error.code} {error.message}"
    for pattern, status in (
        (_CONTEXT, 400),
        (_QUOTA, 429),
        (_CREDIT, 402),
        (_RATE, 429),
        (_KEY_WORDS, 401),
        (_MODERATION, 403),
    ):
        if pattern.search(words):
            return status
    if "model_not_found" in words:
        return 404
    if _OVERLOAD.search(error.code) or "overloaded" in words.lower():
        return 503
    return 0


def _classify(
    target: Target,
    status: int,
    error: ErrorBody,
    headers: Mapping[str, str],
    now: float | None,
) -> Failure:
    now = time.time() if now is None else now
    kind = _kind(status, error, target)
    transient = status in TRANSIENT_STATUSES and kind in (
        FailureKind.SERVER,
        FailureKind.RATE_LIMIT,
        FailureKind.CONCURRENCY,
    )
    limited = kind in (FailureKind.RATE_LIMIT, FailureKind.QUOTA)
    wait = error.retry_after
    if wait is None and (transient or limited):
        wait = wait_asked_for(headers, error.message, now, limited=limited)
    detail = target.redact(error.message)
    if kind is FailureKind.REDIRECT:
        detail = target.redact(clean(headers.get("location", "")))
    quotable = kind is FailureKind.REDIRECT or not error.is_html

    def sentence_with(quoted: int) -> str:
        return sentence_for(
            kind,
            target,
            status=status,
            said=clean(detail, quoted) if quotable and quoted else "",
            page=clean(detail, quoted) if error.is_html and quoted else "",
            sizes=context_sizes(error),
            when=when(wait, now) if wait is not None and wait > LONGEST_WAIT else "",
        )

    sentence = sentence_with(_QUOTED)
    if len(sentence) > LONGEST_SENTENCE and kind is not FailureKind.REDIRECT:
        room = min(len(clean(detail, _QUOTED)), _QUOTED)
        room -= len(sentence) - LONGEST_SENTENCE
        sentence = sentence_with(room if room >= _SHORTEST_QUOTE else 0)
    return Failure(
        kind,
        sentence,
        detail=detail,
        status=status or None,
        retry_after=wait,
        transient=transient,
    )


def when(wait: float, now: float) -> str:
    """Return a moment as "at 15:04", or with its date when it is not today."""
    try:
        moment, today = time.localtime(now + wait), time.localtime(now)
    except (OverflowError, ValueError, OSError):
        return "much later"
    if moment[:3] == today[:3]:
        return time.strftime("at %H:%M", moment)
    return time.strftime("on %Y-%m-%d at %H:%M", moment)


def _kind(status: int, error: ErrorBody, target: Target) -> FailureKind:
    words = f"{error.code} {error.message}"
    if _WANTS_HTTPS.search(words):
        return FailureKind.ADDRESS
    if status == 429:
        if _QUOTA.search(words):
            return FailureKind.QUOTA
        if _CONCURRENCY.search(words):
            return FailureKind.CONCURRENCY
        return FailureKind.RATE_LIMIT
    if status in (0, 400, 413, 422, 500) and _is_context(status, error, words):
        return FailureKind.CONTEXT
    if status == 0:
        return FailureKind.SERVER
    if status in (400, 404, 422) and not error.is_html and _MODEL.search(words):
        return FailureKind.MODEL
    if status == 400 and "api_key" in error.code.replace(" ", "_"):
        return FailureKind.KEY
    if status == 403:
        return _kind_of_refusal(words)
    return _KIND_OF_STATUS.get(status) or (
        FailureKind.REDIRECT
        if 300 <= status < 400
        else FailureKind.SERVER
        if status >= 500
        else FailureKind.REQUEST
    )


_KIND_OF_STATUS = {
    401: FailureKind.KEY,
    402: FailureKind.CREDIT,
    404: FailureKind.ADDRESS,
    405: FailureKind.ADDRESS,
    407: FailureKind.PROXY,
    408: FailureKind.SERVER,
    409: FailureKind.SERVER,
    410: FailureKind.ADDRESS,
    425: FailureKind.SERVER,
    498: FailureKind.SERVER,
    511: FailureKind.NOT_AN_API,
    524: FailureKind.GATEWAY_TIMEOUT,
}


def _kind_of_refusal(words: str) -> FailureKind:
    if _CREDIT.search(words) or _QUOTA.search(words):
        return FailureKind.QUOTA
    return FailureKind.MODERATION if _MODERATION.search(words) else FailureKind.REFUSED


def _is_context(status: int, error: ErrorBody, words: str) -> bool:
    if _LIMIT_WORDS.search(words) and status != 413:
        return False
    return status == 413 or (
        _CONTEXT.search(words) is not None or error.context_tokens is not None
    )


def context_sizes(error: ErrorBody) -> tuple[int | None, int | None]:
    """Return the tokens that were sent and the tokens that fit, where told."""
    sent, limit = error.prompt_tokens, error.context_tokens
    for pattern in _SIZES:
        found = pattern.search(error.message)
        if found:
            sent = sent or _int(found["sent"])
            limit = limit or _int(found["limit"])
    return sent, limit


def _int(digits: str | None) -> int | None:
    return int(digits.replace(",", "")[:15]) if digits else None
