"""The services as one thing: what the interface and the command line hold.

Its methods may be awaited on any loop; the work runs on the engine's thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from tui.domain.errors import UsageError
from tui.services.catalog import Catalog
from tui.services.drafts import Drafts
from tui.services.editing import Editing
from tui.services.engine import Disk, Engine
from tui.services.events import NoticeGiven
from tui.services.outbox import Outbox
from tui.services.queued_prompts import QueuedPrompts
from tui.services.saving import Saving
from tui.services.session import NewConversation, OpenConversation
from tui.services.sessions import Sessions
from tui.services.undo import UndoStack
from tui.services.watching import Watching
from tui.storage import journal, key_file, settings_file
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from tui.domain.completion import ModelInfo
    from tui.domain.inspection import Inspection
    from tui.domain.settings import Endpoint, Settings
    from tui.domain.turn import Turn
    from tui.services.connections import Connections
    from tui.services.events import Event
    from tui.services.sending import Sending
    from tui.storage.locations import Locations

__all__ = ["NewConversation", "OpenConversation", "Workspace"]

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Workspace:
    """Conversations, answers, drafts and settings behind one thread-safe door."""

    def __init__(
        self,
        settings: Settings,
        locations: Locations,
        environ: Mapping[str, str] = os.environ,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0),
    ) -> None:
        """Make it without touching a file or the network.

        Args:
            settings: The settings in force.
            locations: Where the files are.
            environ: The environment, for keys and proxies.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.settings = settings
        self.locations = locations
        self._environ = environ
        self._clock = clock
        self._now = now
        self._outbox = Outbox()
        self._engine = Engine()
        self._disk = Disk()
        self._library = Library(locations.data)
        self._drafts = Drafts(locations.drafts_file, self._disk)
        self._queued = QueuedPrompts(locations.state / "queued.toml", self._disk)
        self._undo = UndoStack()
        self._catalog = Catalog(self._outbox, now)
        self._sessions = Sessions(
            self._library, disk=self._disk, catalog=self._catalog, drafts=self._drafts
        )
        self._saving = Saving(
            self._library,
            disk=self._disk,
            catalog=self._catalog,
            outbox=self._outbox,
            lost=self._sessions.forget,
        )
        self._watching = Watching(
            self._library,
            sessions=self._sessions,
            disk=self._disk,
            catalog=self._catalog,
            outbox=self._outbox,
        )
        self._editing = Editing(
            self._library,
            sessions=self._sessions,
            disk=self._disk,
            saving=self._saving,
            catalog=self._catalog,
            undo=self._undo,
        )
        self._connections: Connections | None = None
        self._sending: Sending | None = None
        self._built: Future[None] = Future()
        self._closed = False

    # Events

    def connect(self, wake: Callable[[], None]) -> None:
        """Name who is told, from any thread, that events wait."""
        self._outbox.connect(wake)

    def take_events(self) -> list[Event]:
        """Return the waiting events; may be called from any thread."""
        return self._outbox.take()

    # Life

    async def start(self) -> None:
        """Start the engine, recover what a crash left, and list the library."""
        self._engine.start()
        await self._engine.run(self._begin())

    async def _begin(self) -> None:
        try:
            await asyncio.to_thread(self._build)
        except BaseException as error:
            self._built.set_exception(error)
            raise
        self._built.set_result(None)
        recovered = await self._disk.run(journal.recover, self._library)
        await self._drafts.load()
        drafted = await self._queued.recover(self._drafts)
        await self._list_all()
        await self._watching.begin()
        for count, what in (
            (len(recovered), "answer broke off last time; its text is kept"),
            (drafted, "queued prompt was not sent last time; it is a draft now"),
        ):
            if count:
                self._outbox.put(NoticeGiven(f"{count} {what}."))

    def _build(self) -> None:
        """Import what talks to the network; slow, so not before the first frame."""
        from tui.services.connections import Connections
        from tui.services.sending import Sending

        self._connections = Connections(
            self.settings, self._environ, lambda waiting: self._show_places(waiting)
        )
        self._sending = Sending(
            self.settings,
            library=self._library,
            sessions=self._sessions,
            connections=self._connections,
            disk=self._disk,
            saving=self._saving,
            catalog=self._catalog,
            drafts=self._drafts,
            queued=self._queued,
            outbox=self._outbox,
            clock=self._clock,
            now=self._now,
        )

    async def _list_all(self) -> None:
        self._catalog.fill(await self._disk.run(self._library.scan))
        for file in self._drafts.files():
            if self._catalog.summary(file) is not None:
                activity = self._catalog.activity(file)
                self._catalog.mark(file, replace(activity, draft=True))

    def _show_places(self, waiting: Sequence[str]) -> None:
        self._ready.show_places(waiting)

    @property
    def _ready(self) -> Sending:
        if self._sending is None:
            raise UsageError("The library is still being read; try again in a moment.")
        return self._sending

    @property
    def _network(self) -> Connections:
        if self._connections is None:
            raise UsageError("The library is still being read; try again in a moment.")
        return self._connections

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
        self._finish()
        return True

    async def _settle(self) -> None:
        await self._watching.end()
        if self._sending is not None:
            await self._sending.stop_all()
        await self._saving.settle()
        await self._drafts.close()
        if self._connections is not None:
            await self._connections.close()
        await self._disk.run(self._library.close)

    def _finish(self) -> None:
        self._outbox.disconnect()
        self._engine.stop(timeout=1.0)
        self._disk.close()

    async def _run(
        self, work: Callable[[], Coroutine[object, object, Result]]
    ) -> Result:
        """Run work on the engine once it is there: who types early need not wait."""
        await asyncio.shield(asyncio.wrap_future(self._built))
        return await self._engine.run(work())

    # Conversations

    async def refresh(self) -> None:
        """Read the library again."""
        await self._run(lambda: self._list_all())

    async def open(self, file: str) -> OpenConversation:
        """Return a conversation to be shown. Raises StorageError."""
        return await self._run(lambda: self._sessions.open(file))

    async def show_nothing(self) -> str:
        """Note that a new conversation is shown; returns its draft."""
        return await self._run(lambda: self._sessions.show_nothing())

    async def read_text(self, file: str) -> str:
        """Return a file as it is. Raises StorageError."""
        return await self._run(lambda: self._disk.run(self._library.read_text, file))

    async def send(
        self, file: str | None, text: str, new: NewConversation | None = None
    ) -> str:
        """Save a prompt, then ask for its answer; see `Sending.send`."""
        return await self._run(
            lambda: self._ready.send(file, text, new or NewConversation())
        )

    async def stop(self, file: str) -> bool:
        """Stop a conversation's running answer; False when none runs."""

        async def stop() -> bool:
            return self._ready.stop(file)

        return await self._run(stop)

    async def take_back_queued(self, file: str) -> str:
        """Take back the prompts that wait behind a running answer; see `Sending`."""
        return await self._run(lambda: self._ready.take_back_queued(file))

    def move_in_queue(self, file: str, place: int) -> None:
        """Put a conversation's queued request at another place, counted from 1."""
        self._engine.post(self._ready.move_in_queue, file, place)

    def send_now(self, file: str) -> None:
        """Send a conversation's queued request although others still run."""
        self._engine.post(self._ready.send_now, file)

    async def retry(self, file: str, message_id: str) -> None:
        """Ask again for an answer, as a sibling; see `Sending.retry`."""
        await self._run(lambda: self._ready.retry(file, message_id))

    async def continue_answer(self, file: str, message_id: str) -> None:
        """Ask the model to go on; see `Sending.continue_answer`."""
        await self._run(lambda: self._ready.continue_answer(file, message_id))

    async def inspect(self, message_id: str) -> Inspection | None:
        """Return the facts of an answer's exchange, if this run still has them."""

        async def inspect() -> Inspection | None:
            return self._ready.inspect(message_id)

        return await self._run(inspect)

    async def flip(self, file: str, message_id: str, step: int) -> None:
        """Show another sibling; see `Editing.flip`."""
        await self._run(lambda: self._editing.flip(file, message_id, step))

    async def rename(self, file: str, title: str) -> None:
        """Give a conversation another title."""
        await self._run(lambda: self._editing.rename(file, title))

    async def set_system_prompt(self, file: str, text: str) -> None:
        """Give a conversation another system prompt."""
        await self._run(lambda: self._editing.set_system_prompt(file, text))

    async def set_model(self, file: str, model: str) -> None:
        """Ask another model from the next prompt on."""
        await self._run(lambda: self._editing.set_model(file, model))

    async def delete(self, file: str) -> None:
        """Move a conversation to the trash."""
        await self._run(lambda: self._editing.delete(file))

    async def undo(self) -> str:
        """Undo the last change; returns what was undone, or ""."""
        return await self._run(lambda: self._undo.undo())

    def save_draft(self, file: str | None, text: str) -> None:
        """Keep an unsent text; returns at once."""

        def keep() -> None:
            self._drafts.put(file or "", text)
            if file:
                activity = self._catalog.activity(file)
                self._catalog.mark(file, replace(activity, draft=bool(text.strip())))

        self._engine.post(keep)

    def turn(self, file: str) -> Turn | None:
        """Return the newest state of a conversation's turn, from any thread."""
        return self._sending.turns.get(file) if self._sending else None

    def running(self) -> tuple[Turn, ...]:
        """Return all running turns, from any thread."""
        return tuple(self._sending.turns.values()) if self._sending else ()

    # Endpoints and settings

    async def models(self, endpoint: str = "") -> tuple[ModelInfo, ...]:
        """Return the models of an endpoint. Raises RequestError."""
        return await self._run(lambda: self._network.models(endpoint))

    def needs_setup(self) -> bool:
        """Return whether the default endpoint can't be asked for want of a key."""
        from tui.services.setup import lacks_key

        return lacks_key(self.settings, self._environ)

    async def check_endpoint(
        self, endpoint: Endpoint, key: str
    ) -> tuple[ModelInfo, ...]:
        """Try an endpoint that is not configured yet. Raises RequestError."""
        from tui.services.connections import try_endpoint

        return await self._run(lambda: try_endpoint(endpoint, key))

    async def store_key(self, endpoint: str, key: str) -> str:
        """Keep a key in a file that only the user can read; returns its path."""
        path = self.locations.key_file(endpoint)
        await self._run(lambda: self._disk.run(key_file.write_key, path, key))
        self._engine.post(self._network.forget, endpoint)
        known = self.settings.endpoints[endpoint]
        self._use_endpoint(replace(known, api_key_file=str(path)))
        return str(path)

    async def store_endpoint(self, endpoint: Endpoint) -> str:
        """Write an endpoint into the configuration and use it from now on."""
        path = self.locations.config_file
        await self._run(
            lambda: self._disk.run(settings_file.store_endpoint, path, endpoint)
        )
        self._use_endpoint(endpoint)
        return str(path)

    def _use_endpoint(self, endpoint: Endpoint) -> None:
        endpoints = {**self.settings.endpoints, endpoint.name: endpoint}
        self._use(
            replace(
                self.settings,
                endpoints=MappingProxyType(endpoints),
                endpoint=endpoint.name,
            )
        )

    def _use(self, settings: Settings) -> None:
        self.settings = settings

        def use() -> None:
            self._ready.settings = settings
            self._network.use(settings)

        self._engine.post(use)

    async def store_theme(self, name: str) -> None:
        """Write the theme's name into the configuration. Raises StorageError."""
        path = self.locations.config_file
        await self._run(
            lambda: self._disk.run(settings_file.store_setting, path, "theme", name)
        )
        self.settings = replace(self.settings, theme=name)
