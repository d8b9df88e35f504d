"""`fortytwo --plain`: prompts by line, answers below them, on the same library."""

from __future__ import annotations

import contextlib
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui import __version__
from tui.cli.interruption import Interrupted, interruptible
from tui.cli.plain.actions import Listed, actions, open_file
from tui.cli.plain.commands import parse
from tui.cli.plain.desk import Desk
from tui.cli.plain.lines import LONGEST, Lines
from tui.cli.plain.page import Page
from tui.domain.errors import FortytwoError, UsageError
from tui.services.reports import write_report
from tui.ui.commands import prompt_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from tui.cli.interruption import Interruption
    from tui.domain.settings import Problem
    from tui.services.workspace import Workspace

PATIENCE = 2.0
"""Seconds that saving may take when the program must end."""

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def run_plain(
    workspace: Workspace, problems: Sequence[Problem], wanted: str | None, *, demo: bool
) -> int:
    """Run the linear mode until the user leaves; returns the exit code.

    Args:
        workspace: The services, not started yet.
        problems: What is wrong in the user's files.
        wanted: The name of the conversation to open, or the start of it.
        demo: True when the embedded server answers.
    """
    try:
        with interruptible(ENDING) as interruption:
            return Plain(workspace, interruption).run(problems, wanted, demo=demo)
    except Interrupted as interruption:
        return interruption.exit_code
    finally:
        workspace.close_now(PATIENCE)


class Plain:
    """The loop: a line is read, what it asks for is done, the next one is read.

    What has been entered is held by `Lines` until it is a command that is carried
    out, or part of the draft: a prompt stays that until it is in its conversation.
    """

    def __init__(self, workspace: Workspace, interruption: Interruption) -> None:
        """Make it.

        Args:
            workspace: The services, not started yet.
            interruption: Where a signal to end may come.
        """
        self._interruption = interruption
        self._page = Page()
        self._desk = Desk(workspace, self._page)
        self._lines = Lines(sys.stdin.fileno(), interruption.whole)
        self._actions = actions(Listed())
        self._begun: str | None = None
        """A prompt whose last line ended in a backslash."""
        self._reading = False
        self._asked_to_leave = False

    def run(
        self, problems: Sequence[Problem], wanted: str | None, *, demo: bool
    ) -> int:
        """Greet, then do line after line."""
        desk, page = self._desk, self._page
        page.note(
            f"fortytwo {__version__}, line by line. Type a prompt and press Enter; "
            "/help lists the commands, /quit leaves."
        )
        for problem in problems:
            page.note(f"[{problem}]")
        with self._ctrl_c_stops():
            desk.start()
            if desk.workspace.needs_setup() and not demo:
                page.note("[There is no key yet: set FORTYTWO_API_KEY, or try --demo.]")
            if wanted:
                self._try(lambda: self._open(wanted))
            try:
                while (lines := self._read()) is not None:
                    if not self._enter(lines):
                        break
            except BaseException:
                self._keep_what_was_entered()
                raise
            desk.draft = self._all_that_waits()
            desk.close()
        return int(desk.failed and not self._lines.terminal)

    def _open(self, wanted: str) -> None:
        file = self._desk.call(self._desk.workspace.find_file(wanted))
        open_file(self._desk, file)

    # Reading

    @contextlib.contextmanager
    def _ctrl_c_stops(self) -> Iterator[None]:
        """Let ctrl+c stop an answer, never the program."""

        def interrupt(_: int, __: FrameType | None) -> None:
            if self._reading and not self._interruption.held:
                raise KeyboardInterrupt
            self._desk.interrupted = True

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _read(self) -> list[str] | None:
        """Return the lines that are entered next; None at the end of input."""
        desk = self._desk
        while True:
            desk.take_events()
            desk.interrupted = False
            try:
                # From the moment that a prompt can be seen.
                self._reading = True
                self._page.ask("You, on:" if self._begun is not None else "You:")
                lines = self._lines.next()
            except KeyboardInterrupt:
                self._page.write("\n")
                self._page.note("[Nothing is being answered. /quit or ctrl+d leaves.]")
                continue
            finally:
                self._reading = False
            if lines is None or not self._lines.terminal:
                self._page.write("\n")
            return lines

    # Doing

    def _enter(self, lines: list[str]) -> bool:
        """Do what was entered; False when the user leaves."""
        if len(lines) > 1:
            self._join(self._all_that_waits("\n".join(lines)))
            return True
        line = lines[0]
        if self._lines.terminal and len(line.encode()) >= LONGEST - 1:
            self._page.note(
                f"[The terminal cut this line at {LONGEST:,} bytes; /edit takes more.]"
            )
            self._join(self._all_that_waits(line))
            return True
        whole = line if self._begun is None else f"{self._begun}\n{line}"
        if line.endswith("\\"):
            self._hold(begun=whole[:-1])
            return True
        return self._do(whole)

    def _do(self, line: str) -> bool:
        leaving = False

        def work() -> None:
            nonlocal leaving
            command = parse(line)
            if command is None:
                self._say(line)
                return
            self._hold()
            if command.action_id == "app.quit":
                leaving = self._may_leave()
            else:
                self._actions[command.action_id](self._desk, command.argument)

        self._try(work)
        # What is no command at all has been told and is not kept.
        self._hold()
        return not leaving

    def _say(self, line: str) -> None:
        if self._desk.draft:
            if line:
                self._join(f"{self._desk.draft}\n{line}")
        elif line.strip():
            text = prompt_text(line)
            self._hold(text)
            try:
                self._desk.send(text)
            except FortytwoError:
                self._desk.keep_draft(text)
                self._page.note("[The text waits; /send tries again.]")
                raise

    def _join(self, text: str) -> None:
        """Let a text wait: what came at once is never sent by itself."""
        self._hold(text)
        count = self._desk.draft.count("\n") + 1
        self._page.note(f"[{count} lines wait. /send sends them, /drop forgets them.]")

    def _hold(self, draft: str | None = None, begun: str | None = None) -> None:
        """Take over what was entered, all of it at once.

        Args:
            draft: The text that waits from now on; None leaves that as it is.
            begun: A prompt that has been begun.
        """
        with self._interruption.whole():
            self._lines.let_go()
            self._begun = begun
            if draft is not None:
                self._desk.keep_draft(draft)
            elif begun is not None:
                self._desk.workspace.save_draft(self._desk.file, self._all_that_waits())

    def _keep_what_was_entered(self) -> None:
        """Make a draft of what could not be looked at any more; a command is none."""
        lines = self._lines.all_that_is_there()
        with contextlib.suppress(UsageError):
            if len(lines) == 1 and self._begun is None and parse(lines[0]) is not None:
                return
        if lines:
            self._desk.keep_draft(self._all_that_waits("\n".join(lines)))

    def _all_that_waits(self, text: str = "") -> str:
        """Return what was entered and not sent, with a text below it."""
        parts = (self._desk.draft, self._begun, text)
        return "\n".join(part for part in parts if part)

    def _may_leave(self) -> bool:
        unsaved = self._desk.call(self._desk.workspace.unsaved())
        if not unsaved or self._asked_to_leave:
            return True
        self._asked_to_leave = True
        self._page.note(
            f"[Not everything is saved: {', '.join(unsaved)}. /quit again leaves; the "
            "words go into a file of their own then.]"
        )
        return False

    def _try(self, work: Callable[[], None]) -> None:
        """Do something; what goes wrong becomes a sentence."""
        try:
            work()
        except FortytwoError as error:
            self._page.note(f"[{error.sentence}]")
        except (OSError, Interrupted):
            # Nobody reads any more, or it must end: the caller knows what to do.
            raise
        except Exception as error:  # noqa: BLE001 - the mode goes on
            state = self._desk.workspace.locations.state
            report = write_report(state, error, datetime.now(UTC))
            where = f" Report: {report}" if report else ""
            self._page.note(
                f"[Something unforeseen went wrong ({type(error).__name__}); the "
                f"program goes on.{where}]"
            )
