"""Which messages a conversation has, without going through all of them each time."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.message import Message

MOST_FILES = 8
"""Files whose ids are kept: those that are written to right now."""


class KnownIds:
    """The ids of the messages of the files that were appended to last.

    They belong to one version of a file's messages, told by identity: for any other
    version they are gathered anew.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[tuple[Message, ...], set[str]]]
        self._known = OrderedDict()

    def missing(
        self, file: str, there: tuple[Message, ...], messages: Iterable[Message]
    ) -> list[Message]:
        """Return those messages that are not there, each once.

        Args:
            file: The file.
            there: The messages that it has.
            messages: Those that are asked for.
        """
        ids = self._ids_of(file, there)
        wanted: dict[str, Message] = {}
        for message in messages:
            if message.id not in ids:
                wanted.setdefault(message.id, message)
        return list(wanted.values())

    def grew(
        self, file: str, before: tuple[Message, ...], after: tuple[Message, ...]
    ) -> None:
        """Note that messages were added at the end."""
        ids = self._ids_of(file, before)
        ids.update(message.id for message in after[len(before) :])
        self._known[file] = (after, ids)

    def _ids_of(self, file: str, there: tuple[Message, ...]) -> set[str]:
        known = self._known.get(file)
        if known is None or known[0] is not there:
            known = (there, {message.id for message in there})
            self._known[file] = known
            while len(self._known) > MOST_FILES:
                self._known.popitem(last=False)
        self._known.move_to_end(file)
        return known[1]
