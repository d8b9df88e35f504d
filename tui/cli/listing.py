"""`fortytwo list`: the conversations, for a person or a pipe."""

from __future__ import annotations

import json
import os
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tui.cli.configuration import find_places, open_library
from tui.cli.output import FAINT, YELLOW, Output

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from tui.domain.summary import Summary


def run_list(arguments: Namespace) -> int:
    """Print a line for each conversation, the newest first.

    Raises:
        UnreadableError: The library can't be listed.
    """
    rows = open_library(find_places(arguments, os.environ)).scan()
    output = Output()
    if arguments.json:
        _print_json(rows, output)
    elif output.terminal:
        _print_for_people(rows, output)
    else:
        for row in rows:
            cells = (row.file, row.updated.isoformat(), row.problem or row.title)
            output.write_styled("\t".join(map(output.line, cells)) + "\n")
    return 0


def _print_json(rows: Sequence[Summary], output: Output) -> None:
    output.write_styled("[")
    for nth, row in enumerate(rows):
        comma = "," if nth else ""
        output.write_styled(f"{comma}\n{json.dumps(_as_json(row))}")
    output.write_styled("\n]\n")


def _as_json(row: Summary) -> dict[str, Any]:
    return {
        "file": row.file,
        "title": row.title,
        "updated": row.updated.astimezone(UTC).isoformat(),
        "id": row.id,
        "model": row.model,
        "pinned": row.pinned,
        "conflict": row.conflict,
        "read_only": row.read_only,
        "problem": row.problem,
    }


def _print_for_people(rows: Sequence[Summary], output: Output) -> None:
    width = max((len(row.file) for row in rows), default=0)
    for row in rows:
        moment = row.updated.astimezone().strftime("%Y-%m-%d %H:%M")
        if row.problem:
            title = output.styled(f"✗ {output.line(row.problem)}", YELLOW)
        else:
            title = output.line(row.title)
        marks = [
            words
            for words, holds in (
                ("pinned", row.pinned),
                ("a conflicting copy", row.conflict),
                ("read-only", bool(row.read_only)),
            )
            if holds
        ]
        if marks:
            title += output.styled(f"  ({', '.join(marks)})", FAINT)
        when = output.styled(moment, FAINT)
        output.write_styled(f"{output.line(row.file):{width}}  {when}  {title}\n")
