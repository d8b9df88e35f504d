"""The services as one thing: what the interface and the command line hold.

Its methods may be awaited on any loop; the work runs on the engine's thread.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.services.events import ModelsListed, NoticeGiven
from tui.services.opened import NewConversation, OpenConversation
from tui.services.outbox import Outbox
from tui.services.running import RunningServices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tui.domain.completion import ModelInfo
    from tui.domain.inspection import Inspection, Progress
    from tui.domain.search import Found
    from tui.domain.settings import Endpoint, Problem, Settings
    from tui.domain.summary import Trashed
    from tui.domain.turn import Turn
    from tui.services.events import Event
    from tui.services.parts import Parts
    from tui.storage.locations import Locations

__all__ = ["NewConversation", "OpenConversation", "Workspace"]


class Workspace:
    """Conversations, answers, drafts and settings behind one thread-safe door."""

    def __init__(
        self,
        settings: Settings,
        locations: Locations,
        environ: Mapping[str, str] = os.environ,
        *,
        problems: Sequence[Problem] = (),
        read_again: Callable[[], tuple[Settings, Sequence[Problem]]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0),
    ) -> None:
        """Make it without touching a file or the network.

        Args:
            settings: The settings in force.
            locations: Where the files are.
            environ: The environment, for keys and proxies.
            problems: What is wrong in the configuration that the settings are from.
            read_again: Reads it anew, in a thread.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.settings = settings
        self.locations = locations
        self._environ = environ
        self._problems = problems
        self._read_again = read_again
        self._clock = clock
        self._now = now
        self._outbox = Outbox()
        self._services = RunningServices(
            self._build, self._outbox, locations.state, now
        )

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
        await self._services.start(self.settings.trash_days)

    async def close(self) -> None:
        """Stop and save everything, then stop the engine."""
        await self._services.close()

    def close_now(self, timeout: float) -> bool:
        """Do the same from a thread that must not wait long.

        Args:
            timeout: The longest wait, in seconds.

        Returns:
            True when everything was saved in time.
        """
        return self._services.close_now(timeout)

    @property
    def last_words(self) -> str:
        """What must be said after the end: where unsaved words are."""
        return self._services.last_words

    async def unsaved(self) -> tuple[str, ...]:
        """Return what would not be in its file if the program ended now: titles."""

        async def find(parts: Parts) -> tuple[str, ...]:
            words = await parts.find_unsaved()
            return tuple(dict.fromkeys(title for title, _ in words))

        if self._services.parts is None:
            return ()
        return await self._services.run(find)

    def _build(self) -> Parts:
        # Most of the program hangs on this import: not before the first frame.
        from tui.services.parts import Parts

        return Parts(
            self.settings,
            self.locations,
            self._environ,
            self._outbox,
            problems=self._problems,
            read_again=self._read_again,
            used=self._use_corrected,
            clock=self._clock,
            now=self._now,
        )

    def _use_corrected(self, settings: Settings) -> None:
        self.settings, self._problems = settings, ()
        self._outbox.put(ModelsListed())
        self._outbox.put(NoticeGiven("The configuration was read anew."))

    # Conversations

    async def find_file(self, wanted: str) -> str:
        """Return the file that is meant by a part of its name or its title.

        Raises:
            UsageError: None is meant, or several may be.
        """
        return await self._services.run(lambda parts: parts.listing.find(wanted))

    async def search(self, text: str) -> Found | None:
        """Search titles and messages; None when a newer search came; see `Search`."""
        return await self._services.run(
            lambda parts: parts.search.find(text, parts.catalog.summaries)
        )

    async def open(self, file: str) -> OpenConversation:
        """Return a conversation to be shown. Raises StorageError."""
        return await self._services.run(lambda parts: parts.sessions.open(file))

    async def draft(self, file: str) -> str:
        """Return a conversation's unsent text, also when its file can't be read."""
        return await self._services.run(lambda parts: parts.sessions.draft(file))

    async def show_nothing(self) -> str:
        """Note that a new conversation is shown; returns its draft."""
        return await self._services.run(lambda parts: parts.sessions.show_nothing())

    async def read_text(self, file: str) -> str:
        """Return a file as it is. Raises StorageError."""
        return await self._services.run(
            lambda parts: parts.disk.run(parts.library.read_text, file)
        )

    async def send(
        self, file: str | None, text: str, new: NewConversation | None = None
    ) -> str:
        """Save a prompt, then ask for its answer; see `Sending.send`."""
        return await self._services.run(
            lambda parts: parts.sending.send(file, text, new or NewConversation())
        )

    async def stop(self, file: str) -> bool:
        """Stop a conversation's running answer; False when none runs."""

        async def stop(parts: Parts) -> bool:
            return parts.answers.stop(file)

        return await self._services.run(stop)

    async def take_back_queued(self, file: str) -> str:
        """Take back the prompts that wait behind a running answer; see `Sending`."""
        return await self._services.run(
            lambda parts: parts.sending.take_back_queued(file)
        )

    def move_in_queue(self, file: str, place: int) -> None:
        """Put a conversation's queued request at another place, counted from 1."""
        self._services.post(lambda parts: parts.answers.move_in_queue(file, place))

    def send_now(self, file: str) -> None:
        """Send a conversation's queued request although others still run."""
        self._services.post(lambda parts: parts.answers.send_now(file))

    async def retry(self, file: str, message_id: str) -> None:
        """Ask again for an answer, as a sibling; see `Sending.retry`."""
        await self._services.run(lambda parts: parts.sending.retry(file, message_id))

    async def continue_answer(self, file: str, message_id: str) -> None:
        """Ask the model to go on; see `Sending.continue_answer`."""
        await self._services.run(
            lambda parts: parts.sending.continue_answer(file, message_id)
        )

    async def inspect(self, message_id: str) -> Inspection | None:
        """Return the facts of an answer's exchange, if this run still has them."""

        async def inspect(parts: Parts) -> Inspection | None:
            return parts.answers.inspect(message_id)

        return await self._services.run(inspect)

    async def progress(
        self, message_id: str, attempts: int, upto: int
    ) -> Progress | None:
        """Return what is new in a running exchange since it was looked at last.

        Args:
            message_id: The answer.
            attempts: How many requests were sent then.
            upto: Up to where the response's body was seen then, in bytes.
        """

        async def look(parts: Parts) -> Progress | None:
            return parts.answers.progress(message_id, attempts, upto)

        return await self._services.run(look)

    async def flip(self, file: str, message_id: str, step: int) -> None:
        """Show another sibling; see `Editing.flip`."""
        await self._services.run(
            lambda parts: parts.editing.flip(file, message_id, step)
        )

    async def rename(self, file: str, title: str) -> None:
        """Give a conversation another title."""
        await self._services.run(lambda parts: parts.editing.rename(file, title))

    async def set_system_prompt(self, file: str, text: str) -> None:
        """Give a conversation another system prompt."""
        await self._services.run(
            lambda parts: parts.editing.set_system_prompt(file, text)
        )

    async def set_model(self, file: str, model: str) -> None:
        """Ask another model from the next prompt on."""
        await self._services.run(lambda parts: parts.editing.set_model(file, model))

    async def set_endpoint(self, file: str, endpoint: str) -> None:
        """Ask another server from the next prompt on."""
        await self._services.run(
            lambda parts: parts.editing.set_endpoint(file, endpoint)
        )

    async def set_stream(self, file: str, stream: bool | None) -> None:
        """Ask for whole answers (False) or for streams from the next prompt on."""
        await self._services.run(lambda parts: parts.editing.set_stream(file, stream))

    async def delete(self, file: str) -> None:
        """Move a conversation to the trash."""
        await self._services.run(lambda parts: parts.trashing.delete(file))

    async def pin(self, file: str) -> bool:
        """Pin a conversation or no longer; returns whether it is pinned now."""
        return await self._services.run(lambda parts: parts.editing.pin(file))

    async def clear(self, file: str) -> None:
        """Take all messages out of a conversation; see `Editing.clear`."""
        await self._services.run(lambda parts: parts.editing.clear(file))

    async def edit(self, file: str, message_id: str, text: str) -> None:
        """Put an edited message beside the old one; see `Revising.edit`."""
        await self._services.run(
            lambda parts: parts.revising.edit(file, message_id, text)
        )

    async def save_copy(self, file: str, where: str) -> Path:
        """Write a conversation, with all that is in memory, elsewhere.

        Raises:
            StorageError: It can't be written there.
        """
        return await self._services.run(lambda parts: parts.save_copy(file, where))

    # The trash

    async def trashed(self) -> tuple[Trashed, ...]:
        """Return what is in the trash, last deleted first. Raises StorageError."""
        return await self._services.run(lambda parts: parts.trashing.entries())

    async def restore(self, name: str) -> str:
        """Bring a conversation back from the trash; returns its file."""
        return await self._services.run(lambda parts: parts.trashing.restore(name))

    async def remove_trashed(self, name: str) -> None:
        """Remove a conversation in the trash for good. Raises StorageError."""
        await self._services.run(lambda parts: parts.trashing.remove(name))

    async def undo(self) -> str:
        """Undo the last change; returns what was undone, or ""."""
        return await self._services.run(lambda parts: parts.undo.undo())

    def save_draft(self, file: str | None, text: str) -> None:
        """Keep an unsent text; returns at once."""
        self._services.post(lambda parts: parts.keep_draft(file, text))

    def turn(self, file: str) -> Turn | None:
        """Return the newest state of a conversation's turn, from any thread."""
        return (
            parts.answers.turns.get(file) if (parts := self._services.parts) else None
        )

    def running(self) -> tuple[Turn, ...]:
        """Return all running turns, from any thread."""
        return (
            tuple(parts.answers.turns.values())
            if (parts := self._services.parts)
            else ()
        )

    # Endpoints and settings

    async def models(self, endpoint: str = "") -> tuple[ModelInfo, ...]:
        """Return the models of an endpoint. Raises RequestError or UsageError."""

        async def models(parts: Parts) -> tuple[ModelInfo, ...]:
            await parts.certain.check(endpoint)
            return await parts.connections.models(endpoint)

        return await self._services.run(models)

    def context_tokens(self, endpoint: str, model: str) -> int | None:
        """Return the size of a model's context when it is known, from any thread."""
        if (parts := self._services.parts) is None:
            return None
        return parts.connections.context_tokens(endpoint, model)

    def default_model(self, endpoint: str) -> str:
        """Return the model asked when none is named, "" while unknown; any thread."""
        if (parts := self._services.parts) is None:
            return ""
        return parts.connections.default_model(endpoint)

    async def unconfirmed_host(self, endpoint: str = "") -> str:
        """Return the public host that would get the key over plain http, or ""."""
        return await self._services.run(
            lambda parts: parts.connections.unconfirmed_host(endpoint)
        )

    async def allow_plain_http(self, endpoint: str, host: str) -> None:
        """Let a public host have the key over plain http from now on.

        Raises:
            NotSavedError: The configuration can't be changed; nothing is allowed.
        """
        confirmed = await self._services.run(
            lambda parts: parts.configuring.allow_plain_http(
                self.settings, endpoint, host
            )
        )
        self._use(self.settings.with_endpoint(confirmed))

    def needs_setup(self) -> bool:
        """Return whether the default endpoint can't be asked for want of a key.

        While the configuration leaves open which server that is, no key is asked for.
        """
        from tui.services.setup import lacks_key

        if self._problems:
            from tui.services.certain_server import find_doubt

            if find_doubt(self._problems, self.settings, "") is not None:
                return False
        return lacks_key(self.settings, self._environ)

    async def check_endpoint(
        self, endpoint: Endpoint, key: str
    ) -> tuple[ModelInfo, ...]:
        """Try an endpoint that is not configured yet. Raises RequestError."""
        from tui.services.connections import try_endpoint

        return await self._services.run(lambda _: try_endpoint(endpoint, key))

    async def store_key(self, endpoint: str, key: str) -> str:
        """Keep a key in a file that only the user can read; returns its path."""
        known = self.settings.endpoints[endpoint]
        keyed = await self._services.run(
            lambda parts: parts.configuring.store_key(known, key)
        )
        self._use(self.settings.using_endpoint(keyed))
        return keyed.api_key_file

    async def add_server(self, base_url: str, key: str = "") -> str:
        """Write a server into the configuration and use it from now on.

        Args:
            base_url: Its base URL, which has been tried.
            key: Its key, or "": it is stored like every other.

        Returns:
            The path of the configuration.
        """
        added = await self._services.run(
            lambda parts: parts.configuring.add_server(self.settings, base_url)
        )
        self._use(self.settings.using_endpoint(added))
        if key:
            await self.store_key(added.name, key)
        return str(self.locations.config_file)

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self._services.post(lambda parts: parts.use(settings))

    async def store_theme(self, name: str) -> None:
        """Write the theme's name into the configuration. Raises StorageError."""
        await self._services.run(lambda parts: parts.configuring.store_theme(name))
        self.settings = replace(self.settings, theme=name)
