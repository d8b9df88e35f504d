"""The answers that are on their way, as far as the interface has been told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from tui.domain.message import Message
    from tui.domain.turn import Turn
    from tui.services.events import Event


@dataclass(slots=True)
class LiveAnswer:
    """One answer so far.

    Attributes:
        turn: Its newest state.
        text: Its pieces of text.
        reasoning: Its pieces of reasoning.
    """

    turn: Turn | None = None
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)


class LiveAnswers:
    """All running answers, collected from the events in their order.

    A conversation may be opened while its answer streams. What the services hold by
    then is a little ahead of the events that wait for the interface; showing it would
    show those pieces twice. What is collected here is in step with them.
    """

    def __init__(self) -> None:
        self._answers: dict[str, LiveAnswer] = {}
        self._ended: dict[str, Turn] = {}

    def take(self, event: Event) -> None:
        """Learn from an event; others than those of answers are passed over."""
        match event:
            case TurnChanged(turn=turn) if turn.phase is not Phase.ENDED:
                self._answer(turn.message_id).turn = turn
            case AnswerGrew(message_id=message_id, text=text, reasoning=reasoning):
                answer = self._answer(message_id)
                if text:
                    answer.text.append(text)
                if reasoning:
                    answer.reasoning.append(reasoning)
            case AnswerEnded(turn=turn, message=message):
                self._answers.pop(message.id, None)
                self._ended[turn.file] = turn
            case _:
                pass

    def _answer(self, message_id: str) -> LiveAnswer:
        return self._answers.setdefault(message_id, LiveAnswer())

    def of_file(self, file: str) -> Turn | None:
        """Return the running turn of a conversation."""
        for answer in self._answers.values():
            if answer.turn is not None and answer.turn.file == file:
                return answer.turn
        return None

    def ended(self, file: str) -> Turn | None:
        """Return the turn of a conversation that ended last in this run."""
        return self._ended.get(file)

    def so_far(self, message_id: str) -> tuple[str, str]:
        """Return the text and the reasoning of an answer so far."""
        answer = self._answers.get(message_id)
        if answer is None:
            return "", ""
        return "".join(answer.text), "".join(answer.reasoning)

    def totals(self) -> tuple[int, int]:
        """Return how many answers run and how many wait in the queue."""
        turns = [answer.turn for answer in self._answers.values() if answer.turn]
        queued = sum(turn.phase is Phase.QUEUED for turn in turns)
        return len(turns) - queued, queued


def file_of(event: Event) -> str | None:
    """Return the conversation an event belongs to, or None."""
    match event:
        case TurnChanged(turn=turn) | AnswerEnded(turn=turn):
            return turn.file
        case MessageAdded() | ConversationChanged() | EarlierLoaded() | FileChecked():
            return event.file
        case AnswerGrew() | PromptsQueued():
            return event.file
        case _:
            return None


def path_under(path: tuple[Message, ...], turn: Turn | None) -> tuple[Message, ...]:
    """Return the part of a path that a running answer stands under."""
    if turn is None or not turn.parent:
        return path
    for at in range(len(path) - 1, -1, -1):
        if path[at].id == turn.parent:
            return path[: at + 1] if path[-1].id != turn.message_id else path
    return path
