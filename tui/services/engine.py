"""The engine: one thread with an event loop of its own for network and turns.

Textual blocks its loop while a terminal does not read (a hung SSH connection, a
paused emulator). Answers must go on arriving and being saved meanwhile, so nothing
that matters to them runs on the interface's loop.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar, TypeVarTuple

from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

Result = TypeVar("Result")
Params = ParamSpec("Params")
Args = TypeVarTuple("Args")


class Engine:
    """A daemon thread that runs an asyncio loop until it is stopped."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Start the thread; returns when its loop runs."""
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        asyncio.set_event_loop(loop)
        loop.call_soon(self._ready.set)
        try:
            loop.run_forever()
        finally:
            loop.close()

    @property
    def running(self) -> bool:
        """True between `start` and `stop`."""
        return self._loop is not None and self._loop.is_running()

    async def run(self, work: Coroutine[object, object, Result]) -> Result:
        """Run a coroutine on the engine's loop and return its result here.

        Cancelling the caller does not cancel the work: words on their way to the
        disk are not lost because a screen was closed.

        Args:
            work: The coroutine.

        Raises:
            UsageError: The engine does not run.
            BaseException: Whatever the coroutine raised.
        """
        return await asyncio.shield(asyncio.wrap_future(self.begin(work)))

    def run_blocking(
        self, work: Coroutine[object, object, Result], timeout: float
    ) -> Result:
        """Run a coroutine on the engine's loop and wait for it in this thread.

        Args:
            work: The coroutine.
            timeout: The longest wait, in seconds.

        Raises:
            UsageError: The engine does not run.
            TimeoutError: It took longer.
        """
        return self.begin(work).result(timeout)

    def begin(self, work: Coroutine[object, object, Result]) -> Future[Result]:
        """Run a coroutine on the engine's loop without waiting for it.

        Raises:
            UsageError: The engine does not run.
        """
        loop = self._loop
        if loop is None or not loop.is_running():
            work.close()
            raise UsageError("The program is still starting, or already leaving.")
        return asyncio.run_coroutine_threadsafe(work, loop)

    def post(self, call: Callable[[*Args], object], *args: *Args) -> None:
        """Call a function on the engine's loop and don't wait for it."""
        loop = self._loop
        if loop is not None and loop.is_running():
            loop.call_soon_threadsafe(call, *args)

    def stop(self, timeout: float) -> None:
        """Stop the loop and wait for the thread, `timeout` seconds at most."""
        loop = self._loop
        if loop is None or not self._thread.is_alive():
            return
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(timeout)


class Disk:
    """A thread for file work: everything in the order it was asked for.

    One of them does all writing; others only read what would keep it from that.
    """

    def __init__(self, name: str = "disk") -> None:
        """Make it; the thread starts with the first work."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(
        self,
        work: Callable[Params, Result],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> Result:
        """Run a blocking function on the disk thread.

        The work goes on when the caller is cancelled.

        Raises:
            BaseException: Whatever the function raised.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.shield(
            loop.run_in_executor(self._pool, partial(work, *args, **kwargs))
        )

    def close(self) -> None:
        """Take no more work; what was asked for is still done."""
        self._pool.shutdown(wait=False)
