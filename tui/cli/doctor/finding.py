"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing stands; the value is the mark in front of its line."""

    FINE = "ok"
    ODD = "!"
    BROKEN = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing.

    Attributes:
        what: The thing, in one or two words.
        sentence: How it stands; for what is wrong, what to do next.
        verdict: Fine, odd, or broken.
    """

    what: str
    sentence: str
    verdict: Verdict = Verdict.FINE
