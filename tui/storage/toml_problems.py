"""Words for problems in TOML files: where the syntax breaks, what was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.domain.settings import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = re.compile(r"^Line (\d+) is ")


def syntax_problem(file: str, sentence: str) -> Problem:
    """Return the problem of a file that can't be read at all.

    Args:
        file: The file's path as the user knows it.
        sentence: Why, perhaps beginning with the line.
    """
    match = _LINE.match(sentence)
    line = int(match[1]) if match else None
    return Problem(f"{sentence} It is left out.", file, line)


def line_of_key(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line of a key; see `find_line`."""
    # Where nothing is wrong, the first frame need not wait for it.
    from tui.storage.toml_statements import find_line

    return find_line(text, path)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean “…”?)` for a name that is nearly a known one, or ""."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean “{close[0]}”?)" if close else ""
