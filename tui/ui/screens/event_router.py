"""The one place where what the services tell reaches the widgets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.services.events import (
    ActivityChanged,
    AnswerEnded,
    ConversationUnreadable,
    DraftChanged,
    EarlierLoaded,
    LibraryExtended,
    LibraryListed,
    ModelsListed,
    NoticeGiven,
    ProblemsFound,
    SummaryChanged,
    SummaryRemoved,
)
from tui.ui.actions.following import carry_to_new, follow_file
from tui.ui.actions.opening import open_file, show_new
from tui.ui.actions.sending import take_draft
from tui.ui.entries import latest_prompts
from tui.ui.live_answers import LiveAnswers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.summary import Summary
    from tui.services.events import Event
    from tui.ui.screens.main import MainScreen

TURN_PAUSE = 0.5
"""Seconds between two looks at a turn that only grows: its rate, its seconds."""


class EventRouter:
    """Takes events in their order, and remembers what is asked for later."""

    def __init__(self, screen: MainScreen) -> None:
        """Make it.

        Args:
            screen: Whose widgets are told.
        """
        self.summaries: dict[str, Summary] = {}
        """All conversations, by file."""
        self.unsaved: dict[str, str] = {}
        """Why conversations are not on disk yet, by file."""
        self.live = LiveAnswers()
        self._screen = screen
        self._turn_shown = 0.0

    def title_of(self, file: str) -> str:
        """Return a conversation's title."""
        summary = self.summaries.get(file)
        return summary.title if summary else file

    def take(self, events: Iterable[Event]) -> None:
        """Bring events to the widgets."""
        changed = False
        for event in events:
            self.live.take(event)
            changed |= self._screen.chat.take(event)
            self._route(event)
        now = time.monotonic()
        if changed:
            self._screen.around.show()
        elif now - self._turn_shown > TURN_PAUSE:
            self._screen.around.show_turn()
        else:
            return
        self._turn_shown = now

    def _route(self, event: Event) -> None:
        screen = self._screen
        match event:
            case LibraryListed(summaries=summaries):
                self.summaries = {summary.file: summary for summary in summaries}
                screen.conversations.show_summaries(summaries)
            case LibraryExtended(summaries=summaries):
                self.summaries.update((one.file, one) for one in summaries)
                screen.conversations.add_summaries(summaries)
            case SummaryChanged(summary=summary):
                self.summaries[summary.file] = summary
                screen.conversations.put_summary(summary)
            case SummaryRemoved():
                self._remove(event)
            case ActivityChanged(file=file, activity=activity):
                screen.conversations.put_activity(file, activity)
                if activity.unsaved:
                    self.unsaved[file] = activity.unsaved
                else:
                    self.unsaved.pop(file, None)
                if file == screen.chat.file:
                    screen.around.show()
            case AnswerEnded(turn=turn):
                # No answer ends before the first frame, which need not wait for it.
                from tui.ui.announcing import announce

                title = self.title_of(turn.file)
                screen.work(announce(screen.fortytwo, turn, title))
            case EarlierLoaded(file=file, complete=True) if file == screen.chat.file:
                screen.composer.learn(latest_prompts(event.conversation))
            case ConversationUnreadable(file=file) if file == screen.chat.file:
                # What opens now is the text of the file, with the reason.
                screen.work(open_file(screen, file))
            case ModelsListed():
                screen.around.show()
            case DraftChanged(file=file, text=text):
                take_draft(screen, file, text)
            case NoticeGiven(sentence=sentence, severity=severity):
                screen.fortytwo.tell(sentence, severity)
            case ProblemsFound(problems=problems):
                for problem in problems:
                    screen.fortytwo.tell(str(problem), "warning")
            case _:
                pass

    def _remove(self, event: SummaryRemoved) -> None:
        """Show something else when the shown conversation has left the library.

        That is the conversation itself when only its file has another name, or a
        neighbour; but no text that is being typed is lost out of sight.
        """
        screen, file = self._screen, event.file
        self.summaries.pop(file, None)
        neighbour = screen.conversations.neighbours(file, 1)
        neighbour = neighbour or screen.conversations.neighbours(file, -1)
        screen.conversations.remove_summary(file)
        if file != screen.chat.file:
            return
        composer = screen.composer
        if event.to:
            screen.work(follow_file(screen, file, event.to))
        elif event.by_others and composer.file == file and composer.draft.strip():
            screen.work(carry_to_new(screen, file))
        elif neighbour:
            screen.work(open_file(screen, neighbour))
        else:
            # The key that brings it back is a plain letter.
            screen.work(show_new(screen, focus=False))
