"""Changes an array of inline tables in a TOML text; the rest stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage.toml_statements import VALUE_TOKEN, Statement, statements

if TYPE_CHECKING:
    from collections.abc import Sequence


def append_tables(text: str, key: str, tables: Sequence[str]) -> str:
    """Return a text with tables more at the end of an array.

    Args:
        text: Valid TOML.
        key: The top-level key of the array.
        tables: Each as TOML in braces.

    Raises:
        ValueError: No array stands there.
    """
    found = _find(text, key)
    last, close = _ends(text, found)
    line = text.rfind("\n", last, close) + 1
    comma = "" if text[last - 1] in "[," else ","
    between = text[last:line] if line else "\n"
    rest = text[line or close :]
    lines = "".join(f"  {table},\n" for table in tables)
    return f"{text[:last]}{comma}{between}{lines}{rest}"


def put_first(text: str, key: str, nth: int, pair: str) -> str:
    """Return a text with a pair more at the front of a table in an array.

    Args:
        text: Valid TOML.
        key: The top-level key of the array.
        nth: Which of its tables, counted from 0.
        pair: A key and its value as TOML.

    Raises:
        ValueError: No such table stands there.
    """
    found = _find(text, key)
    at, depth, tables = found.value_start, 0, -1
    while at < found.end and (match := VALUE_TOKEN.match(text, at)):
        token, at = match.group(), match.end()
        if token == "{" and depth == 1:
            tables += 1
            if tables == nth:
                return f"{text[:at]} {pair},{text[at:]}"
        depth += (token in ("[", "{")) - (token in ("]", "}"))
    raise ValueError(f"{key} has no table number {nth}")


def remove_array(text: str, key: str) -> str:
    """Return a text without an array; a comment behind it stays.

    Raises:
        ValueError: No array stands there.
    """
    found = _find(text, key)
    before, behind = text[: found.start], text[found.end :].lstrip(" \t")
    return before + behind.removeprefix("\r").removeprefix("\n")


def is_empty_array(text: str, key: str) -> bool:
    """Return whether an array has nothing in it: no tables and no comments.

    Raises:
        ValueError: No array stands there.
    """
    found = _find(text, key)
    return not text[found.value_start + 1 : found.end - 1].strip()


def _find(text: str, key: str) -> Statement:
    for found in statements(text):
        if found.header:
            break
        if found.path == (key,) and text.startswith("[", found.value_start):
            return found
    raise ValueError(f"{key} is no array in one place")


def _ends(text: str, found: Statement) -> tuple[int, int]:
    """Return where the last word of an array ends, and where its bracket closes."""
    at = last = found.value_start
    close = found.end - 1
    while at < close and (match := VALUE_TOKEN.match(text, at)):
        token = match.group()
        at = match.end()
        if not token.startswith("#") and token.strip():
            last = match.start() + len(token.rstrip())
    return last, close
