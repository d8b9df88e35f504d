"""Changes to a conversation that can be undone. Lives on the engine's loop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ReadOnlyError, UsageError
from tui.domain.message import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.conversation import Conversation
    from tui.services.catalog import Catalog
    from tui.services.engine import Disk
    from tui.services.saving import Saving
    from tui.services.sessions import Sessions
    from tui.services.undo import UndoStack
    from tui.storage.library import Library


class Editing:
    """Renames, prompts, models, siblings, pins, and clearing."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        undo: UndoStack,
    ) -> None:
        """Make it.

        Args:
            library: The files.
            sessions: The open conversations.
            disk: The thread that does all file work.
            saving: The writer of conversation files.
            catalog: The rows of the list.
            undo: Remembers what can be undone.
        """
        self._library = library
        self._sessions = sessions
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._undo = undo

    async def _change(
        self,
        file: str,
        edit: Callable[[Conversation], Conversation],
        copy: str = "",
    ) -> None:
        session = await self._sessions.load(file)
        if session.loaded.read_only:
            raise ReadOnlyError(session.loaded.read_only)
        await self._saving.change(session, edit, copy)
        self._catalog.describe(file, session.conversation)

    async def _change_undoably(
        self,
        file: str,
        edit: Callable[[Conversation], Conversation],
        revert: Callable[[Conversation], Conversation],
        undone: str,
    ) -> None:
        await self._change(file, edit)
        self._undo.push(lambda: self._change(file, revert), undone)

    async def rename(self, file: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            UsageError: The title is blank.
            StorageError: The file can't be written.
        """
        title = " ".join(title.split())
        if not title:
            raise UsageError("A title needs at least one character.")
        old = (await self._sessions.load(file)).conversation.title
        await self._change_undoably(
            file,
            lambda now: replace(now, title=title),
            lambda now: replace(now, title=old),
            f"The title is “{old}” again.",
        )

    async def set_system_prompt(self, file: str, text: str) -> None:
        """Give a conversation another system prompt. Raises StorageError."""
        old = (await self._sessions.load(file)).conversation.system_prompt
        await self._change_undoably(
            file,
            lambda now: replace(now, system_prompt=text),
            lambda now: replace(now, system_prompt=old),
            "The system prompt is as it was.",
        )

    async def set_model(self, file: str, model: str) -> None:
        """Ask another model from the next prompt on. Raises StorageError."""
        old = (await self._sessions.load(file)).conversation.model
        await self._change_undoably(
            file,
            lambda now: replace(now, model=model),
            lambda now: replace(now, model=old),
            f"The model is {old or 'the default'} again.",
        )

    async def set_endpoint(self, file: str, endpoint: str) -> None:
        """Ask another server from the next prompt on. Raises StorageError.

        Its own default model is asked, because models differ between servers.
        """
        old = (await self._sessions.load(file)).conversation
        await self._change_undoably(
            file,
            lambda now: replace(now, endpoint=endpoint, model=""),
            lambda now: replace(now, endpoint=old.endpoint, model=old.model),
            f"The endpoint is {old.endpoint or 'the default'} again.",
        )

    async def set_stream(self, file: str, stream: bool | None) -> None:
        """Ask for whole answers (False) or streams. Raises StorageError.

        Args:
            file: The conversation.
            stream: None leaves it to the endpoint.
        """
        old = (await self._sessions.load(file)).conversation.stream
        await self._change_undoably(
            file,
            lambda now: replace(now, stream=stream),
            lambda now: replace(now, stream=old),
            "Answers come as they did before.",
        )

    async def flip(self, file: str, message_id: str, step: int) -> None:
        """Show the next (1) or the previous (-1) sibling of a message.

        Of a prompt that has none, its answer is meant.

        Raises:
            UsageError: It has no siblings, or an answer still runs.
            StorageError: The file can't be written.
        """
        async with self._sessions.hold_idle(file) as session:
            shown = session.message(message_id)
            siblings = session.conversation.siblings(shown.id)
            if len(siblings) < 2 and shown.role is Role.USER:
                path = session.conversation.path
                below = (one for one in path if one.parent == shown.id)
                shown = next(below, shown)
                siblings = session.conversation.siblings(shown.id)
            if len(siblings) < 2:
                raise UsageError("There is only one answer; ask again for another.")
            at = [sibling.id for sibling in siblings].index(shown.id)
            target = siblings[(at + step) % len(siblings)].id
            await self._saving.change(
                session, lambda now: replace(now, active=target), chosen=target
            )

    async def pin(self, file: str) -> bool:
        """Keep a conversation at the top of the list, or no longer.

        Returns:
            True when it is pinned now.

        Raises:
            StorageError: The file can't be written.
        """
        pinned = not (await self._sessions.load(file)).conversation.pinned
        await self._change_undoably(
            file,
            lambda now: replace(now, pinned=pinned),
            lambda now: replace(now, pinned=not pinned),
            "It is no longer pinned." if pinned else "It is pinned again.",
        )
        return pinned

    async def clear(self, file: str) -> None:
        """Take all messages out of a conversation; a copy of it is in the trash.

        Raises:
            UsageError: There are none, or an answer still runs.
            StorageError: The copy or the file can't be written.
        """
        async with self._sessions.hold_idle(file) as session:
            if not session.conversation.messages:
                raise UsageError("Nothing has been said here yet.")
            # What is in memory only would be missing in a copy of the file.
            await self._saving.save(session)
            before = session.whole.conversation
            kept = await self._disk.run(self._library.copy_to_trash, file)
            await self._saving.change(
                session, lambda now: replace(now, messages=(), active=None)
            )
        self._catalog.describe(file, session.conversation)

        async def put_back() -> None:
            await self._change(file, lambda now: put_above(before, now), kept)

        self._undo.push(put_back, "The messages are back.")


def put_above(before: Conversation, now: Conversation) -> Conversation:
    """Return a conversation with messages above its own: those that it had before.

    Args:
        before: Has the messages.
        now: What has been said since then follows below them.
    """
    last = before.path[-1].id
    there = {message.id for message in before.messages}
    since = tuple(
        message if message.parent else replace(message, parent=last)
        for message in now.messages
        if message.id not in there
    )
    return replace(
        now,
        messages=(*before.messages, *since),
        active=now.active if since else before.active,
    )
