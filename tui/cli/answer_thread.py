"""Runs a question on the engine's thread while this one prints.

A pipe or a terminal that stops reading blocks whoever prints; the answer must go on
arriving and being saved meanwhile.
"""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from tui.domain.turn import Turn
from tui.services.asking import Asking
from tui.services.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from tui.domain.settings import Problem, Settings
    from tui.services.asking import Answer, Question

TICK = 0.5
"""Seconds between two looks at a clock that runs on the screen."""

LAST_WAIT = 10.0
"""Seconds that stopping may take; an exchange closes within a tenth of one."""


class AnswerThread:
    """One question on its way."""

    def __init__(
        self,
        settings: Settings,
        problems: Sequence[Problem],
        data: Path,
        environ: Mapping[str, str],
        question: Question,
    ) -> None:
        """Ask the question; returns at once."""
        # Without one, Python prints log records, tracebacks included, on the screen.
        logging.getLogger().addHandler(logging.NullHandler())
        self._events: SimpleQueue[Turn | str | None] = SimpleQueue()
        self._asking = Asking(
            settings,
            problems,
            data,
            environ,
            moved=self._events.put,
            grew=lambda text, reasoning: self._events.put(text),
        )
        self._engine = Engine()
        self._engine.start()
        self._answer: Future[Answer] = self._engine.begin(self._asking.ask(question))
        self._answer.add_done_callback(lambda done: self._events.put(None))

    def texts(self, show: Callable[[Turn], None]) -> Iterator[str]:
        """Yield the answer's pieces as they come, until it has ended.

        Args:
            show: Called with the turn whenever it moved or time passed.
        """
        turn: Turn | None = None
        while True:
            try:
                event = self._events.get(timeout=TICK)
            except Empty:
                event = ""
            if event is None:
                return
            if isinstance(event, Turn):
                turn = event
            elif event:
                yield event
            if turn is not None:
                show(turn)

    def stop(self) -> None:
        """Ask for the end of the answer."""
        self._engine.post(self._asking.stop)

    def wait(self) -> Answer | None:
        """Wait until what has arrived is kept; None when nothing could be in time."""
        try:
            return self._answer.result(LAST_WAIT)
        except TimeoutError:
            return None
        finally:
            self._engine.stop(timeout=1)

    def answer(self) -> Answer:
        """Return the answer once `texts` has ended.

        Raises:
            UsageError: It could not be asked for.
            StorageError: The prompt or the answer could not be saved.
        """
        try:
            return self._answer.result()
        finally:
            self._engine.stop(timeout=1)
