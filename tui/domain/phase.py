"""Where one answer stands. A module of its own, because the first frame names it."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a turn stands."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    SENT = "sent"
    HEADERS = "headers"
    RETRYING = "retrying"
    STREAMING = "streaming"
    STOPPING = "stopping"
    ENDED = "ended"


WAITING = frozenset({Phase.CONNECTING, Phase.SENT, Phase.HEADERS, Phase.RETRYING})
"""The phases in which the user waits for the first token."""
