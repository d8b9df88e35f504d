"""Searches titles and messages file by file, without an index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, StorageError, UsageError
from tui.services.whole_conversation import with_answers
from tui.storage.journal_tail import broken_off_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.library import Library

BEFORE, AFTER = 40, 80
"""Characters of a line that a snippet shows around the match."""


@dataclass(frozen=True, slots=True)
class Match:
    """One line that matches.

    Attributes:
        file: The conversation's file name.
        title: The conversation's title.
        message: The message it is in; None for the title.
        snippet: What stands around the match, on one line.
    """

    file: str
    title: str
    message: Message | None
    snippet: str


def compile_pattern(pattern: str, *, fixed: bool, ignore_case: bool) -> re.Pattern[str]:
    """Return the pattern ready to search.

    Raises:
        UsageError: It is no regular expression.
    """
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(re.escape(pattern) if fixed else pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(
            f"“{pattern}” is no regular expression ({error}); -F takes it as text."
        ) from error


def search(
    library: Library,
    pattern: re.Pattern[str],
    unreadable: Callable[[str], None],
) -> Iterator[Match]:
    """Yield each matching line, the newest conversation first.

    Args:
        library: What is searched.
        pattern: What is searched for.
        unreadable: Called with a sentence for each file that can't be searched.
    """
    plain = _is_plain(pattern.pattern)
    broken_off = broken_off_answers(library.journal)
    for file in library.names():
        answers = broken_off.get(file, ())
        try:
            if (
                plain
                and not answers
                and not _may_hold(library.read_text(file), pattern)
            ):
                continue
            conversation = library.load(file).conversation
        except MissingError:
            continue
        except StorageError as error:
            named = file in error.sentence
            unreadable(error.sentence if named else f"{file}: {error.sentence}")
            continue
        yield from _search_one(file, with_answers(conversation, answers), pattern)


def _is_plain(pattern: str) -> bool:
    """Return whether a pattern is nothing but words and blanks, on one line."""
    return all(letter.isalnum() or letter == " " for letter in pattern)


def _may_hold(text: str, pattern: re.Pattern[str]) -> bool:
    """Return whether a file may hold a plain text; cheaper than understanding it.

    Where nothing is escaped, a message's words stand in the file as they are.
    """
    return "\\" in text or pattern.search(text) is not None


def _search_one(
    file: str, conversation: Conversation, pattern: re.Pattern[str]
) -> Iterator[Match]:
    title = conversation.title
    for snippet in _snippets(title, pattern):
        yield Match(file, title, None, snippet)
    for message in conversation.messages:
        for text in (message.content, message.reasoning):
            for snippet in _snippets(text, pattern):
                yield Match(file, title, message, snippet)


def _snippets(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield what stands around the first match of each line."""
    at = 0
    while at <= len(text) and (found := pattern.search(text, at)):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        if text:
            yield _cut(text[start:end], found.start() - start, found.end() - start)
        at = end + 1


def _cut(line: str, start: int, end: int) -> str:
    first, last = max(0, start - BEFORE), min(len(line), end + AFTER)
    before = "…" if first else ""
    after = "…" if last < len(line) else ""
    return f"{before}{line[first:last].strip()}{after}"
