"""Which conversation somebody means who types a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.domain.summary import Summary
    from tui.storage.library import Library

SUFFIX = ".toml"

MOST_NAMED = 8
"""How many candidates an ambiguous name is answered with."""


def find_conversation(library: Library, wanted: str) -> str:
    """Return the file that is meant.

    A whole file name (with or without `.toml`) wins over a whole title, that over the
    one name or title that begins so. Upper and lower case are alike in titles.

    Args:
        library: Where to look.
        wanted: What was typed.

    Raises:
        UsageError: No conversation is meant, or several may be; the sentence names
            them.
        UnreadableError: The library can't be listed.
    """
    # Names alone first: they are known without opening a file.
    names = library.names()
    for whole in (wanted, wanted + SUFFIX):
        if whole in names:
            return whole
    if not wanted.strip():
        raise UsageError("Name a conversation: `fortytwo list` shows them.")
    return choose(library.scan(), wanted)


def choose(rows: Sequence[Summary], wanted: str) -> str:
    """Return the file of the one conversation that is meant; see `find_conversation`.

    Args:
        rows: All conversations.
        wanted: What was typed.

    Raises:
        UsageError: No conversation is meant, or several may be; the sentence names
            them.
    """
    for row in rows:
        if row.file in (wanted, wanted + SUFFIX):
            return row.file
    folded = wanted.casefold().strip()
    named = [row for row in rows if row.title.casefold() == folded]
    if len(named) == 1:
        return named[0].file
    begun = [
        row
        for row in rows
        if row.file.startswith(wanted) or row.title.casefold().startswith(folded)
    ]
    candidates = named or begun
    if not candidates:
        raise UsageError(
            f"No conversation is named “{wanted}”; `fortytwo list` shows them all."
        )
    if len(candidates) > 1:
        raise UsageError(_ambiguous(wanted, candidates))
    return candidates[0].file


def _ambiguous(wanted: str, candidates: Sequence[Summary]) -> str:
    rest = len(candidates) - MOST_NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    return (
        f"“{wanted}” may be {len(candidates)} conversations: "
        f"{_list(candidates[:MOST_NAMED])}{more}. Type more of the one you mean."
    )


def _list(candidates: Iterable[Summary]) -> str:
    return "; ".join(f"{row.file} ({row.title})" for row in candidates)
