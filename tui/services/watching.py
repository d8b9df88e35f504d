"""Brings what others did to the files into the open program: vim, git, a second copy.

Polling by `stat`, because notifications do not cross network and synced folders. Where
there are any, they name files of a large library that would not be looked at so soon.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.services import own_path
from tui.services.events import (
    ConversationChanged,
    FileChecked,
    NoticeGiven,
    ProblemsFound,
)
from tui.storage.index_reading import read_file_rows, read_row
from tui.storage.notifications import changed_names
from tui.storage.stamp import Identity, identify
from tui.storage.watching import find_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.summary import Summary
    from tui.services.catalog import Catalog
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.indexing import Indexing
    from tui.services.outbox import Outbox
    from tui.services.session import Session
    from tui.services.sessions import Sessions
    from tui.storage.conversation_end import LoadedEnd
    from tui.storage.library import Library
    from tui.storage.loaded_file import LoadedFile
    from tui.storage.watching import Changes, Snapshot

PERIOD = 1.0
"""Seconds between two glances."""

LISTEN_AGAIN = 30.0
"""Seconds before the system is asked anew to tell of writes, after it could not."""

SMALL = 500
"""Files up to which every one is looked at each time: about a millisecond."""

THOROUGH = 30
"""Glances after which every file of a large library is looked at."""

THOUSAND = 1000
"""Files for each of which a glance more goes by before that: it costs time."""

FEW = 50
"""Changes at once up to which each is told by itself."""

MOST_PROBLEMS = 3
"""Problems of one file that are told; all of them stand above its messages."""

ROWS = 200
"""Files that are read in one go."""

log = logging.getLogger(__name__)


class Watching:
    """Polls the folder and tells what changed. Lives on the engine's loop."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        disk: Disk,
        looking: Disk,
        catalog: Catalog,
        drafts: Drafts,
        indexing: Indexing,
        outbox: Outbox,
    ) -> None:
        """Make it; `begin` takes the first look.

        Args:
            library: The files.
            sessions: The open conversations.
            disk: The thread that writes, and reads what is open.
            looking: A thread for looks at the folder: they take long when it is large.
            catalog: The rows of the list.
            drafts: The unsent texts.
            indexing: Keeps the search index.
            outbox: Who is told.
        """
        self._library = library
        self._sessions = sessions
        self._disk = disk
        self._looking = looking
        self._catalog = catalog
        self._drafts = drafts
        self._indexing = indexing
        self._outbox = outbox
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._noticed: set[str] = set()
        """Files that the system says were written since the last glance."""
        self._held: set[str] = set()
        """Files that are gone, and whose words are still on their way to the disk."""
        self._seen: dict[str, Identity] = {}
        """The version of each open file that was looked at last."""
        self._unreadable: set[str] = set()
        """Open files of which it was told that they can't be read any more."""
        self._reachable = True

    async def begin(self, known: Snapshot) -> None:
        """Tell what is otherwise than it was known, and watch from now on.

        Args:
            known: What the folder looked like last time.
        """
        changes = await self._look(known, None)
        await self._tell(changes)
        self._tasks = (
            asyncio.create_task(self._watch(changes.snapshot)),
            asyncio.create_task(self._listen()),
        )

    async def end(self) -> None:
        """Watch no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        """Take notice of what the system tells; where it tells nothing, try again."""
        folder = self._library.conversations
        while True:
            try:
                if await self._looking.run(folder.is_dir):
                    async for names in changed_names(folder):
                        self._noticed |= names
            except Exception:
                # The glances find everything, only later.
                log.exception("listening to the system broke")
            await asyncio.sleep(LISTEN_AGAIN)

    async def _watch(self, known: Snapshot) -> None:
        glances = 0
        while True:
            await asyncio.sleep(PERIOD)
            glances += 1
            few = len(known.files) <= SMALL
            rounds = max(THOROUGH, len(known.files) // THOUSAND)
            opened = {session.file for session in self._sessions}
            watched = None if few or glances % rounds == 0 else opened | self._noticed
            self._noticed.clear()
            try:
                changes = await self._look(known, watched)
                if await self._can_reach(changes, known):
                    known = changes.snapshot
                    if changes:
                        await self._tell(changes)
                    await self._let_go()
                    await self._look_closer()
            except (StorageError, OSError) as error:
                log.warning("the folder can't be watched: %s", error)
            except Exception:
                # The next look may find everything in order again.
                log.exception("a look at the folder broke")

    async def _look(self, known: Snapshot, watched: set[str] | None) -> Changes:
        folder = self._library.conversations
        return await self._looking.run(find_changes, folder, known, watched)

    async def _tell(self, changes: Changes) -> None:
        if len(changes.added) + len(changes.changed) > FEW or not self._catalog.listed:
            await self._tell_many(changes)
        else:
            await self._tell_each((*changes.added, *changes.changed))
        for file in changes.removed:
            self._remove(file, self._new_name(file, changes))
        if changes.snapshot.folder_mtime_ns >= 0:
            # Otherwise the folder is out of reach, and may come back as it was.
            self._indexing.note((), changes.removed)

    async def _can_reach(self, changes: Changes, known: Snapshot) -> bool:
        """Return whether the folder is there, and the one it was; say it when not.

        What was known of it stays on the screen meanwhile: a disk that is unplugged
        and a folder that is renamed for a moment have deleted nothing.
        """
        folder = self._library.conversations
        there = await self._looking.run(self._library.folder.is_there)
        seen = changes.snapshot.folder_mtime_ns >= 0 or not known.files
        reachable = there and seen
        if self._reachable and not reachable:
            sentence = f"{folder} can't be read any more"
            last = ""
            if changes.snapshot.folder_mtime_ns >= 0:
                sentence = f"Another folder is at {folder} now"
                last = " To use the new one, start fortytwo anew."
            self._outbox.put(
                NoticeGiven(
                    f"{sentence}; what is open stays here, and is saved once the "
                    f"folder is back.{last}",
                    "warning",
                )
            )
        elif reachable and not self._reachable:
            self._outbox.put(NoticeGiven(f"{folder} is back."))
        self._reachable = reachable
        return reachable

    def _new_name(self, file: str, changes: Changes) -> str:
        """Return what a file that is gone is called now, or ""."""
        if file in changes.moved:
            return changes.moved[file]
        # Tools such as git make another file of it, with the same conversation.
        known = self._catalog.summary(file)
        for name in changes.added if known and known.id else ():
            added = self._catalog.summary(name)
            if added is not None and known is not None and added.id == known.id:
                return name
        return ""

    def _remove(self, file: str, to: str = "") -> None:
        """Take a file that is gone out of the list, unless words of it are unsaved.

        Args:
            file: Its name.
            to: What it is called now, or "".
        """
        session = self._sessions.get(file)
        if session is not None and not session.idle:
            self._held.add(file)
            return
        self._held.discard(file)
        if to:
            self._drafts.move(file, to)
            if self._drafts.get(to).strip():
                activity = self._catalog.activity(to)
                self._catalog.mark(to, replace(activity, draft=True))
        self._catalog.remove(file, by_others=True, to=to)
        if session is not None:
            self._sessions.forget(file)
            if self._sessions.shown == file:
                happened = f"is called {to} now" if to else "was removed"
                title = session.conversation.title
                self._outbox.put(
                    NoticeGiven(f"The file of “{title}” {happened}.", "warning")
                )

    async def _let_go(self) -> None:
        """Look again at files that were gone while words were on their way to them."""
        for file in tuple(self._held):
            path = self._library.conversations / file
            if await self._looking.run(path.exists):
                self._held.discard(file)
            else:
                self._remove(file)

    async def _look_closer(self) -> None:
        """Notice edits of what is open that left time and size as they were.

        Only the time of the change itself shows them, and that moves with a rename, so
        that it can't tell the versions of all the files.
        """
        sessions = [one for one in self._sessions if one.idle and not one.partial]
        opened = {session.file for session in sessions}
        self._seen = {file: one for file, one in self._seen.items() if file in opened}
        for session in sessions:
            path = self._library.conversations / session.file
            now = await self._looking.run(identify, path)
            known = (None, self._seen.get(session.file))
            if session.idle and now not in known:
                await self._read_again(session)

    async def _tell_many(self, changes: Changes) -> None:
        """Read many rows, and tell of them in ever larger heaps."""
        # Names begin with a date: the newest are likely to be first.
        names = sorted((*changes.added, *changes.changed), reverse=True)
        heap: list[Summary] = []
        for at in range(0, len(names), ROWS):
            rows = await self._looking.run(
                read_file_rows, self._library.conversations, names[at : at + ROWS]
            )
            self._indexing.note(rows)
            heap += [row.summary for row in rows]
            last = at + ROWS >= len(names)
            if last or len(heap) >= max(ROWS, self._catalog.count // 2):
                self._catalog.put_many(heap)
                heap = []
        opened = {session.file for session in self._sessions}
        await self._tell_each([name for name in names if name in opened])

    async def _tell_each(self, files: Iterable[str]) -> None:
        for file in files:
            row = await self._looking.run(read_row, self._library.conversations, file)
            if row is not None:
                self._indexing.note([row])
            summary = await self._disk.run(self._library.summary, file)
            if summary is not None and summary != self._catalog.summary(file):
                self._catalog.put(summary)
            session = self._sessions.get(file)
            if session is not None and session.idle:
                await self._read_again(session)

    def _tell_checked(self, before: LoadedFile | LoadedEnd, loaded: LoadedFile) -> None:
        """Tell what is wrong in a file now that was not before, and what is no more."""
        file = loaded.file
        if file in self._unreadable:
            self._unreadable.discard(file)
            title = loaded.conversation.title
            self._outbox.put(NoticeGiven(f"The file of “{title}” can be read again."))
        was = (before.problems, before.read_only)
        if (loaded.problems, loaded.read_only) == was:
            return
        self._outbox.put(FileChecked(file, loaded.problems, loaded.read_only))
        if self._sessions.shown == file:
            new = tuple(one for one in loaded.problems if one not in before.problems)
            if new:
                self._outbox.put(ProblemsFound(new[:MOST_PROBLEMS]))
            if loaded.read_only and loaded.read_only != before.read_only:
                self._outbox.put(NoticeGiven(f"{file}: {loaded.read_only}", "warning"))

    async def _read_again(self, session: Session) -> None:
        """Take over another version of a file, unless it is our own."""
        path = self._library.conversations / session.file
        if not await self._sessions.complete(session):
            return
        try:
            now = self._seen[session.file] = Identity.of(
                await self._disk.run(path.stat)
            )
            if now == session.whole.stamp.identity:
                return
            loaded = await self._disk.run(self._library.load, session.file)
        except FileNotFoundError:
            return
        except StorageError as error:
            if self._sessions.shown == session.file:
                self._unreadable.add(session.file)
                self._outbox.put(NoticeGiven(error.sentence, "warning"))
            return
        if not session.idle:
            return
        before = session.conversation
        self._tell_checked(session.loaded, loaded)
        session.loaded = loaded
        own_path.take(session, loaded.conversation, self._outbox)
        if session.conversation != before:
            self._outbox.put(ConversationChanged(session.file, session.conversation))
