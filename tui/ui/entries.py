"""Messages of a conversation become entries of the transcript. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.message import Role, Status
from tui.domain.visible import visible_line
from tui.ui.keys import ROWS, hint
from tui.ui.transcript.entry import Entry, EntryKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.settings import Problem
    from tui.domain.turn import Turn
    from tui.ui.keys import KeyRow

SYSTEM_ID = "system-prompt"
"""The id of the entry of the system prompt; messages have random ones."""

LATEST_MESSAGES = 400
"""Messages in which prompts for the history are looked for."""

_LONGEST_LABEL = 200
_KINDS = {
    Role.SYSTEM: EntryKind.SYSTEM,
    Role.USER: EntryKind.USER,
    Role.ASSISTANT: EntryKind.ASSISTANT,
}


class EntryMaker:
    """Makes entries for one person: their keys in the hints, their day in the times."""

    def __init__(
        self, today: Callable[[], date], rows: Sequence[KeyRow] = ROWS
    ) -> None:
        """Make it.

        Args:
            today: Tells the present day where the user is: a program that stays
                open over midnight shows yesterday's messages with their date.
            rows: The table of keys in force.
        """
        self._today = today
        retry, go_on = hint("chat.retry", rows), hint("chat.continue", rows)
        take_back = hint("chat.unqueue", rows)
        self._take_back = _from_composer(take_back, f"{take_back} takes it back")
        again = f"{retry} asks again"
        behind = f"{again} · {hint('chat.inspect', rows)} inspects"
        more = _from_composer(go_on, f"{go_on} continues · {again}")
        self._ask = f"not answered · {_from_composer(retry, again)}"
        self._hints = {
            Status.FAILED: _from_composer(retry, behind),
            Status.FILTERED: _from_composer(retry, again),
            Status.TRUNCATED: more,
            Status.STOPPED: more,
            Status.INCOMPLETE: _from_composer(go_on, f"{go_on} continues · {behind}"),
        }

    def entry(self, message: Message, place: tuple[int, int] = (1, 1)) -> Entry:
        """Return the entry of a message.

        Args:
            message: The message.
            place: Which of how many siblings it is, counted from 1.
        """
        status = message.status
        return Entry(
            id=message.id,
            kind=_KINDS[message.role],
            text=message.content,
            label=_label(message),
            when=self.when(message.created),
            details=_details(message, place),
            reasoning=message.reasoning,
            reasoning_seconds=message.timing.reasoning if message.timing else None,
            status=status,
            notice=message.error,
            hint=self._hint(message),
        )

    def _hint(self, message: Message) -> str:
        if message.status is None:
            return ""
        if message.status is not Status.FAILED and not message.content:
            return self._hints[Status.FAILED] if message.error else ""
        return self._hints.get(message.status, "")

    def streaming(self, turn: Turn, text: str, reasoning: str) -> Entry:
        """Return the entry of an answer that is on its way."""
        return Entry(
            id=turn.message_id,
            kind=EntryKind.ASSISTANT,
            text=text,
            label=visible_line(turn.model[:_LONGEST_LABEL]) or "Answer",
            reasoning=reasoning,
            streaming=True,
        )

    def unanswered(self, prompt: Message) -> Entry:
        """Return the entry of a last prompt that nothing answers: a crash, an edit."""
        return replace(self.entry(prompt), hint=self._ask)

    def queued(self, prompts: Sequence[str]) -> list[Entry]:
        """Return the entries of prompts that wait behind a running answer."""
        last = len(prompts) - 1
        return [
            Entry(
                id=f"queued:{at}",
                kind=EntryKind.USER,
                text=prompt,
                label="You",
                details=("queued",),
                hint=self._take_back if at == last else "",
            )
            for at, prompt in enumerate(prompts)
        ]

    def path(
        self, conversation: Conversation, messages: Iterable[Message]
    ) -> list[Entry]:
        """Return the entries of messages of a conversation.

        Args:
            conversation: Knows the siblings.
            messages: What is to be shown of its path, in order.
        """
        return [
            self.entry(message, sibling_place(conversation, message))
            for message in messages
        ]

    def head(
        self,
        conversation: Conversation,
        problems: Sequence[Problem] = (),
        read_only: str = "",
    ) -> list[Entry]:
        """Return what stands above the first message: problems, the system prompt."""
        entries = [
            note(f"problem-{number}", str(problem))
            for number, problem in enumerate(problems)
        ]
        if read_only:
            entries.append(note("read-only", read_only))
        if conversation.system_prompt.strip():
            entries.append(system_entry(conversation.system_prompt))
        return entries

    def when(self, moment: datetime | None) -> str:
        """Return a moment as the user's clock shows it: `14:02`, `23 Nov 14:02`."""
        if moment is None:
            return ""
        local = moment.astimezone()
        today = self._today()
        if local.date() == today:
            return f"{local:%H:%M}"
        if local.year == today.year:
            return f"{local.day} {local:%b %H:%M}"
        return f"{local.day} {local:%b %Y}"


def _from_composer(key: str, hint_text: str) -> str:
    """Return a hint that is true while typing, too: there a letter is a letter."""
    return f"Esc, then {hint_text}" if len(key) == 1 else hint_text


def system_entry(text: str) -> Entry:
    """Return the entry of a system prompt."""
    return Entry(SYSTEM_ID, EntryKind.SYSTEM, text, "System prompt")


def note(note_id: str, text: str) -> Entry:
    """Return an entry of our own words."""
    return Entry(note_id, EntryKind.NOTE, text, "Note")


def sibling_place(conversation: Conversation, message: Message) -> tuple[int, int]:
    """Return which of how many siblings a message is, counted from 1."""
    siblings = conversation.siblings(message.id)
    if len(siblings) < 2:
        return (1, 1)
    ids = [sibling.id for sibling in siblings]
    return (ids.index(message.id) + 1, len(ids))


def latest_prompts(conversation: Conversation | None) -> list[str]:
    """Return the user's latest prompts, oldest first, for the composer's history."""
    if conversation is None:
        return []
    latest = conversation.messages[-LATEST_MESSAGES:]
    return [message.content for message in latest if message.role is Role.USER]


def raw_entries(text: str, problem: str) -> list[Entry]:
    """Return the entries that show a file as it is, because it can't be read."""
    return [
        note("unreadable", problem),
        Entry("raw", EntryKind.USER, text, "The file as it is"),
    ]


def _label(message: Message) -> str:
    if message.role is Role.USER:
        return "You"
    if message.role is Role.SYSTEM:
        return "System"
    return visible_line(message.model[:_LONGEST_LABEL]) or "Answer"


def _details(message: Message, place: tuple[int, int]) -> tuple[str, ...]:
    details = []
    at, count = place
    if count > 1:
        details.append(f"{at}/{count}")
    if message.edited:
        details.append("edited")
    usage = message.usage
    if usage is not None and usage.completion_tokens is not None:
        mark = "≈" if usage.estimated else ""
        details.append(f"{mark}{usage.completion_tokens:,} tokens")
    return tuple(details)
