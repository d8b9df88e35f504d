"""What the linear mode writes: labelled, cleaned, appended, never repainted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.cli.output import Output
from tui.domain.message import Role, Status
from tui.domain.visible import visible_line
from tui.services.exporting import speaker

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.message import Message

ENDINGS = {
    Status.COMPLETE: "Done",
    Status.TRUNCATED: "Cut at the token limit; /continue goes on",
    Status.FILTERED: "Cut by the server's content filter",
    Status.STOPPED: "Stopped; what had arrived is kept",
    Status.INCOMPLETE: "Broken off; /continue goes on, /retry asks again",
    Status.FAILED: "Failed; /retry asks again",
}


class Page:
    """Conversation to stdout, everything about it to stderr.

    Both are the same screen most of the time, so each is flushed before the other.
    """

    def __init__(self) -> None:
        """Take the process's streams."""
        self._output = Output(shown=True)
        self._notes = Output(sys.stderr, shown=True)
        self._fresh = True
        """True at the beginning of a line."""

    def ask(self, label: str) -> None:
        """Write what stands before the line that is typed next."""
        self._end_line()
        self._output.write(f"{label} ")
        self._output.flush()

    def entered(self) -> None:
        """Note that a line was entered: the terminal has ended it."""
        self._fresh = True

    def speak(self, who: str) -> None:
        """Write who speaks from here on."""
        self._end_line()
        self._output.write_line(f"{visible_line(who)}:")
        self._output.flush()

    def write(self, text: str) -> None:
        """Write a piece of what is said."""
        if text:
            self._output.write(text)
            self._output.flush()
            self._fresh = text.endswith("\n")

    def say(self, line: str) -> None:
        """Write a line that was asked for."""
        self._end_line()
        self._output.write_line(visible_line(line))
        self._output.flush()

    def note(self, sentence: str) -> None:
        """Write a line about the conversation."""
        self._end_line()
        self._notes.write_line(visible_line(sentence))
        self._notes.flush()

    def read_out(self, conversation: Conversation, count: int | None = None) -> None:
        """Write the messages of a conversation.

        Args:
            conversation: The conversation.
            count: Only so many of the last messages; None writes all.
        """
        if count is None and conversation.system_prompt.strip():
            self.speak("System prompt")
            self.write(conversation.system_prompt.strip("\n") + "\n")
        path = conversation.path
        for message in path if count is None else path[-count:]:
            self.read_message(message)

    def read_message(self, message: Message) -> None:
        """Write one message and how it ended."""
        self.speak(speaker(message))
        if message.content:
            self.write(message.content.strip("\n") + "\n")
        if message.role is Role.ASSISTANT and message.status is not Status.COMPLETE:
            self.note(ending(message))

    def _end_line(self) -> None:
        if not self._fresh:
            self._output.end_line()
            self._fresh = True
        self._output.flush()


def ending(message: Message) -> str:
    """Return how an answer ended, as a line in brackets."""
    parts = []
    if message.error:
        parts.append(message.error.rstrip("."))
    parts.append(ENDINGS.get(message.status or Status.COMPLETE, "Ended"))
    usage = message.usage
    if usage is not None and usage.completion_tokens is not None:
        about = "about " if usage.estimated else ""
        parts.append(f"{about}{usage.completion_tokens:,} tokens")
    if message.timing is not None and message.timing.total is not None:
        parts.append(f"{message.timing.total:.1f} s")
    return f"[{'. '.join(parts)}.]"
