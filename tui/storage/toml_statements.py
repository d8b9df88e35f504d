"""Finds where each key and table of a TOML text stands, and changes single values.

`tomllib` says what a text means but not where it says so. This scanner knows just
enough of TOML 1.0.0 to step over strings and brackets. It serves two ends: naming
the line of a wrong value, and changing one value while comments and layout stay.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.storage.toml_parsing import read_float
from tui.storage.toml_text import write_key, write_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_KEY = re.compile(
    r"""[ \t]*(?:(?P<bare>[A-Za-z0-9_-]+)|(?P<quoted>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'))"""
    r"""[ \t]*"""
)
VALUE_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}]|\n|[^\"'#\[\]{}\n]+|."
)
"""A string, a comment, a bracket, a line end, or what stands between those."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A key with its value, or the header of a table.

    Attributes:
        path: The full dotted key; for a header, the table's.
        start: Where its line's first character stands.
        end: Where the value, or the header, ends: before a comment or line end.
        value_start: Where the value begins; equal to `end` for a header.
        header: True for `[table]` and `[[table]]`.
        repeated: True for `[[table]]`.
    """

    path: tuple[str, ...]
    start: int
    end: int
    value_start: int
    header: bool = False
    repeated: bool = False


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a text in order; stop where it is no TOML."""
    table: tuple[str, ...] = ()
    at = 0
    while True:
        at = _after_comments(text, at)
        if at >= len(text):
            return
        start = at
        if text[at] == "[":
            repeated = text.startswith("[[", at)
            found = _read_path(text, at + 1 + repeated)
            if found is None or not text.startswith("]", found[1]):
                return
            table = found[0]
            at = found[1] + 1 + repeated
            yield Statement(table, start, at, at, header=True, repeated=repeated)
        else:
            found = _read_path(text, at)
            if found is None or not text.startswith("=", found[1]):
                return
            value_start = found[1] + 1
            while text[value_start : value_start + 1] in (" ", "\t"):
                value_start += 1
            at = _value_end(text, value_start)
            yield Statement(table + found[0], start, at, value_start)
        at = _line_end(text, at)


def find_line(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line, counted from 1, of a key, or of a table in it or around it."""
    best: tuple[int, int] | None = None
    for statement in statements(text):
        known = statement.path[: len(path)]
        shared = len(known) if path[: len(known)] == known else 0
        if shared and (best is None or shared > best[0]):
            best = (shared, statement.start)
            if shared == len(path):
                break
    return None if best is None else text.count("\n", 0, best[1]) + 1


def set_value(text: str, path: tuple[str, ...], value: Any) -> str:
    """Return a text with one value set; the rest stays as it is, to the letter.

    Args:
        text: Valid TOML.
        path: The full key. Missing tables are added at the end.
        value: The new value; None removes the key.

    Raises:
        ValueError: The text is laid out so that it can't be changed in one place.
    """
    expected = tomllib.loads(text, parse_float=read_float)
    _put(expected, path, value)
    edited = _edited(text, path, value)
    if tomllib.loads(edited, parse_float=read_float) != expected:
        raise ValueError("the value can't be set in one place")
    return edited


def _edited(text: str, path: tuple[str, ...], value: Any) -> str:
    written = "" if value is None else write_pairs({path[-1]: value}).strip("\n")
    only_value = written.partition(" = ")[2]
    place: int | None = 0 if len(path) == 1 else None
    for statement in statements(text):
        if statement.path == path and not statement.header:
            if value is None:
                end = _line_end(text, statement.end)
                return text[: statement.start] + text[end:].removeprefix("\n")
            return text[: statement.value_start] + only_value + text[statement.end :]
        in_table = statement.path[:-1] == path[:-1] and not statement.header
        if in_table or (statement.header and statement.path == path[:-1]):
            place = _line_end(text, statement.end)
        if statement.header and len(path) == 1:
            break
    if value is None:
        return text
    if place == 0:
        return f"{written}\n{text}"
    if place is not None:
        return f"{text[:place]}\n{written}{text[place:]}"
    header = ".".join(write_key(part) for part in path[:-1])
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{header}]\n{written}\n"


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise ValueError(f"{part} is no table")
    if value is None:
        values.pop(path[-1], None)
    else:
        values[path[-1]] = value


def _read_path(text: str, at: int) -> tuple[tuple[str, ...], int] | None:
    parts: list[str] = []
    while match := _KEY.match(text, at):
        quoted = match["quoted"]
        if quoted is None:
            parts.append(match["bare"])
        else:
            try:
                parts.append(tomllib.loads(f"k = {quoted}")["k"])
            except ValueError:
                return None
        at = match.end()
        if not text.startswith(".", at):
            return tuple(parts), at
        at += 1
    return None


def _value_end(text: str, at: int) -> int:
    depth = 0
    end = at
    while match := VALUE_TOKEN.match(text, at):
        token = match.group()
        if token == "\n" and depth == 0:
            break
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
        if not token.startswith("#") and token.strip():
            end = at + len(token.rstrip())
        at = match.end()
    return end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _after_comments(text: str, at: int) -> int:
    while True:
        match = _SPACE.match(text, at)
        at = match.end() if match else at
        if not text.startswith("#", at):
            return at
        at = _line_end(text, at)
