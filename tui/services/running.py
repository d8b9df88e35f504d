"""The services while they run: built on their engine, asked, told, ended in time."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from tui.services.engine import Engine
from tui.services.events import NoticeGiven
from tui.services.unforeseen import UnforeseenHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime
    from pathlib import Path

    from tui.services.outbox import Outbox
    from tui.services.parts import Parts

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class RunningServices:
    """One engine and the services on it, from the start to the end of the program."""

    def __init__(
        self,
        build: Callable[[], Parts],
        outbox: Outbox,
        state: Path,
        now: Callable[[], datetime],
    ) -> None:
        """Make it without starting anything.

        Args:
            build: Builds the services; called once, in a thread.
            outbox: The way to the interface.
            state: The folder for reports, and for words that find no other place.
            now: The time of day, UTC.
        """
        self.last_words = ""
        """What must be said after the end: where unsaved words are."""
        self._build = build
        self._outbox = outbox
        self._state = state
        self._now = now
        self._engine = Engine()
        self._built: Future[Parts] = Future()
        self._unforeseen = UnforeseenHandler(
            state, now, lambda sentence: outbox.put(NoticeGiven(sentence, "error"))
        )
        self._closed = False

    @property
    def parts(self) -> Parts | None:
        """The services, or None while they are being built."""
        built = self._built
        return built.result() if built.done() and not built.exception() else None

    # Work

    async def run(
        self, work: Callable[[Parts], Coroutine[object, object, Result]]
    ) -> Result:
        """Run work on the engine once it is there: who types early need not wait."""
        parts = await asyncio.shield(asyncio.wrap_future(self._built))
        return await self._engine.run(work(parts))

    def post(self, call: Callable[[Parts], object]) -> None:
        """Call a function on the engine's loop, once it is there; returns at once."""

        def post(built: Future[Parts]) -> None:
            if not built.exception():
                self._engine.post(call, built.result())

        self._built.add_done_callback(post)

    # Start and end

    async def start(self, trash_days: int) -> None:
        """Start the engine, recover what a crash left, and list the library.

        Args:
            trash_days: Days of use after which the trash is emptied.
        """
        self._unforeseen.listen()
        self._engine.start()
        await self._engine.run(self._begin(trash_days))

    async def _begin(self, trash_days: int) -> None:
        try:
            parts = await asyncio.to_thread(self._build)
        except BaseException as error:
            self._built.set_exception(error)
            raise
        self._built.set_result(parts)
        parts.begin_listing()
        try:
            recovered = await parts.recover_answers()
        except Exception:  # the drafts of earlier runs must come back all the same
            log.exception("what a crash left could not be looked through")
            recovered = []
        drafted = await parts.load_drafts()
        await parts.listing.go_on()
        if sentence := parts.mark_recovered(recovered):
            self._outbox.put(NoticeGiven(sentence))
        if drafted:
            self._outbox.put(
                NoticeGiven("Prompts that were queued last time are drafts now.")
            )
        await parts.trashing.note_use()
        await parts.trashing.empty(trash_days)

    async def close(self) -> None:
        """Stop and save everything, then stop the engine."""
        if self._closed or not self._engine.running:
            return
        self._closed = True
        await self._engine.run(self._settle())
        self._finish()

    def close_now(self, timeout: float) -> bool:
        """Stop and save everything from a thread that must not wait long.

        Args:
            timeout: The longest wait, in seconds.

        Returns:
            True when everything was saved in time.
        """
        if self._closed or not self._engine.running:
            return True
        self._closed = True
        try:
            self._engine.run_blocking(self._settle(), timeout)
        except TimeoutError:
            return False
        except Exception:  # who leaves by force must get out, whatever breaks
            log.exception("saving everything broke")
            return False
        self._finish()
        return True

    async def _settle(self) -> None:
        # Who leaves at once may have typed a draft that waits for its service.
        await asyncio.wait([asyncio.wrap_future(self._built)])
        if (parts := self.parts) is not None:
            try:
                await parts.settle()
            except Exception:  # the words must still get somewhere
                log.exception("leaving broke")
            if words := parts.unsaved_words():
                await asyncio.to_thread(self._rescue, words)

    def _rescue(self, words: Sequence[tuple[str, str]]) -> None:
        from tui.services.rescue import write_rescue

        path = write_rescue(words, [self._state], self._now())
        if path is not None:
            self.last_words = f"Some words could not be saved where they belong: {path}"
        else:
            self.last_words = "Some words could not be saved anywhere."

    def _finish(self) -> None:
        self._outbox.disconnect()
        self._engine.stop(timeout=1.0)
        self._unforeseen.close()
        if (parts := self.parts) is not None:
            parts.disk.close()
