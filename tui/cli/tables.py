"""`fortytwo themes` and `fortytwo keys`: tables for a person or a pipe."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.cli.configuration import (
    check_user_keys,
    find_places,
    read_settings,
    report_problems,
)
from tui.domain.visible import visible_line
from tui.storage.theme_files import load_themes
from tui.ui.keys import key_table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence


def print_themes(arguments: Namespace) -> int:
    """Print the name, the kind and the label of every theme."""
    places = find_places(arguments, os.environ)
    themes, problems = load_themes(places.themes)
    print_rows(
        (theme.name, "dark" if theme.dark else "light", theme.label) for theme in themes
    )
    report_problems(problems)
    return 0


def print_keys(arguments: Namespace) -> int:
    """Print every action with its keys, the user's own keys included."""
    places = find_places(arguments, os.environ)
    settings, problems = read_settings(arguments, places, os.environ)
    print_rows(key_table(settings.keys))
    report_problems([*problems, *check_user_keys(settings, places)])
    return 0


def print_rows(rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text in aligned columns."""
    table = [[visible_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = zip(row, widths, strict=True)
        line = "  ".join(cell.ljust(width) for cell, width in cells)
        sys.stdout.write(line.rstrip() + "\n")
