"""A conversation with what a crash left of its answers, for commands that only read.

The next start of the app puts such answers into their files; until then their words
are in journals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage.journal_tail import broken_off_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.library import Library


def load_whole(library: Library, file: str) -> Conversation:
    """Return a conversation, answers that broke off included; writes nothing.

    Args:
        library: Where it is.
        file: Its file's name.

    Raises:
        StorageError: It can't be read.
    """
    conversation = library.load(file).conversation
    return with_answers(conversation, broken_off_answers(library.journal).get(file, ()))


def with_answers(
    conversation: Conversation, answers: Iterable[Message]
) -> Conversation:
    """Return a conversation with the answers that it does not hold yet."""
    for answer in answers:
        if conversation.find(answer.id) is None:
            conversation = conversation.with_message(answer)
    return conversation
