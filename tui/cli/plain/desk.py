"""The open conversation of the linear mode: what is known of it, what happens in it."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from tui.domain.message import Role
from tui.domain.phase import Phase
from tui.services.events import (
    ActivityChanged,
    AnswerEnded,
    AnswerGrew,
    ConversationChanged,
    ConversationUnreadable,
    DraftChanged,
    EarlierLoaded,
    LibraryExtended,
    LibraryListed,
    MessageAdded,
    NoticeGiven,
    ProblemsFound,
    SummaryChanged,
    SummaryRemoved,
    TurnChanged,
)
from tui.services.workspace import NewConversation
from tui.ui.widgets.status_text import turn_text

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tui.cli.plain.page import Page
    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.summary import Summary
    from tui.domain.turn import Turn
    from tui.services.events import Event
    from tui.services.workspace import Workspace

TICK = 0.5
"""Seconds between two looks at the clock while nothing arrives."""

SILENCES = (5.0, 15.0, 30.0)
"""Seconds of waiting after which a line says so; later every `LATER` seconds."""

LATER = 60.0
READING = 20.0
"""Seconds that reading the beginning of a long conversation may take."""

Result = TypeVar("Result")


class Desk:
    """One conversation at a time, on the same services as the full-screen program.

    Attributes:
        file: The open conversation, None for a new one.
        conversation: What is known of it.
        new: What a new conversation begins with.
        draft: Text that was entered and not sent.
        failed: True when the last answer was not whole.
        interrupted: Set by ctrl+c: the running answer is to be stopped.
    """

    def __init__(self, workspace: Workspace, page: Page) -> None:
        """Take the services, not started yet, and where to write."""
        self.workspace = workspace
        self.page = page
        self.file: str | None = None
        self.conversation: Conversation | None = None
        self.new = NewConversation()
        self.draft = ""
        self.failed = False
        self.interrupted = False
        self.summaries: dict[str, Summary] = {}
        self._complete = True
        self._unsaved: dict[str, str] = {}
        self._runner = asyncio.Runner()
        self._wake = threading.Event()
        self._turn: Turn | None = None
        self._speaks = False
        self._reasons = False
        self._attempt = 0
        self._told = 0

    # Work on the engine

    def call(self, work: Coroutine[object, object, Result]) -> Result:
        """Do something on the services and wait for it. Raises what it raises."""
        return self._runner.run(work)

    def start(self) -> None:
        """Start the services and bring back the text that was not sent last time."""
        self.workspace.connect(self._wake.set)
        self.call(self.workspace.start())
        self.show_new()

    def close(self) -> None:
        """Save everything and stop."""
        self.keep_draft(self.draft)
        self.call(self.workspace.close())
        self._runner.close()

    # Which conversation

    def show_new(self, new: NewConversation | None = None) -> None:
        """Begin a conversation; it is on disk from its first prompt."""
        draft = self.call(self.workspace.show_nothing())
        self.file = self.conversation = None
        self.draft = draft
        self.new = new or NewConversation()
        self._complete = True
        self._take_draft(draft)

    def open(self, file: str, *, draft: bool = True) -> None:
        """Open a conversation. Raises StorageError."""
        opened = self.call(self.workspace.open(file))
        self.file, self.conversation = file, opened.conversation
        if draft:
            self.draft = opened.draft
        self._complete = opened.complete
        if opened.read_only:
            self.page.note(f"[{opened.read_only}]")
        for problem in opened.problems:
            self.page.note(f"[{problem}]")
        if draft:
            self._take_draft(opened.draft)

    def read_all(self) -> Conversation | None:
        """Return the open conversation, all of it."""
        deadline = time.monotonic() + READING
        while not self._complete and time.monotonic() < deadline:
            self._wake.wait(TICK)
            self.take_events()
        return self.conversation

    # Text that is not sent yet

    def keep_draft(self, text: str) -> None:
        """Keep text that was entered and not sent; it is on disk within a second."""
        self.draft = text
        self.workspace.save_draft(self.file, text)

    def _take_draft(self, text: str) -> None:
        self.draft = text
        if text:
            lines = text.count("\n") + 1
            self.page.note(
                f"[A text of {lines} {'line' if lines == 1 else 'lines'} that was not "
                "sent waits here. /send sends it, /drop forgets it; what you type "
                "joins it.]"
            )
            self.page.write(f"{text}\n")

    # Answers

    def send(self, text: str) -> None:
        """Send a prompt and write its answer as it comes. Raises FortytwoError."""
        file = self.call(self.workspace.send(self.file, text, self.new))
        self.draft = ""
        if self.file is None:
            self.open(file, draft=False)
        self.follow()

    def follow(self) -> None:
        """Write the running answer until it has ended; ctrl+c stops it."""
        self._turn = None
        self._speaks = self._reasons = False
        self._attempt = self._told = 0
        ended = False
        while not ended:
            self._wake.wait(TICK)
            ended = self.take_events()
            if self.interrupted and self.file is not None:
                self.interrupted = False
                self.call(self.workspace.stop(self.file))
            if not ended and not self._speaks:
                self._say_waiting()

    def take_events(self) -> bool:
        """Take what happened; True when the open conversation's answer has ended."""
        self._wake.clear()
        ended = False
        for event in self.workspace.take_events():
            ended = self._take(event) or ended
        return ended

    def _take(self, event: Event) -> bool:
        match event:
            case AnswerGrew(file=file) if file == self.file:
                self._grow(event)
            case TurnChanged(turn=turn) if turn.file == self.file:
                self._move(turn)
            case AnswerEnded(turn=turn, message=message) if turn.file == self.file:
                self._end(message)
                return True
            case MessageAdded(file=file, message=message) if file == self.file:
                self._add(message)
            case ConversationChanged(file=file) if file == self.file:
                self.conversation = event.conversation
            case EarlierLoaded(file=file) if file == self.file:
                self.conversation = event.conversation
                self._complete = event.complete
            case ConversationUnreadable(file=file) if file == self.file:
                self._complete = True
                self.page.note(f"[{event.sentence}]")
                # What can't be sent as a whole is not answered: nothing to wait for.
                return True
            case DraftChanged(file=file) if file == self.file:
                self._take_draft(event.text)
            case _:
                self._take_other(event)
        return False

    def _take_other(self, event: Event) -> None:
        match event:
            case LibraryListed(summaries=summaries):
                self.summaries = {one.file: one for one in summaries}
            case LibraryExtended(summaries=summaries):
                self.summaries.update((one.file, one) for one in summaries)
            case SummaryChanged(summary=summary):
                self.summaries[summary.file] = summary
            case SummaryRemoved(file=file, to=to):
                self.summaries.pop(file, None)
                if to and file == self.file:
                    self.file = to
            case NoticeGiven(sentence=sentence):
                self.page.note(f"[{sentence}]")
            case ProblemsFound(problems=problems):
                for problem in problems:
                    self.page.note(f"[{problem}]")
            case ActivityChanged(file=file, activity=activity):
                if activity.unsaved and activity.unsaved != self._unsaved.get(file):
                    self.page.note(f"[{activity.unsaved}]")
                self._unsaved[file] = activity.unsaved
            case _:
                pass

    def _grow(self, event: AnswerGrew) -> None:
        if event.reasoning and not self._reasons and not self._speaks:
            self._reasons = True
            self.page.note("[The model reasons first.]")
        if event.text and not self._speaks:
            self._speaks = True
            self.page.speak(self._turn.model if self._turn else "Assistant")
        self.page.write(event.text)

    def _move(self, turn: Turn) -> None:
        self._turn = turn
        if turn.phase is Phase.RETRYING and turn.attempt != self._attempt:
            self._attempt = turn.attempt
            why = f" {turn.failure.sentence}" if turn.failure else ""
            self.page.note(f"[{turn_text(turn, time.monotonic())}.{why}]")

    def _end(self, message: Message) -> None:
        from tui.cli.plain.page import ending

        self._add(message)
        self.failed = not message.content
        self.page.note(ending(message))

    def _add(self, message: Message) -> None:
        known = self.conversation
        if known is not None and known.find(message.id) is None:
            self.conversation = known.with_message(message)

    def _say_waiting(self) -> None:
        turn = self._turn
        if turn is None:
            return
        now = time.monotonic()
        waited = now - turn.queued_at
        beyond = self._told - len(SILENCES)
        due = SILENCES[self._told] if beyond < 0 else LATER * (beyond + 1)
        if waited > due:
            self._told += 1
            self.page.note(f"[{turn_text(turn, now)}]")

    # Looking

    def last_answer(self) -> Message | None:
        """Return the last answer of what is shown, or None."""
        path = self.conversation.path if self.conversation else ()
        answers = [one for one in path if one.role is Role.ASSISTANT]
        return answers[-1] if answers else None
