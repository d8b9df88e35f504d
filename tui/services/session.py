"""One conversation in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UsageError
from tui.storage.conversation_end import LoadedEnd
from tui.storage.room import check_room

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.services.answering import Answering
    from tui.storage.loaded_file import LoadedFile


class Hold:
    """A lock that also knows of those who wait for it.

    An `asyncio.Lock` that was released counts as free until the next one who waits
    for it runs. What is judged idle in that moment would be forgotten under its hands.
    """

    def __init__(self) -> None:
        """Make it free."""
        self._lock = asyncio.Lock()
        self._wanted = 0

    @property
    def wanted(self) -> bool:
        """True while somebody holds it or waits for it."""
        return self._wanted > 0

    async def __aenter__(self) -> None:
        self._wanted += 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._wanted -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
        self._wanted -= 1


@dataclass(slots=True)
class Session:
    """One conversation in memory. Lives on the engine's loop.

    Attributes:
        loaded: What the file held when it was last read or written; for a moment
            after it was opened perhaps only its end.
        conversation: What it says now: the file's words and what waits to be saved.
        answering: Its running answer.
        task: The task that runs the answer.
        asking: Held from the look at whether an answer runs until the next one does.
        saving: Held while the file is written, so that changes keep their order.
        deleted: True once its file has been moved to the trash.
        unsaved: Answers that the disk has refused so far.
        queued: Prompts that wait behind the running answer, the next one first.
        reading: The task that reads what is above the end.
        awaited: How many wait for that.
        warned: True once it was said that it will soon be full.
        own: The id of the message that was said, asked for or chosen last here.
        parted: True once it was said that others have gone on beside it.
    """

    loaded: LoadedFile | LoadedEnd
    conversation: Conversation = field(init=False)
    answering: Answering | None = None
    task: asyncio.Task[None] | None = None
    asking: Hold = field(default_factory=Hold)
    saving: Hold = field(default_factory=Hold)
    deleted: bool = False
    unsaved: list[Message] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None
    awaited: int = 0
    warned: bool = False
    own: str | None = None
    parted: bool = False

    def __post_init__(self) -> None:
        self.conversation = self.loaded.conversation

    def check_there(self) -> None:
        """Refuse what waited for its turn here while the conversation was deleted.

        Raises:
            MissingError: It is in the trash.
        """
        if self.deleted:
            title = self.conversation.title
            raise MissingError(f"“{title}” has been deleted; u brings it back.")

    def check_room(self, text: str = "") -> None:
        """Refuse to ask something when there is no room for it and its answer.

        Raises:
            FullError: The file is full.
        """
        check_room(self.loaded.size, text)

    def message(self, message_id: str) -> Message:
        """Return the message with that id.

        Raises:
            UsageError: Others have removed it.
        """
        message = self.conversation.find(message_id)
        if message is None:
            raise UsageError("That message is no longer in the conversation.")
        return message

    @property
    def file(self) -> str:
        """The file's name."""
        return self.loaded.file

    @property
    def partial(self) -> bool:
        """True while only the end of the file has been read."""
        return isinstance(self.loaded, LoadedEnd)

    @property
    def whole(self) -> LoadedFile:
        """The file, all of which has been read.

        Raises:
            UsageError: It is still being read.
        """
        if isinstance(self.loaded, LoadedEnd):
            raise UsageError("This conversation is still being read; try again.")
        return self.loaded

    @property
    def idle(self) -> bool:
        """True when nothing would be lost by forgetting it."""
        return not (
            self.answering
            or self.unsaved
            or self.queued
            or self.awaited
            or self.asking.wanted
            or self.saving.wanted
        )
