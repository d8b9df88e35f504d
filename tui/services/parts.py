"""The services behind a workspace, built and tied together.

Nearly everything that reads, writes or talks to the network is imported from here,
so this module is loaded on a thread, after the first frame.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.services.answers import Answers
from tui.services.catalog import Catalog
from tui.services.certain_server import CertainServer
from tui.services.configuring import Configuring
from tui.services.connections import Connections
from tui.services.copying import as_it_is_now, write_copy
from tui.services.drafts import Drafts
from tui.services.editing import Editing
from tui.services.engine import Disk
from tui.services.events import ModelsListed
from tui.services.indexing import Indexing
from tui.services.listing import Listing
from tui.services.overwriting import Overwriting
from tui.services.queued_prompts import QueuedPrompts
from tui.services.revising import Revising
from tui.services.saving import Saving
from tui.services.search import Search
from tui.services.sending import Sending
from tui.services.sessions import Sessions
from tui.services.trashing import Trashing
from tui.services.undo import UndoStack
from tui.services.watching import Watching
from tui.storage import journal
from tui.storage.index_schema import index_file
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tui.domain.settings import Problem, Settings
    from tui.services.outbox import Outbox
    from tui.storage.locations import Locations

PATIENCE = 1.0
"""Seconds that leaving may wait for the index, or for a slow disk before it asks."""

NAMED_TITLES = 3
"""Conversations that a sentence names, at most."""


class Parts:
    """One of each service. They live on the engine's loop."""

    def __init__(
        self,
        settings: Settings,
        locations: Locations,
        environ: Mapping[str, str],
        outbox: Outbox,
        *,
        problems: Sequence[Problem],
        read_again: Callable[[], tuple[Settings, Sequence[Problem]]] | None,
        used: Callable[[Settings], None],
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Build them without touching a file or the network.

        Args:
            settings: The settings in force.
            locations: Where the files are.
            environ: The environment, for keys and proxies.
            outbox: The way to the interface.
            problems: What is wrong in the configuration that the settings are from.
            read_again: Reads it anew; see `CertainServer`.
            used: Called with what it came to once it was corrected.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.disk = Disk()
        self.looking = Disk("looking")
        self.library = Library(locations.data)
        self.drafts = Drafts(locations.drafts_file, self.disk, self.library.folder)
        self.queued = QueuedPrompts(
            locations.state / "queued", self.disk, self.library.folder
        )
        self.undo = UndoStack()
        self.catalog = Catalog(outbox, now)
        self.sessions = Sessions(
            self.library,
            disk=self.disk,
            catalog=self.catalog,
            drafts=self.drafts,
            outbox=outbox,
        )
        self.saving = Saving(
            self.library,
            disk=self.disk,
            catalog=self.catalog,
            outbox=outbox,
            lost=self._lose,
        )
        index = index_file(locations.cache, self.library.conversations)
        self.indexing = Indexing(self.library.conversations, index, self.library.folder)
        self.search = Search(index, self.indexing.rebuild)
        self.watching = Watching(
            self.library,
            sessions=self.sessions,
            disk=self.disk,
            looking=self.looking,
            catalog=self.catalog,
            drafts=self.drafts,
            indexing=self.indexing,
            outbox=outbox,
        )
        self.listing = Listing(
            self.library,
            disk=self.disk,
            catalog=self.catalog,
            search=self.search,
            watching=self.watching,
            drafts=self.drafts,
            outbox=outbox,
        )
        self.editing = Editing(
            self.library,
            sessions=self.sessions,
            disk=self.disk,
            saving=self.saving,
            catalog=self.catalog,
            undo=self.undo,
        )
        self.overwriting = Overwriting(
            sessions=self.sessions,
            saving=self.saving,
            undo=self.undo,
            outbox=outbox,
        )
        self.trashing = Trashing(
            self.library,
            sessions=self.sessions,
            disk=self.disk,
            looking=self.looking,
            saving=self.saving,
            catalog=self.catalog,
            undo=self.undo,
            now=now,
        )
        self.connections = Connections(
            settings,
            environ,
            lambda waiting: self.answers.show_places(waiting),
            lambda: outbox.put(ModelsListed()),
        )
        self.certain = CertainServer(
            settings, problems, read_again, self._use_corrected
        )
        self._used = used
        self.configuring = Configuring(
            locations, disk=self.disk, connections=self.connections
        )
        self.answers = Answers(
            self.library,
            sessions=self.sessions,
            connections=self.connections,
            disk=self.disk,
            saving=self.saving,
            catalog=self.catalog,
            outbox=outbox,
            clock=clock,
            now=now,
        )
        self.sending = Sending(
            settings,
            library=self.library,
            sessions=self.sessions,
            answers=self.answers,
            certain=self.certain,
            disk=self.disk,
            saving=self.saving,
            catalog=self.catalog,
            drafts=self.drafts,
            queued=self.queued,
            outbox=outbox,
            now=now,
        )
        self.revising = Revising(
            sessions=self.sessions,
            certain=self.certain,
            saving=self.saving,
            sending=self.sending,
            catalog=self.catalog,
            undo=self.undo,
            now=now,
        )

    def _lose(self, file: str, kept: str) -> None:
        """Go on without a file that can't be read any more, or is gone."""
        self.sessions.forget(file)
        if not (self.library.conversations / file).exists():
            self.catalog.remove(file, by_others=True, to=kept)

    async def recover_answers(self) -> list[str]:
        """Keep what a crash left of answers; returns their conversations' files."""
        recovered = await self.disk.run(journal.recover, self.library)
        return [one.file for one in recovered]

    def mark_recovered(self, files: Iterable[str]) -> str:
        """Mark conversations whose answer a crash broke off, and say which.

        Returns:
            A sentence, or "" when there are none.
        """
        titles = []
        for file in dict.fromkeys(files):
            activity = self.catalog.activity(file)
            self.catalog.mark(file, replace(activity, unread=activity.unread + 1))
            summary = self.catalog.summary(file)
            titles.append(f"“{summary.title if summary else file}”")
        if not titles:
            return ""
        named = ", ".join(titles[:NAMED_TITLES])
        more = len(titles) - NAMED_TITLES
        rest = f" and {more} more" if more > 0 else ""
        return f"The last answer broke off in {named}{rest}; its text is kept."

    async def load_drafts(self) -> int:
        """Read the drafts; returns how many prompts that were not sent joined them."""
        await self.drafts.load()
        return await self.queued.recover(self.drafts)

    def begin_listing(self) -> None:
        """List what the index knows, and begin to keep it."""
        loop = asyncio.get_running_loop()
        self.indexing.start(
            lambda summary: loop.call_soon_threadsafe(self.catalog.learn, summary)
        )
        self.library.told = lambda overwritten: loop.call_soon_threadsafe(
            self.overwriting.note, overwritten
        )
        self.listing.begin()

    def keep_draft(self, file: str | None, text: str) -> None:
        """Keep an unsent text; None stands for the conversation that is no file yet."""
        self.indexing.rest()
        self.trashing.note_use_soon()
        self.drafts.put(file or "", text)
        if file:
            activity = self.catalog.activity(file)
            self.catalog.mark(file, replace(activity, draft=bool(text.strip())))

    def unsaved_words(self) -> list[tuple[str, str]]:
        """Return what no file holds: what each text is, and the text."""
        words = []
        for session in self.sessions:
            title = session.conversation.title
            words += [
                (title, text)
                for message in session.unsaved
                if (text := message.content or message.reasoning)
            ]
        for file, text in self.drafts.unsaved().items():
            summary = self.catalog.summary(file)
            words.append((f"Draft · {summary.title if summary else 'new'}", text))
        return words

    async def save_copy(self, file: str, where: str) -> Path:
        """Write a conversation as it is now elsewhere; see `write_copy`."""
        session = await self.sessions.load(file)
        conversation = as_it_is_now(session)
        return await asyncio.to_thread(write_copy, conversation, where, file)

    async def find_unsaved(self) -> list[tuple[str, str]]:
        """Save what can be; return what no file holds then."""
        await self.drafts.save()
        # An answer that ended a moment ago is on its way to its file.
        await self.saving.rest(self.sessions, PATIENCE)
        return self.unsaved_words()

    def use(self, settings: Settings) -> None:
        """Work by other settings from now on."""
        self.certain.settings = settings
        self.sending.settings = settings
        self.connections.use(settings)

    def _use_corrected(self, settings: Settings) -> None:
        # At once: what is about to be sent goes by them already.
        self.use(settings)
        self._used(settings)

    async def settle(self) -> None:
        """Stop everything that runs and save what is not on disk yet."""
        await self.listing.end()
        await self.watching.end()
        await self.sending.leave()
        self.sessions.close()
        await self.saving.settle()
        await self.drafts.close()
        await self.queued.close()
        await self.connections.close()
        await self.disk.run(self.library.close)
        self.search.close()
        self.looking.close()
        await asyncio.to_thread(self.indexing.stop, PATIENCE)
