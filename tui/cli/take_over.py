"""`fortytwo import`: conversations of other programs into the library."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, open_library
from tui.cli.interruption import Interrupted, interruptible
from tui.cli.waiting_line import WaitingLine
from tui.domain.errors import UnreadableError
from tui.domain.visible import visible_line
from tui.services.importing import Importing, Outcome

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from tui.services.importing import Taken
    from tui.storage.foreign_files import Progress


def run_import(arguments: Namespace) -> int:
    """Take over every file; 1 when something was refused.

    Raises:
        StorageError: The library can't be read or written.
    """
    library = open_library(find_places(arguments, os.environ))
    counts: Counter[Outcome] = Counter()
    waiting = WaitingLine()
    importing = Importing(library)
    with interruptible():
        try:
            for path in arguments.files:
                _take_one(importing, path, counts, waiting)
        except Interrupted as interruption:
            waiting.clear()
            _sum_up(counts)
            sys.stderr.write("Run it again to go on where it stopped.\n")
            return interruption.exit_code
        finally:
            waiting.clear()
            library.close()
    _sum_up(counts)
    return 1 if counts[Outcome.REFUSED] else 0


def _take_one(
    importing: Importing, path: Path, counts: Counter[Outcome], waiting: WaitingLine
) -> None:
    share = 0

    def note(progress: Progress) -> None:
        nonlocal share
        share = 100 * progress.read // max(1, progress.whole)

    try:
        for taken in importing.take(path, note):
            counts[taken.outcome] += 1
            _report(taken, path, waiting)
            waiting.progress(
                f"{path.name}: {counts[Outcome.ADDED]:,} added, "
                f"{counts[Outcome.KNOWN]:,} known · {share} %"
            )
    except UnreadableError as error:
        waiting.clear()
        counts[Outcome.REFUSED] += 1
        sys.stderr.write(visible_line(f"{path}: {error.sentence}") + "\n")


def _report(taken: Taken, path: Path, waiting: WaitingLine) -> None:
    if taken.outcome is Outcome.REFUSED:
        waiting.clear()
        line = f"{path.name}: “{taken.title}” was not taken over: {taken.note}."
        sys.stderr.write(visible_line(line) + "\n")
    elif taken.note:
        waiting.clear()
        line = f"{path.name}: “{taken.title}” came without {taken.note}."
        sys.stderr.write(visible_line(line) + "\n")


def _sum_up(counts: Counter[Outcome]) -> None:
    sys.stderr.write(
        f"{counts[Outcome.ADDED]:,} added, {counts[Outcome.EXTENDED]:,} extended, "
        f"{counts[Outcome.KNOWN]:,} known already, "
        f"{counts[Outcome.REFUSED]:,} refused.\n"
    )
