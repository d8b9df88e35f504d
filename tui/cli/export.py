"""`fortytwo export`: conversations as files for others."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, open_library
from tui.cli.output import Output
from tui.cli.waiting_line import WaitingLine
from tui.domain.errors import NotSavedError, StorageError, UsageError
from tui.domain.visible import visible_line
from tui.services.exporting import Format, export
from tui.services.lookup import find_conversation
from tui.services.whole_conversation import load_whole
from tui.storage.export_file import write_export

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.storage.library import Library


def run_export(arguments: Namespace) -> int:
    """Write one conversation, or all of them.

    Raises:
        UsageError: No conversation is meant, or --all has no folder to write to.
        StorageError: It can't be read or written.
    """
    library = open_library(find_places(arguments, os.environ))
    to = Format(arguments.to)
    if arguments.all:
        if arguments.output is None:
            raise UsageError("--all needs a folder to write to: --output DIR.")
        return _export_all(library, to, arguments.output)
    file = find_conversation(library, arguments.conversation)
    text = export(load_whole(library, file), to)
    if arguments.output is None:
        Output().write(text)
    elif arguments.output.is_dir():
        write_export(arguments.output / _name(file, to), text)
    else:
        write_export(arguments.output, text)
    return 0


def _export_all(library: Library, to: Format, folder: Path) -> int:
    names = library.names()
    waiting = WaitingLine()
    refused = 0
    for nth, file in enumerate(names, 1):
        waiting.progress(f"{nth} of {len(names)}")
        try:
            write_export(
                folder / _name(file, to), export(load_whole(library, file), to)
            )
        except NotSavedError:
            raise
        except StorageError as error:
            refused += 1
            waiting.clear()
            sys.stderr.write(f"fortytwo: {visible_line(error.sentence)}\n")
    waiting.clear()
    done = len(names) - refused
    sys.stderr.write(f"{done:,} written to {visible_line(str(folder))}\n")
    return 1 if refused else 0


def _name(file: str, to: Format) -> str:
    return f"{Path(file).stem}.{to.value}"
