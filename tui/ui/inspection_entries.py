"""What is known of an answer's exchange becomes entries of the inspector. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.message import Status
from tui.ui.transcript.entry import Entry, EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.domain.inspection import Inspection
    from tui.domain.message import Message, Timing, Usage

LARGEST_REQUEST = 128 * 1024
"""Characters of a request that are shown; "copy as curl" has all of it."""

_FROM_FILE = (
    "This exchange was not made since the program started, or it is long ago: "
    "here is what the file says of it."
)


BODY = "Response body"
"""The id of the entry of the response's body."""


def inspection_entries(
    message: Message | None, inspection: Inspection | None
) -> list[Entry]:
    """Return everything that is known of an answer and of how it came.

    Args:
        message: The answer, or None while it is on its way.
        inspection: Its exchange, or None when this run does not have it.
    """
    entries = _facts(message, inspection)
    if inspection is not None:
        request, response = _request(inspection), _response(inspection)
        if inspection.status is not None:
            raw = inspection.raw or "It was empty."
            response.append(_entry(BODY, raw))
        failed = message is not None and message.status is Status.FAILED
        # Of a failure one wants to know first what the server said.
        entries += response + request if failed else request + response
    elif message is not None and message.error_detail:
        entries.append(_entry("The server said", message.error_detail))
    return entries


def running_entries(inspection: Inspection) -> list[Entry]:
    """Return what is known of an exchange that runs; the body grows by itself."""
    entries = [*_facts(None, inspection), *_request(inspection)]
    entries += _response(inspection)
    if inspection.status is not None:
        entries.append(replace(_entry(BODY, ""), streaming=True))
    return entries


def changing_entries(inspection: Inspection) -> list[Entry]:
    """Return those of the entries of a running exchange that change."""
    return [*_facts(None, inspection), *_response(inspection)]


def _facts(message: Message | None, inspection: Inspection | None) -> list[Entry]:
    entries = [_entry("Answer", _rows(_ending(message, inspection)))]
    if inspection is None:
        entries.append(Entry("note", EntryKind.NOTE, _FROM_FILE, "Note"))
    times = _rows(_times(message, inspection))
    if times:
        entries.append(_entry("Times", times))
    return entries


def _request(inspection: Inspection) -> list[Entry]:
    if not inspection.url:
        return [_entry("Request", "No request was sent.")]
    head = f"{inspection.method} {inspection.url}"
    request = [head, *_header_lines(inspection.request_headers)]
    entries = [_entry("Request", "\n".join(request))]
    if inspection.request_json:
        entries.append(_entry("Request body", _bounded(inspection.request_json)))
    return entries


def _response(inspection: Inspection) -> list[Entry]:
    if inspection.status is None:
        came = "No response came." if inspection.ended else "No response came yet."
        return [_entry("Response", came)] if inspection.url else []
    lines = [
        f"HTTP {inspection.status}",
        *_header_lines(inspection.response_headers),
    ]
    return [_entry("Response", "\n".join(lines))]


def _entry(label: str, text: str) -> Entry:
    # As typed, never as Markdown: what stands here is the exact text.
    return Entry(label, EntryKind.SYSTEM, text, label)


def _bounded(text: str) -> str:
    if len(text) <= LARGEST_REQUEST:
        return text
    half = LARGEST_REQUEST // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n… {left_out:,} characters left out …\n{text[-half:]}"


def _ending(
    message: Message | None, inspection: Inspection | None
) -> Iterable[tuple[str, str]]:
    ended = inspection.ended if inspection is not None else None
    if message is None:
        yield "Ending", ended.status.value if ended else "still on its way"
    elif message.status is not None:
        yield "Ending", message.status.value
    if message is not None:
        yield "Finish reason", message.finish_reason
        yield "Model", message.model
        yield "Response id", message.response_id
        yield "Tokens", _usage(message.usage)
        yield "Error", message.error
        if inspection is not None:
            yield "Server said", message.error_detail
    elif ended is not None:
        yield "Finish reason", ended.finish_reason
        yield "Model", ended.model
        yield "Tokens", _usage(ended.usage)
    if inspection is not None:
        yield "HTTP status", str(inspection.status or "")
        yield "Requests sent", str(inspection.attempts)
        yield "Received", f"{inspection.received:,} bytes" if inspection.status else ""


def _usage(usage: Usage | None) -> str:
    if usage is None:
        return ""
    counts = (
        (usage.prompt_tokens, "sent"),
        (usage.completion_tokens, "received"),
        (usage.total_tokens, "in all"),
    )
    parts = [f"{count:,} {word}" for count, word in counts if count is not None]
    text = " · ".join(parts)
    return f"≈ {text} (our estimate)" if text and usage.estimated else text


def _times(
    message: Message | None, inspection: Inspection | None
) -> Iterable[tuple[str, str]]:
    if inspection is not None:
        for name, seconds in inspection.moments.items():
            yield name.capitalize(), f"{seconds:.3f} s"
    timing = message.timing if message is not None else None
    if timing is None or message is None:
        return
    if inspection is None:
        yield "First byte", _seconds(timing.first_byte)
        yield "First token", _seconds(timing.first_token)
        yield "Ended", _seconds(timing.total)
    yield "Reasoning", _seconds(timing.reasoning)
    yield "Speed", _speed(message.usage, timing)


def _speed(usage: Usage | None, timing: Timing) -> str:
    if timing.speed is None:
        return ""
    mark = "≈" if usage is not None and usage.estimated else ""
    return f"{mark}{timing.speed:.0f} tokens/s"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.3f} s"


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    shown = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in shown), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in shown)


def _header_lines(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]
