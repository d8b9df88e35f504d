"""One question without the app: the same prompt, answer and file, no list, no drafts.

The whole workspace is not used on purpose: it recovers, watches and keeps drafts, which
belongs to the app that may be running on the same library right now.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.errors import ReadOnlyError, RequestError, UsageError
from tui.domain.failure import FailureKind
from tui.domain.message import Message, Role
from tui.domain.turn import Turn
from tui.services.answering import Answering
from tui.services.certain_server import refuse_doubt
from tui.services.connections import Connections
from tui.services.engine import Disk
from tui.services.sessions import new_id
from tui.storage.library import Library
from tui.storage.room import check_room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tui.domain.settings import Problem, Settings
    from tui.storage.loaded_file import LoadedFile


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how.

    Attributes:
        prompt: The prompt.
        file: The conversation to go on with, or "" for a new one.
        system_prompt: The conversation's system prompt from now on; None leaves it.
        endpoint: The endpoint to ask this once, or "" for the conversation's.
        model: The model to ask this once, or "" for the conversation's.
        stream: False asks for the answer in one piece; None leaves it.
        nameless: True when no configuration names the endpoint, so that no file may.
    """

    prompt: str
    file: str = ""
    system_prompt: str | None = None
    endpoint: str = ""
    model: str = ""
    stream: bool | None = None
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    Attributes:
        file: The conversation's file name.
        message: The answer as the file holds it.
    """

    file: str
    message: Message


class Asking:
    """Asks one question. Lives on the engine's loop, but for `file`."""

    def __init__(
        self,
        settings: Settings,
        problems: Sequence[Problem],
        data: Path,
        environ: Mapping[str, str],
        *,
        moved: Callable[[Turn], None],
        grew: Callable[[str, str], None],
    ) -> None:
        """Make it without touching a file or the network.

        Args:
            settings: The settings in force.
            problems: What is wrong in the configuration they are from.
            data: The data folder.
            environ: The environment, for keys and proxies.
            moved: Called with every state of the turn.
            grew: Called with every delta of text and of reasoning.
        """
        self.file = ""
        """The conversation's file once the prompt is in it. Others may read it."""
        self._settings = settings
        self._problems = problems
        self._library = Library(data)
        self._environ = environ
        self._moved = moved
        self._grew = grew
        self._disk = Disk()
        self._connections = Connections(settings, environ, lambda waiting: None)
        self._answering: Answering | None = None
        self._stop_asked = False

    def stop(self) -> None:
        """Ask for the end; what has arrived is kept. May be called again."""
        self._stop_asked = True
        if self._answering is not None:
            self._answering.stop()

    async def ask(self, question: Question) -> Answer:
        """Save the prompt, ask, and save the answer.

        Raises:
            UsageError: The endpoint or its key can't be used; nothing was saved.
            StorageError: The prompt could not be saved, and nothing was sent; or the
                answer could not be, and is in the journal.
        """
        try:
            loaded = None
            if question.file:
                loaded = await self._disk.run(self._library.load, question.file)
            endpoint = self._choose_endpoint(question, loaded)
            await self._check(endpoint)
            loaded, prompt = await self._save_prompt(question, loaded, endpoint)
            self.file = loaded.file
            return await self._answer(question, loaded, prompt, endpoint)
        finally:
            await self._connections.close()
            await self._disk.run(self._library.close)
            self._disk.close()

    def _choose_endpoint(self, question: Question, loaded: LoadedFile | None) -> str:
        kept = loaded.conversation.endpoint if loaded else ""
        wanted = question.endpoint or kept
        self._refuse_doubt(wanted)
        if wanted in self._settings.endpoints:
            return wanted
        # A server that was named by hand in another run is unknown in this one.
        self._refuse_doubt("")
        return self._settings.endpoint

    def _refuse_doubt(self, endpoint: str) -> None:
        advice = "Correct it, or name a server with --base-url."
        refuse_doubt(self._problems, self._settings, endpoint, advice)

    async def _check(self, endpoint: str) -> None:
        try:
            await self._connections.client(endpoint)
        except RequestError as error:
            if error.failure.kind is FailureKind.KEY:
                raise UsageError(error.sentence) from error
            raise

    async def _save_prompt(
        self, question: Question, loaded: LoadedFile | None, endpoint: str
    ) -> tuple[LoadedFile, str]:
        """Return the file with the prompt in it, and the prompt's id."""
        now = datetime.now(UTC).replace(microsecond=0)
        message = Message(new_id(), Role.USER, question.prompt, now)
        if loaded is None:
            check_room(0, question.prompt)
            settings = self._settings
            prompt = question.system_prompt
            conversation = Conversation(
                id=new_id(),
                title=first_line_title(question.prompt),
                created=now,
                model=settings.model,
                endpoint="" if question.nameless else endpoint,
                system_prompt=settings.system_prompt if prompt is None else prompt,
                parameters=settings.parameters,
                messages=(message,),
            )
            created = await self._disk.run(self._library.create, conversation)
            return created, message.id
        if loaded.read_only:
            raise ReadOnlyError(f"{loaded.file}: {loaded.read_only}")
        check_room(loaded.size, question.prompt)
        wanted = question.system_prompt
        if wanted is not None and wanted != loaded.conversation.system_prompt:
            changed = replace(loaded.conversation, system_prompt=wanted)
            loaded = await self._disk.run(self._library.replace, loaded, changed)
        path = loaded.conversation.path
        message = replace(message, parent=path[-1].id if path else None)
        loaded = await self._disk.run(self._library.append, loaded, [message])
        return loaded, message.id

    async def _answer(
        self, question: Question, loaded: LoadedFile, prompt: str, endpoint: str
    ) -> Answer:
        conversation = loaded.conversation
        turn = Turn(
            file=loaded.file,
            message_id=new_id(),
            model=question.model or conversation.model,
            queued_at=time.monotonic(),
            parent=prompt,
        )
        stream = conversation.stream if question.stream is None else question.stream
        answering = Answering(
            turn,
            prompt,
            replace(conversation, endpoint=endpoint, model=turn.model, stream=stream),
            connections=self._connections,
            disk=self._disk,
            library=self._library,
            clock=time.monotonic,
            now=lambda: datetime.now(UTC).replace(microsecond=0),
            moved=self._moved,
            grew=self._grew,
            recorded=lambda record: None,
            kept=lambda trouble: None,
        )
        self._answering = answering
        if self._stop_asked:
            answering.stop()
        message = await answering.run()
        loaded = await self._disk.run(self._library.append, loaded, [message])
        await answering.discard_journal()
        return Answer(loaded.file, message)
