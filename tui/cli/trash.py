"""`fortytwo trash`: what was deleted; bring it back, or remove it for good."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places
from tui.cli.output import FAINT, YELLOW, Output
from tui.domain.errors import UsageError
from tui.storage.library import Library

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from tui.domain.summary import Trashed


def run_trash(arguments: Namespace) -> int:
    """List the trash, restore from it, or empty it.

    Raises:
        UsageError: What is to come back is not there, or it is not clear which is.
        StorageError: The trash can't be listed, or the file can't be moved.
    """
    library = Library(find_places(arguments, os.environ).data)
    output = Output()
    if arguments.restore is not None:
        wanted = _find(library.trashed(), arguments.restore)
        output.write_styled(f"{output.line(library.restore(wanted.name))}\n")
    elif arguments.empty is not None:
        age = timedelta(days=arguments.empty)
        for name in library.empty_trash(age, datetime.now(UTC)):
            output.write_styled(f"{output.line(name)}\n")
    else:
        _print(library.trashed(), output, as_json=arguments.json)
    return 0


def _find(trashed: Sequence[Trashed], wanted: str) -> Trashed:
    """Return the one whose file or title begins like this, the last deleted first."""
    words = wanted.casefold()
    found = [one for one in trashed if one.name == wanted] or [
        one
        for one in trashed
        if one.name.casefold().startswith(words)
        or one.summary.title.casefold().startswith(words)
    ]
    if not found:
        raise UsageError(f"Nothing in the trash begins with “{wanted}”.")
    if len(found) > 1:
        names = "\n".join(f"  {one.name}  {one.summary.title}" for one in found)
        raise UsageError(f"“{wanted}” may mean:\n{names}")
    return found[0]


def _print(trashed: Sequence[Trashed], output: Output, *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "name": one.name,
                "title": one.summary.title,
                "deleted": one.deleted.isoformat(),
            }
            for one in trashed
        ]
        output.write_styled(json.dumps(rows, indent=1) + "\n")
        return
    for one in trashed:
        title = output.line(one.summary.problem or one.summary.title)
        if output.terminal:
            moment = one.deleted.astimezone().strftime("%Y-%m-%d %H:%M")
            title = output.styled(title, YELLOW) if one.summary.problem else title
            line = f"{output.styled(moment, FAINT)}  {title}  {output.line(one.name)}"
        else:
            line = f"{output.line(one.name)}\t{one.deleted.isoformat()}\t{title}"
        output.write_styled(line + "\n")
