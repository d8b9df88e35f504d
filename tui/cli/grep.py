"""`fortytwo grep`: every line of every conversation that matches."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, open_library
from tui.cli.output import FAINT, GREEN, Output
from tui.domain.visible import visible_line
from tui.services.text_search import compile_pattern, search

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.services.text_search import Match

TITLE = "title"
"""What stands where a message's id would, for a match in the title."""


def run_grep(arguments: Namespace) -> int:
    """Print each match at once; 0 when there is one, else 1.

    Raises:
        UsageError: The pattern is no pattern.
        UnreadableError: The library can't be listed.
    """
    pattern = compile_pattern(
        arguments.pattern,
        fixed=arguments.fixed_strings,
        ignore_case=arguments.ignore_case,
    )
    library = open_library(find_places(arguments, os.environ))
    output = Output()
    last = ""
    for match in search(library, pattern, _complain):
        if arguments.files:
            if match.file != last:
                output.write_styled(output.line(match.file) + "\n")
        elif arguments.json:
            output.write_styled(_as_json(match) + "\n")
        else:
            output.write_styled(_as_line(match, output) + "\n")
        last = match.file
        output.flush()
    return 0 if last else 1


def _as_line(match: Match, output: Output) -> str:
    where = match.message.id if match.message else TITLE
    file = output.styled(output.line(match.file), GREEN)
    return f"{file}:{output.styled(output.line(where), FAINT)}: " + output.line(
        match.snippet
    )


def _as_json(match: Match) -> str:
    message = match.message
    return json.dumps(
        {
            "file": match.file,
            "title": match.title,
            "message": message.id if message else None,
            "role": message.role if message else None,
            "snippet": match.snippet,
        }
    )


def _complain(sentence: str) -> None:
    sys.stderr.write(f"fortytwo: {visible_line(sentence)}\n")
