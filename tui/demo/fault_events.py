"""A whole answer as events, for misbehaviours that change the bytes."""

from __future__ import annotations

from tui.demo import responses
from tui.demo.fault import SPOKEN, Asked
from tui.demo.pacing import split_tokens
from tui.demo.responses import to_event
from tui.demo.script import Head, Raw, Script, Step

WHOLE = "a whole answer"


def answer_events(asked: Asked, text: str = SPOKEN) -> list[bytes]:
    """Return a whole answer as events, without `[DONE]`."""
    chunk = asked.envelope.chunk
    return [
        to_event(chunk({"role": "assistant", "content": ""})),
        *(to_event(chunk({"content": token})) for token in split_tokens(text)),
        to_event(chunk({}, "stop")),
    ]


def raw_script(events: list[bytes], *headers: tuple[str, str]) -> Script:
    """Return the script that sends these pieces, with headers of its own if any."""
    head: tuple[Step, ...] = (Head(headers),) if headers else ()
    return (*head, *(Raw(event) for event in events))


def some_usage(asked: Asked) -> dict[str, int]:
    """Return token counts for a misbehaviour's whole answer."""
    return responses.usage(asked.request.prompt_tokens, len(SPOKEN) // 4)
