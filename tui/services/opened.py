"""The values by which the interface meets a conversation.

They hang on nothing of the storage, so that the first frame need not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.settings import Problem
    from tui.domain.turn import Turn


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation that has no first prompt yet, so it is not on disk.

    Attributes:
        endpoint: The endpoint's name, or "" for the default one.
        model: The model's id, or "" for the default one.
        system_prompt: Its system prompt; None takes the settings' one.
        stream: False asks for whole answers; None leaves it to the endpoint.
    """

    endpoint: str = ""
    model: str = ""
    system_prompt: str | None = None
    stream: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation as the interface gets it when it opens one.

    Attributes:
        file: The file's name.
        conversation: What the file says, or what it will say once saved.
        problems: What is wrong in the file.
        read_only: Why nothing is written to it, or "".
        turn: Its running answer, or None.
        draft: The unsent text of its composer.
        queued: Prompts that wait behind the running answer, the next one first.
        complete: False when only its end is here; `EarlierLoaded` brings the rest.
    """

    file: str
    conversation: Conversation
    problems: tuple[Problem, ...] = ()
    read_only: str = ""
    turn: Turn | None = None
    draft: str = ""
    queued: tuple[str, ...] = ()
    complete: bool = True
