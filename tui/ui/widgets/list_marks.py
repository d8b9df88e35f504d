"""The marks of a conversation in the list: a symbol, and the words for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.phase import WAITING, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.summary import Summary
    from tui.services.events import Activity

_MOST_COUNTED = 99
_ON_THE_WAY = WAITING | {Phase.STREAMING, Phase.STOPPING}


class MarkKind(StrEnum):
    """What a mark means, which decides its colour."""

    RUNNING = "running"
    QUEUED = "queued"
    UNREAD = "unread"
    FAILED = "failed"
    WARNING = "warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        symbol: What the list shows, one to three cells wide.
        words: What it means, for the tooltip and for screen readers.
        kind: Which colour it takes.
    """

    symbol: str
    words: str
    kind: MarkKind


def marks_of(summary: Summary, activity: Activity | None) -> tuple[Mark, ...]:
    """Return the marks of a conversation, the most urgent first."""
    return (*_file_marks(summary), *(_activity_marks(activity) if activity else ()))


def words_of(summary: Summary, activity: Activity | None) -> str:
    """Return a conversation's state in words, or "" when there is nothing to say.

    Foreign text in it (a file's problem) is not cleaned yet.
    """
    words = [mark.words for mark in marks_of(summary, activity)]
    if summary.pinned:
        words.append("pinned")
    if summary.read_only:
        words.append(f"read-only: {summary.read_only}")
    return " · ".join(words)


def totals_of(activities: Iterable[Activity]) -> tuple[int, int]:
    """Return how many answers are on their way, and how many are queued."""
    phases = [activity.phase for activity in activities]
    running = sum(phase in _ON_THE_WAY for phase in phases)
    return running, phases.count(Phase.QUEUED)


def _file_marks(summary: Summary) -> list[Mark]:
    marks = []
    if summary.problem:
        marks.append(Mark("⚠", f"unreadable: {summary.problem}", MarkKind.WARNING))
    if summary.conflict:
        marks.append(Mark("≠", "a conflicting copy", MarkKind.WARNING))
    return marks


def _activity_marks(activity: Activity) -> list[Mark]:
    marks = []
    if activity.unsaved:
        marks.append(Mark("⚠", activity.unsaved, MarkKind.WARNING))
    if activity.failed:
        marks.append(Mark("!", "the last answer failed", MarkKind.FAILED))
    if activity.unread > 0:
        count = activity.unread
        number = str(count) if count <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
        answers = "answer" if count == 1 else "answers"
        marks.append(Mark(f"{number}▴", f"{count} unread {answers}", MarkKind.UNREAD))
    if activity.draft:
        marks.append(Mark("✎", "an unsent draft", MarkKind.QUIET))
    if activity.phase is Phase.QUEUED:
        marks.append(Mark("…", "queued", MarkKind.QUEUED))
    elif activity.phase in _ON_THE_WAY:
        marks.append(Mark("●", _way_words(activity.phase), MarkKind.RUNNING))
    return marks


def _way_words(phase: Phase) -> str:
    if phase is Phase.STREAMING:
        return "streaming"
    return "stopping" if phase is Phase.STOPPING else "waiting for the answer"
