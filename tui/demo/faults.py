"""Every misbehaviour by name: how a prompt asks for one, and the table of all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from tui.demo.fault import SPOKEN, Asked, Fault
from tui.demo.fault_breaks import BREAKS
from tui.demo.fault_floods import FLOODS
from tui.demo.fault_framing import FRAMING
from tui.demo.fault_limits import LIMITS, context_refusal, too_many_requests
from tui.demo.fault_refusals import REDIRECTED, REFUSALS, status_script
from tui.demo.fault_shapes import SHAPES
from tui.demo.script import Script, whole_answer

__all__ = [
    "FAULTS",
    "REDIRECTED",
    "Asked",
    "Call",
    "context_refusal",
    "find_call",
    "table",
    "too_many_requests",
]

GROUPS = (
    ("Answers that break or wait", BREAKS),
    ("Limits", LIMITS),
    ("Refusals", REFUSALS),
    ("Floods", FLOODS),
    ("Odd JSON", SHAPES),
    ("Odd bytes", FRAMING),
)
FAULTS = tuple(fault for _, group in GROUPS for fault in group)
STREAMING_ONLY = (
    "This misbehaviour exists in streaming mode only, and this request asked for "
    "standard mode. So here is a whole answer."
)

_TIMES = {"once": 1, "twice": 2}
_WRAPPING = re.compile(r"^(?:please )?(?:(?:play|fault|simulate|now) )?(.*?)$")
_REPEAT = re.compile(r"\b(once|twice|(\d{1,2}) times)\b ?")
_STATUS = re.compile(
    r"fail(?: with)?(?: status| http)? ([45]\d\d)"
    r"(?:(?: and)? (?:retry )?after (\d+(?:\.\d+)?) ?(?:s|sec|seconds)?)?"
)
_NUMBERED = re.compile(r"(.+?) (\d+(?:\.\d+)?) ?(?:s|sec|seconds|words|tokens)?")


@dataclass(frozen=True, slots=True)
class Call:
    """A misbehaviour as a prompt asked for it.

    Attributes:
        fault: Which one.
        number: The number behind its name, or None.
        times: After how many requests the answer is whole, or 0 for never.
    """

    fault: Fault
    number: float | None = None
    times: int = 0

    def script(self, asked: Asked) -> Script:
        """Return what the server does for this request."""
        if self.times and (asked.attempt - 1) % (self.times + 1) >= self.times:
            return whole_answer(SPOKEN)
        if self.fault.streaming_only and not asked.request.stream:
            return whole_answer(STREAMING_ONLY)
        return self.fault.script(replace(asked, number=self.number))


def find_call(prompt: str) -> Call | None:
    """Return the misbehaviour that a prompt asks for.

    Args:
        prompt: The user's message. Only a message that is nothing but the name (with a
            number, "once", "twice" or "3 times") asks for one, so that a question
            about a fault gets an answer.

    Returns:
        The call, or None when the prompt is an ordinary one.
    """
    if len(prompt) > 80:
        return None
    words = " ".join(re.sub(r"[_.!?\"'`]+(?=\s|$)|[\"'`]", " ", prompt).split())
    asked = _WRAPPING.sub(r"\1", words.casefold())
    if fault := _by_name().get(_plain(asked)):
        return Call(fault)
    times = 0
    if repeat := _REPEAT.search(asked):
        times = _TIMES.get(repeat[1]) or int(repeat[2] or 0)
        asked = " ".join((asked[: repeat.start()] + asked[repeat.end() :]).split())
    if fault := _by_name().get(_plain(asked)):
        return Call(fault, None, times)
    if status := _STATUS.fullmatch(asked):
        wait = float(status[2]) if status[2] else None
        return Call(_status_fault(int(status[1])), wait, times)
    if numbered := _NUMBERED.fullmatch(asked):
        fault = _by_name().get(_plain(numbered[1]))
        if fault is not None:
            return Call(fault, float(numbered[2]), times)
    return None


def table() -> str:
    """Return all misbehaviours as Markdown tables."""
    parts = [
        "Each of these is a prompt: send it, and see what happens. Put `once` or "
        "`twice` behind one, and the request after that is answered (`cut before "
        "once`). A number changes how long or how much: `slow start 20`.",
        "## Any status\n\n"
        "| Prompt | The server | You should see |\n|---|---|---|\n"
        "| `fail with 401` | any status from 400 to 599 | why, and what to do next |\n"
        "| `fail with 429 after 5` | asks to wait 5 seconds | a countdown |\n"
        "| `fail once with 503` | fails the first time | a retry, then an answer |",
    ]
    for title, group in GROUPS:
        rows = "\n".join(
            f"| `{fault.name}` | {fault.does} | {fault.expect} |" for fault in group
        )
        parts.append(
            f"## {title}\n\n| Prompt | The server | You should see |\n|---|---|---|\n"
            f"{rows}"
        )
    return "\n\n".join(parts)


def _plain(name: str) -> str:
    return name.replace("-", " ")


@cache
def _by_name() -> dict[str, Fault]:
    return {
        _plain(name): fault for fault in FAULTS for name in (fault.name, *fault.aliases)
    }


def _status_fault(status: int) -> Fault:
    return Fault(
        f"fail with {status}",
        f"status {status}",
        "why, and what to do next",
        lambda asked: status_script(status, asked.number),
    )
