"""The rows of the conversation list: order, groups by day, filter. Pure, no Textual.

Nothing here makes an object for a row: 100,000 conversations are one sorted list and
a handful of groups, so a change costs a search in the list and no walk over it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.ui.widgets.day_labels import month_label, month_of, named_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from tui.domain.summary import Summary

PINNED = "Pinned"


@dataclass(frozen=True, slots=True)
class Group:
    """A run of conversations under one label.

    Attributes:
        label: What stands above them.
        first: The index of its first conversation.
        count: How many there are, at least one.
        line: The line of its label, counted from 0; its conversations follow.
    """

    label: str
    first: int
    count: int
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one line: a group's label, or a conversation.

    Attributes:
        label: The group's label, or "" on a conversation's line.
        index: The index of the conversation, or of the first one below a label.
    """

    label: str
    index: int


class ListRows:
    """The conversations in the order of the list, and where each stands.

    An index counts conversations in that order; a line counts what is painted, the
    labels of the groups included. Both count from 0.

    Args:
        now: The present moment (aware); its time zone decides where a day begins.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._by_file: dict[str, Summary] = {}
        self._all: list[Summary] = []
        self._shown = self._all
        self._words: tuple[str, ...] = ()
        self._folded: dict[str, str] = {}
        self._groups: list[Group] = []
        self._label_lines: list[int] = []
        self._first_indexes: list[int] = []

    def __len__(self) -> int:
        """Return how many conversations are shown."""
        return len(self._shown)

    @property
    def total(self) -> int:
        """How many conversations there are, shown or not."""
        return len(self._all)

    @property
    def height(self) -> int:
        """How many lines they take."""
        return len(self._shown) + len(self._groups)

    @property
    def groups(self) -> Sequence[Group]:
        """The groups from top to bottom."""
        return self._groups

    def __contains__(self, file: object) -> bool:
        """Return whether a conversation is in the list, shown or not."""
        return file in self._by_file

    def summary(self, file: str) -> Summary | None:
        """Return a conversation by its file's name."""
        return self._by_file.get(file)

    def at(self, index: int) -> Summary:
        """Return the conversation at an index."""
        return self._shown[index]

    def replace(self, summaries: Iterable[Summary], now: datetime) -> None:
        """Take a whole new list. Costs a sort, nearly free when it is sorted."""
        self._by_file = {summary.file: summary for summary in summaries}
        self._all = sorted(self._by_file.values(), key=_rank, reverse=True)
        self._folded.clear()
        self._now = now
        self._refilter()

    def extend(self, summaries: Iterable[Summary]) -> None:
        """Add many conversations that are not in the list yet.

        Those that come newest first and are older than all others cost no sorting.
        """
        fresh = [one for one in summaries if one.file not in self._by_file]
        fresh.sort(key=_rank, reverse=True)
        ordered = not (self._all and fresh) or _rank(self._all[-1]) >= _rank(fresh[0])
        self._by_file.update((one.file, one) for one in fresh)
        self._all.extend(fresh)
        if not ordered:
            self._all.sort(key=_rank, reverse=True)
        self._refilter()

    def put(self, summary: Summary) -> None:
        """Add a conversation or replace its row."""
        self.remove(summary.file)
        self._by_file[summary.file] = summary
        if self._words:
            self._folded[summary.file] = summary.title.casefold()
        _insert(self._all, summary)
        if self._words and self._matches(summary):
            _insert(self._shown, summary)
        self._regroup()

    def remove(self, file: str) -> None:
        """Take a conversation out; nothing happens when it isn't there."""
        summary = self._by_file.pop(file, None)
        if summary is None:
            return
        _discard(self._all, summary)
        if self._words:
            _discard(self._shown, summary)
        self._folded.pop(file, None)
        self._regroup()

    def move_to(self, now: datetime) -> bool:
        """Let time pass; return whether the labels of the days changed."""
        changed = now.date() != self._now.date() or now.tzinfo != self._now.tzinfo
        self._now = now
        if changed:
            self._regroup()
        return changed

    def filter(self, text: str) -> int:
        """Show only conversations whose title holds every word; return how many.

        Args:
            text: Words in any order and case; nothing shows everything.
        """
        words = tuple(text.casefold().split())
        if words == self._words:
            return len(self)
        narrower = bool(self._words) and all(
            any(old in new for new in words) for old in self._words
        )
        self._words = words
        self._refilter(self._shown if narrower else None)
        return len(self)

    def index_of(self, file: str | None) -> int | None:
        """Return the index of a conversation, or None when it is not shown."""
        summary = self._by_file.get(file) if file is not None else None
        return None if summary is None else _find(self._shown, summary)

    def line_of(self, index: int) -> int:
        """Return the line on which a conversation stands."""
        group = self._groups[bisect_right(self._first_indexes, index) - 1]
        return group.line + 1 + index - group.first

    def row(self, line: int) -> Row | None:
        """Return what stands on a line, or None below the last."""
        if not 0 <= line < self.height:
            return None
        group = self._groups[bisect_right(self._label_lines, line) - 1]
        if line == group.line:
            return Row(group.label, group.first)
        return Row("", group.first + line - group.line - 1)

    def _matches(self, summary: Summary) -> bool:
        title = self._folded[summary.file]
        return all(word in title for word in self._words)

    def _refilter(self, among: list[Summary] | None = None) -> None:
        if not self._words:
            self._shown = self._all
        else:
            if len(self._folded) != len(self._by_file):
                self._folded = {
                    file: summary.title.casefold()
                    for file, summary in self._by_file.items()
                }
            found = self._all if among is None else among
            folded = self._folded
            for word in self._words:
                found = [item for item in found if word in folded[item.file]]
            self._shown = found
        self._regroup()

    def _regroup(self) -> None:
        shown = self._shown
        groups: list[Group] = []
        first = _first_where(shown, 0, lambda item: not item.pinned)
        if first:
            groups.append(Group(PINNED, 0, first, 0))
        for label, begin in named_days(self._now):
            if first == len(shown):
                break
            end = _first_older(shown, first, begin)
            first = _add_group(groups, label, first, end)
        zone = self._now.tzinfo
        while first < len(shown):
            month = month_of(shown[first].updated, zone)
            end = _first_older(shown, first, month)
            label = month_label(month)
            first = _add_group(groups, label, first, max(end, first + 1))
        self._groups = groups
        self._label_lines = [group.line for group in groups]
        self._first_indexes = [group.first for group in groups]


def _add_group(groups: list[Group], label: str, first: int, end: int) -> int:
    """Append a group unless it is empty; return where the next one begins."""
    if end > first:
        groups.append(Group(label, first, end - first, first + len(groups)))
    return max(first, end)


def _rank(summary: Summary) -> tuple[bool, datetime, str]:
    """Return what orders the list, the greatest on top."""
    return (summary.pinned, summary.updated, summary.file)


def _first_where(
    items: list[Summary], start: int, holds: Callable[[Summary], bool]
) -> int:
    """Return the first index from `start` on where something begins to hold."""
    return bisect_left(items, True, start, key=holds)


def _first_older(items: list[Summary], start: int, moment: datetime) -> int:
    return _first_where(items, start, lambda item: item.updated < moment)


def _place(items: list[Summary], summary: Summary) -> int:
    rank = _rank(summary)
    return _first_where(items, 0, lambda item: _rank(item) <= rank)


def _find(items: list[Summary], summary: Summary) -> int | None:
    at = _place(items, summary)
    found = at < len(items) and items[at].file == summary.file
    return at if found else None


def _insert(items: list[Summary], summary: Summary) -> None:
    items.insert(_place(items, summary), summary)


def _discard(items: list[Summary], summary: Summary) -> None:
    at = _find(items, summary)
    if at is not None:
        del items[at]
