"""Keeps the search index up to date, in a thread of its own.

The index is derived: whatever goes wrong with it is a line in the log, and the
program goes on without.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from tui.domain.errors import IndexUnusableError, NotSavedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tui.domain.summary import Summary
    from tui.storage.index import Index, ReadFile
    from tui.storage.index_lock import IndexLock
    from tui.storage.index_rows import Row
    from tui.storage.library_folder import LibraryFolder

TAKE_OVER = 5.0
"""Seconds between two tries to become the copy of the program that writes."""

AGAIN = 60.0
"""Seconds before an index that can't be used is tried again."""

LOOK = 5.0
"""Seconds after which an index that somebody has deleted is missed, at the latest."""

SETTLED = 2.0
"""Seconds that a file must have rested: time stamps may be that coarse, and who
writes now writes again soon."""

BATCH_BYTES = 1 << 20
"""Text written at once."""

BATCH_SECONDS = 2.0
"""Seconds of reading after which a smaller batch is written."""

TYPING_PAUSE = 0.4
"""Seconds without work after a key was pressed."""

SHARE = 1.0
"""Seconds of rest for each second of work."""

DEAR = 20.0
"""How many times as long as a file took to read it is left alone afterwards."""

_ROWS_AT_ONCE = 500

log = logging.getLogger(__name__)


class Indexing:
    """The thread that writes the index. Its methods may be called from any thread."""

    def __init__(self, folder: Path, path: Path, home: LibraryFolder) -> None:
        """Make it idle.

        Args:
            folder: The folder of conversations.
            path: The index's file.
            home: The data folder, in which the index may lie.
        """
        self._home = home
        self._folder = folder
        self._path = path
        self._learned: Callable[[Summary], object] | None = None
        self._wake = threading.Condition()
        self._rows: dict[str, Row] = {}
        self._gone: set[str] = set()
        self._damaged = False
        self._late = False
        """True once the index may lack files that were noted long ago."""
        self._stopping = False
        self._quiet_until = 0.0
        self._not_before: dict[str, float] = {}
        self._index: Index | None = None
        self._lock: IndexLock | None = None
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self, learned: Callable[[Summary], object]) -> None:
        """Begin to work through what is noted.

        Args:
            learned: Told, on this thread, of a file that turned out to be unreadable.
        """
        self._learned = learned
        self._thread.start()

    def note(self, rows: Iterable[Row], gone: Iterable[str] = ()) -> None:
        """Take rows of files that are new or changed, and names that are gone."""
        with self._wake:
            for row in rows:
                self._rows[row.summary.file] = row
                self._gone.discard(row.summary.file)
            for file in gone:
                self._rows.pop(file, None)
                self._gone.add(file)
            self._wake.notify()

    def rest(self) -> None:
        """Leave the processor to somebody who types."""
        self._quiet_until = time.monotonic() + TYPING_PAUSE

    def rebuild(self) -> None:
        """Throw the index away and make it anew: it is damaged."""
        with self._wake:
            self._damaged = True
            self._wake.notify()

    def stop(self, timeout: float) -> None:
        """End the work at once; what is missing follows at the next start."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        index = self._index
        if index is not None:
            index.interrupt()
        if self._thread.is_alive():
            self._thread.join(timeout)

    # On the thread

    def _run(self) -> None:
        while not self._stopping:
            try:
                pause = self._work()
            except IndexUnusableError as error:
                pause = 0.0 if self._stopping else self._suffer(error)
            except Exception:
                # The thread must not end in silence, nor the program with it.
                log.exception("the index is not kept any longer")
                break
            if pause:
                self._sleep(pause)
        if self._index is not None:
            self._index.close()
        if self._lock is not None:
            self._lock.free()

    def _suffer(self, error: IndexUnusableError) -> float:
        log.warning("%s", error.sentence)
        if error.damaged:
            self._damaged = True
            return 1.0
        if self._index is not None:
            if not self._index.is_there():
                # It is missed by the next piece of work.
                return 0.0
            self._index.close()
            self._index = None
        return AGAIN

    def _let_go(self) -> None:
        """Close the index, and let go of its lock: both files may have been deleted."""
        if self._index is not None:
            self._index.close()
            self._index = None
        if self._lock is not None:
            self._lock.free()
            self._lock = None
        self._late = True

    def _work(self) -> float:
        """Do a piece of work; returns how many seconds to sleep."""
        if self._index is not None and not self._index.is_there():
            log.warning("%s was deleted; it is built anew.", self._path)
            self._let_go()
        if self._index is None and not self._open():
            self._late = True
            return TAKE_OVER
        index = self._index
        assert index is not None
        if self._damaged:
            self._start_anew(index)
            return 0.0
        if self._write_notes(index):
            return 0.0
        batch, next_due = self._read_batch(index)
        if batch:
            index.put_files(batch)
            return 0.0
        with self._wake:
            if self._rows or self._gone or self._damaged or self._stopping:
                return 0.0
            self._wake.wait(LOOK if next_due is None else min(LOOK, next_due))
        return 0.0

    def _open(self) -> bool:
        from tui.storage.index import Index
        from tui.storage.index_lock import IndexLock

        try:
            self._home.check_for(self._path)
        except NotSavedError:
            return False
        if self._lock is None:
            self._lock = IndexLock(self._path)
        if not self._lock.take():
            return False
        try:
            self._index = Index(self._path)
        except IndexUnusableError as error:
            if not error.damaged:
                raise
            log.warning("%s It is built anew.", error.sentence)
            from tui.storage.index_schema import throw_away

            throw_away(self._path)
            self._index = Index(self._path)
            self._damaged = False
            self._late = True
        if self._late:
            self._late = False
            if self._index.counts()[1] == 0:
                self._note_everything()
        return True

    def _start_anew(self, index: Index) -> None:
        self._index = None
        index.discard()
        self._damaged = False
        self._open()
        self._note_everything()

    def _note_everything(self) -> None:
        from tui.storage.index_reading import read_file_rows
        from tui.storage.watching import take_snapshot

        names = sorted(take_snapshot(self._folder).files, reverse=True)
        for at in range(0, len(names), _ROWS_AT_ONCE):
            if self._stopping:
                return
            begin = time.monotonic()
            self.note(read_file_rows(self._folder, names[at : at + _ROWS_AT_ONCE]))
            self._breathe(begin)

    def _write_notes(self, index: Index) -> bool:
        with self._wake:
            names = list(self._rows)[:_ROWS_AT_ONCE]
            rows = [self._rows[name] for name in names]
            gone = list(self._gone)[:_ROWS_AT_ONCE]
        if not rows and not gone:
            return False
        begin = time.monotonic()
        index.put_rows(rows)
        index.remove(gone)
        with self._wake:
            for row in rows:
                if self._rows.get(row.summary.file) is row:
                    del self._rows[row.summary.file]
            self._gone.difference_update(gone)
        self._breathe(begin)
        return True

    def _read_batch(self, index: Index) -> tuple[list[ReadFile], float | None]:
        """Return files read as a whole, and when to look again, in seconds."""
        from tui.storage.index_reading import read_whole

        names = index.unread(_ROWS_AT_ONCE)
        batch: list[ReadFile] = []
        size = 0
        due: float | None = None
        until = time.monotonic() + BATCH_SECONDS
        for name in names:
            if self._stopping or size > BATCH_BYTES or time.monotonic() > until:
                break
            wait = self._wait_for(name)
            if wait > 0:
                due = wait if due is None else min(due, wait)
                continue
            begin = time.monotonic()
            read = read_whole(self._folder, name)
            if read is None:
                self.note((), [name])
                continue
            batch.append(read)
            if read.row.summary.problem and self._learned is not None:
                self._learned(read.row.summary)
            size += 200 + sum(len(message.body) for message in read.messages)
            spent = time.monotonic() - begin
            if spent > 0.1:
                self._not_before[name] = time.monotonic() + DEAR * spent
            self._breathe(begin)
        return batch, due

    def _wait_for(self, name: str) -> float:
        """Return for how many seconds a file is left alone."""
        from tui.storage.watching import state_of

        age = time.time() - state_of(self._folder / name)[0] / 1e9
        young = SETTLED - age if 0 <= age < SETTLED else 0.0
        dear = self._not_before.get(name, 0.0) - time.monotonic()
        if dear <= 0:
            self._not_before.pop(name, None)
        return max(young, dear)

    def _breathe(self, begin: float) -> None:
        """Rest as long as the work took, and while somebody types."""
        self._sleep((time.monotonic() - begin) * SHARE)
        while not self._stopping:
            quiet = self._quiet_until - time.monotonic()
            if quiet <= 0:
                return
            self._sleep(quiet)

    def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than the program runs."""
        deadline = time.monotonic() + seconds
        with self._wake:
            while not self._stopping:
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                self._wake.wait(left)
