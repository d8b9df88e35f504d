"""The conversation on the screen: what is known of it, and what shows it.

Events of other conversations pass by. Events of this one that arrive while it is
being opened or laid out wait and are taken afterwards, in their order; each may be
taken twice without harm.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.message import Role
from tui.domain.phase import Phase
from tui.services.events import (
    AnswerEnded,
    AnswerGrew,
    ConversationChanged,
    EarlierLoaded,
    FileChecked,
    MessageAdded,
    PromptsQueued,
    TurnChanged,
)
from tui.services.workspace import NewConversation
from tui.ui.earlier_entries import EarlierEntries
from tui.ui.entries import SYSTEM_ID, raw_entries, sibling_place, system_entry
from tui.ui.live_answers import file_of, path_under

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.settings import Problem
    from tui.domain.turn import Turn
    from tui.services.events import Event
    from tui.services.workspace import OpenConversation
    from tui.ui.entries import EntryMaker
    from tui.ui.live_answers import LiveAnswers
    from tui.ui.transcript import Entry, Transcript

FIRST_ENTRIES = 100
"""Messages that are laid out at once; older ones follow from a thread."""

NEW_KEY = ""
"""The transcript's key of the conversation that is not on disk yet."""


class ShownChat:
    """One open conversation, or a new one that is not on disk yet."""

    def __init__(
        self,
        transcript: Transcript,
        live: LiveAnswers,
        maker: EntryMaker,
        work: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        """Show nothing yet.

        Args:
            transcript: Shows the messages.
            live: The running answers.
            maker: Makes the entries.
            work: Runs a coroutine without waiting, and tells what goes wrong.
        """
        self.file: str | None = None
        self.conversation: Conversation | None = None
        self.new = NewConversation()
        """What is chosen for the next new one; it stays, as its draft does."""
        self.problems: tuple[Problem, ...] = ()
        self.read_only = ""
        self.turn: Turn | None = None
        self.last: str | None = None
        """The id of the last message, the running answer included."""
        self.queued: tuple[str, ...] = ()
        """Prompts that wait behind the running answer, the next one first."""
        self.complete = True
        """False while earlier messages are still being read."""
        self._above = EarlierEntries(transcript, maker)
        self._transcript = transcript
        self._live = live
        self._maker = maker
        self._work = work
        self._ids: set[str] = set()
        self._waiting: dict[str, list[Event]] = {}
        self._filling = 0
        self._resampled: set[str] = set()
        self._asked = False
        self._unanswered: Message | None = None

    # Opening

    def expect(self, file: str) -> None:
        """Keep the events of a conversation that is about to be shown."""
        self._waiting.setdefault(file, [])

    def give_up(self, file: str) -> None:
        """Forget a conversation that could not be opened."""
        if file != self.file:
            self._waiting.pop(file, None)

    def show_new(self) -> None:
        """Show a conversation that is not on disk yet."""
        self._forget()
        prompt = self.new.system_prompt
        entries = [system_entry(prompt)] if prompt else []
        self._transcript.show_entries(entries, key=NEW_KEY)

    def show_raw(self, file: str, text: str, problem: str) -> None:
        """Show a file that can't be read as a conversation."""
        self._forget()
        self.file = file
        self.read_only = problem
        self._waiting.pop(file, None)
        self._transcript.show_entries(raw_entries(text, problem), key=file)

    async def show(self, opened: OpenConversation) -> None:
        """Show a conversation, its running answer included."""
        self._forget()
        self.file = opened.file
        self.conversation = opened.conversation
        self.problems = opened.problems
        self.read_only = opened.read_only
        self.queued = opened.queued
        self.complete = opened.complete
        self._asked = opened.turn is not None
        await self._fill()

    def _forget(self) -> None:
        self._filling += 1
        self._above.begin("")
        self.complete = True
        if self.file is not None:
            self._waiting.pop(self.file, None)
        self.file = None
        self.conversation = None
        self.problems = ()
        self.read_only = ""
        self.turn = None
        self.last = None
        self.queued = ()
        self._ids = set()
        self._resampled = set()
        self._asked = False
        self._unanswered = None

    async def _fill(self) -> None:
        """Lay the conversation out: the end at once, the rest when it is made."""
        conversation, file = self.conversation, self.file
        if conversation is None or file is None:
            return
        self._filling += 1
        filling = self._filling
        self.expect(file)
        if len(conversation.messages) <= FIRST_ENTRIES:
            path = conversation.path
        else:
            path = await asyncio.to_thread(lambda: conversation.path)
            if filling != self._filling:
                return
        turn = self._live.of_file(file)
        path = path_under(path, turn)
        head: list[Entry] = []
        if self.complete:
            head = self._maker.head(conversation, self.problems, self.read_only)
        tail = self._maker.path(conversation, path[-FIRST_ENTRIES:])
        self._ids = {message.id for message in path}
        self.last = path[-1].id if path else None
        self.turn = turn or self._ended_last(file)
        self._unanswered = None
        silent = turn or self._asked or self.read_only
        if path and path[-1].role is Role.USER and not silent:
            self._unanswered = path[-1]
            tail[-1] = self._maker.unanswered(path[-1])
        if self.read_only:
            # No key that a hint could name does anything here.
            tail = [replace(entry, hint="") for entry in tail]
        if turn is not None and turn.message_id not in self._ids:
            text, reasoning = self._live.so_far(turn.message_id)
            tail.append(self._maker.streaming(turn, text, reasoning))
            self._ids.add(turn.message_id)
            self.last = turn.message_id
        tail += self._maker.queued(self.queued)
        earlier = path[:-FIRST_ENTRIES]
        if not earlier:
            tail = head + tail
        self._above.begin(path[0].id if path else "")
        self._transcript.show_entries(tail, key=file)
        if earlier:
            self._work(self._above.add(conversation, earlier, head))
        for event in self._waiting.pop(file, ()):
            self._apply(event)

    def _ended_last(self, file: str) -> Turn | None:
        """Return the ended turn of the last message, which may have ended at once."""
        turn = self._live.ended(file)
        return turn if turn is not None and turn.message_id == self.last else None

    def _take_earlier(self, event: EarlierLoaded) -> None:
        if event.complete:
            known, ids = self.conversation, frozenset(self._ids)
            self.conversation = event.conversation
            self.problems, self.read_only = event.problems, event.read_only
            self.complete = True
            self._work(self._complete(self._filling, event, known, ids))
        elif event.below == self._above.top:
            self.conversation = event.conversation
            self._ids.update(message.id for message in event.messages)
            self._work(self._above.add(event.conversation, event.messages))

    async def _complete(
        self,
        filling: int,
        event: EarlierLoaded,
        known: Conversation | None,
        ids: frozenset[str],
    ) -> None:
        """Lay out what stands above all messages, or all anew if they are others."""
        whole = event.conversation
        turn = self._live.of_file(event.file)
        same = await self._above.is_all(whole, known, ids, turn)
        if filling != self._filling:
            return
        if same:
            head = self._maker.head(whole, self.problems, self.read_only)
            self._above.end(whole, head)
        else:
            await self._fill()

    # Events

    def take(self, event: Event) -> bool:
        """Take an event; returns True when more than text and time changed."""
        file = file_of(event)
        if file is None:
            return False
        if file in self._waiting:
            # The pieces of an answer are in `live` by the time it is laid out.
            if not isinstance(event, AnswerGrew):
                self._waiting[file].append(event)
            return False
        if file != self.file or self.conversation is None:
            return False
        before = self.turn
        self._apply(event)
        if isinstance(event, AnswerGrew):
            return False
        after = self.turn
        return not (
            isinstance(event, TurnChanged)
            and before is not None
            and after is not None
            and (before.message_id, before.phase, before.model)
            == (after.message_id, after.phase, after.model)
        )

    def _apply(self, event: Event) -> None:
        match event:
            case MessageAdded(message=message):
                self._add_message(message)
            case TurnChanged(turn=turn) if turn.phase is not Phase.ENDED:
                self._follow_turn(turn)
            case AnswerGrew(message_id=message_id, text=text, reasoning=reasoning):
                if message_id in self._ids:
                    self._transcript.extend_answer(message_id, text, reasoning)
            case AnswerEnded(turn=turn, message=message):
                self._end_answer(turn, message)
            case ConversationChanged(conversation=conversation):
                self._change(conversation)
            case FileChecked(problems=problems, read_only=read_only):
                self.problems, self.read_only = problems, read_only
                self._work(self._fill())
            case EarlierLoaded():
                self._take_earlier(event)
            case PromptsQueued(prompts=prompts):
                self._show_queued(prompts)
            case _:
                pass

    def _add_message(self, message: Message) -> None:
        if message.id in self._ids:
            return
        self._remember(message)
        self._ids.add(message.id)
        self.last = message.id
        self._append(self._maker.entry(message))

    def _append(self, entry: Entry) -> None:
        """Add an entry above the prompts that wait."""
        waiting = self.queued
        self._show_queued(())
        self._transcript.append_entry(entry)
        self._show_queued(waiting)

    def _show_queued(self, prompts: tuple[str, ...]) -> None:
        if prompts == self.queued:
            return
        old, new = self._maker.queued(self.queued), self._maker.queued(prompts)
        self.queued = prompts
        for entry in reversed(old[len(new) :]):
            self._transcript.remove_entry(entry.id)
        for before, after in zip(old, new, strict=False):
            if before != after:
                self._transcript.replace_entry(after)
        for entry in new[len(old) :]:
            self._transcript.append_entry(entry)

    def _remember(self, message: Message) -> None:
        if self.conversation is not None:
            self.conversation = self.conversation.with_message(message)

    def _follow_turn(self, turn: Turn) -> None:
        previous, self.turn = self.turn, turn
        self._asked = True
        if turn.message_id in self._ids:
            if previous is not None and previous.model != turn.model:
                text, reasoning = self._live.so_far(turn.message_id)
                entry = self._maker.streaming(turn, text, reasoning)
                self._transcript.replace_entry(entry)
            return
        if turn.parent and turn.parent != self.last:
            self._resampled.add(turn.message_id)
            self._work(self._fill())
            return
        if self._unanswered is not None:
            self._transcript.replace_entry(self._maker.entry(self._unanswered))
            self._unanswered = None
        text, reasoning = self._live.so_far(turn.message_id)
        self._ids.add(turn.message_id)
        self.last = turn.message_id
        self._append(self._maker.streaming(turn, "", ""))
        if text or reasoning:
            self._transcript.extend_answer(turn.message_id, text, reasoning)

    def _end_answer(self, turn: Turn, message: Message) -> None:
        self.turn = turn
        conversation = self.conversation
        if conversation is None:
            return
        if not conversation.messages or conversation.messages[-1].id != message.id:
            if conversation.find(message.id) is None:
                self._remember(message)
            else:
                self.conversation = conversation.with_replaced(message)
        place = (1, 1)
        if message.id in self._resampled and self.conversation is not None:
            place = sibling_place(self.conversation, message)
        entry = self._maker.entry(message, place)
        if message.id in self._ids:
            self._transcript.finish_answer(entry)
        else:
            self._ids.add(message.id)
            self._append(entry)
        self.last = message.id

    def _change(self, new: Conversation) -> None:
        old, self.conversation = self.conversation, new
        if old is None:
            return
        if new.messages != old.messages or new.active != old.active:
            self._work(self._fill())
            return
        before, after = old.system_prompt.strip(), new.system_prompt.strip()
        if before == after:
            return
        if before and after:
            self._transcript.replace_entry(system_entry(new.system_prompt))
        elif after:
            self._transcript.prepend_entries([system_entry(new.system_prompt)])
        else:
            self._transcript.remove_entry(SYSTEM_ID)

    # What the actions ask

    @property
    def title(self) -> str:
        """The title, or what stands in its place."""
        if self.conversation is not None:
            return self.conversation.title
        return self.file or "New conversation"

    @property
    def empty(self) -> bool:
        """True when nothing has been said."""
        # `last` follows only once the conversation has been laid out.
        said = self.conversation is not None and self.conversation.messages
        return not (said or self.turn_runs or self.read_only)

    @property
    def answered(self) -> bool:
        """True when any answer has brought a text."""
        messages = self.conversation.messages if self.conversation else ()
        return any(one.role is Role.ASSISTANT and one.content for one in messages)

    @property
    def last_said(self) -> str | None:
        """The id of the last message that has ended, or None."""
        if self.turn is not None and self.turn_runs and self.turn.parent:
            return self.turn.parent
        return self.last

    @property
    def turn_runs(self) -> bool:
        """True while an answer is on its way here."""
        return self.turn is not None and self.turn.phase is not Phase.ENDED

    @property
    def _shown(self) -> Conversation | NewConversation:
        if self.conversation is not None:
            return self.conversation
        return self.new if self.file is None else NewConversation()

    @property
    def endpoint(self) -> str:
        """The endpoint's name, or "" for the default one."""
        return self._shown.endpoint

    @property
    def model(self) -> str:
        """The model that is chosen here, or ""."""
        return self._shown.model

    @property
    def stream(self) -> bool | None:
        """False when answers come whole; None leaves it to the endpoint."""
        return self._shown.stream

    @property
    def system_prompt(self) -> str | None:
        """The system prompt; None when a new one takes the settings'."""
        return self._shown.system_prompt

    def holds(self, message_id: str | None) -> bool:
        """Return whether a message is on the shown path."""
        return message_id in self._ids
