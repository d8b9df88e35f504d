"""What the conversation list knows: one summary and one activity for each file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.summary import Summary
from tui.services.events import (
    Activity,
    ActivityChanged,
    LibraryExtended,
    LibraryListed,
    SummaryChanged,
    SummaryRemoved,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tui.domain.conversation import Conversation
    from tui.services.outbox import Outbox


class Catalog:
    """The rows and the marks of the list. Lives on the engine's loop."""

    def __init__(self, outbox: Outbox, now: Callable[[], datetime]) -> None:
        """Make an empty catalog that reports to `outbox`."""
        self._outbox = outbox
        self._now = now
        self._summaries: dict[str, Summary] = {}
        self._activities: dict[str, Activity] = {}
        self.listed = False
        """True once the interface was told what is in the library."""

    def fill(self, summaries: Iterable[Summary]) -> None:
        """Take the whole library's summaries."""
        self._summaries = {summary.file: summary for summary in summaries}
        self.listed = True
        self._outbox.put(LibraryListed(tuple(self._summaries.values())))

    def extend(self, summaries: Iterable[Summary]) -> None:
        """Take more summaries; what is known already is newer and stays."""
        fresh = {one.file: one for one in summaries if one.file not in self._summaries}
        if fresh or not self.listed:
            self.listed = True
            self._summaries.update(fresh)
            self._outbox.put(LibraryExtended(tuple(fresh.values())))

    @property
    def count(self) -> int:
        """How many conversations there are."""
        return len(self._summaries)

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """All summaries, as they are now."""
        return tuple(self._summaries.values())

    def summary(self, file: str) -> Summary | None:
        """Return a file's summary, or None when it is not in the library."""
        return self._summaries.get(file)

    def describe(self, file: str, conversation: Conversation) -> None:
        """Take what a conversation says now into its row."""
        last = conversation.messages[-1].created if conversation.messages else None
        updated = last or conversation.created or self._now()
        known = self._summaries.get(file) or Summary(file, "", updated)
        summary = replace(
            known,
            id=conversation.id,
            title=conversation.title,
            updated=updated,
            model=conversation.model,
            pinned=conversation.pinned,
        )
        if summary != self._summaries.get(file):
            self._summaries[file] = summary
            self._outbox.put(SummaryChanged(summary))

    def put(self, summary: Summary) -> None:
        """Put a row into the list."""
        self._summaries[summary.file] = summary
        self._outbox.put(SummaryChanged(summary))

    def put_many(self, summaries: Iterable[Summary]) -> None:
        """Put many rows into the list at once."""
        self._summaries.update((summary.file, summary) for summary in summaries)
        self.fill(self._summaries.values())

    def learn(self, summary: Summary) -> None:
        """Take what reading a whole file has shown, if the file is still listed."""
        known = self._summaries.get(summary.file)
        if known is not None and known.problem != summary.problem:
            self.put(summary)

    def remove(self, file: str, *, by_others: bool = False, to: str = "") -> None:
        """Take a row out of the list; see `SummaryRemoved`."""
        if self._summaries.pop(file, None) is not None:
            self._outbox.put(SummaryRemoved(file, by_others, to))

    def activity(self, file: str) -> Activity:
        """Return the marks of a file."""
        return self._activities.get(file, Activity())

    def mark(self, file: str, activity: Activity) -> None:
        """Set the marks of a file."""
        if activity != self.activity(file):
            self._activities[file] = activity
            self._outbox.put(ActivityChanged(file, activity))
