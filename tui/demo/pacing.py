"""How fast the demo's model speaks, and what it counts as a token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\s*\S{1,7}|\s+")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the model takes.

    Attributes:
        first: Seconds from the request to the first token.
        token: Seconds from one token to the next.
    """

    first: float
    token: float


HUMAN = Pace(first=0.6, token=0.022)
"""About as fast as a busy server: some 45 tokens a second."""

INSTANT = Pace(first=0.0, token=0.0)
"""Without any delay, for tests and for the instant model."""


def split_tokens(text: str) -> Iterator[str]:
    """Cut a text into tokens that join to exactly the same text.

    Args:
        text: Any text.

    Yields:
        Up to seven visible characters with the blanks before them.
    """
    for match in _TOKEN.finditer(text):
        yield match.group()


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a prompt has, in constant time."""
    return (len(text) + 3) // 4
