"""Reads a conversation's TOML in pieces: what stands above, then message by message.

A file can be cut at every line `[[messages]]`. A cut that falls inside a multi-line
string shows itself, because the piece before it is no valid TOML; then the pieces are
joined. By induction every cut is a real table header: a piece that parses has ended
all its strings and brackets. Whatever can't be cut that way is parsed as a whole, and
cut where its statements begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import UnreadableError
from tui.storage.reading import decode_text
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_plain import read_plain_message
from tui.storage.toml_statements import Statement, find_line, statements

TABLE_LINE = re.compile(
    rb"""^[ \t]*\[\[[ \t]*(?:messages|"messages"|'messages')[ \t]*\]\][ \t]*"""
    rb"(?:#[^\n]*)?\r?$",
    re.MULTILINE,
)
_MOST_JOINS = 8
_LARGEST_SCANNED = 1024 * 1024
"""Bytes. A larger file that can't be cut at its lines isn't gone through by statements:
neither to cut it, nor to find the line of a wrong value."""
_MERGE_MARKER = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A parsed conversation file.

    Attributes:
        content: The whole file.
        header: Every top-level key except `messages`.
        messages: The value of `messages`, whatever it is.
        starts: Where each message's piece begins, in bytes; None when the file can't
            be cut into one piece for each message.
        appendable: True when `[[messages]]` tables may follow at the end.
    """

    content: bytes
    header: dict[str, Any]
    messages: Any
    starts: tuple[int, ...] | None
    appendable: bool

    def line_of(self, key: str, nth: int | None = None) -> int | None:
        """Return the line of a key, of the file or of the n-th message."""
        if nth is None:
            return find_line(_text(self.content), (key,))
        if self.starts is not None:
            start = self.starts[nth]
            end = (*self.starts, len(self.content))[nth + 1]
            line = find_line(_text(self.content[start:end]), ("messages", key))
            return None if line is None else self.content.count(b"\n", 0, start) + line
        if len(self.content) > _LARGEST_SCANNED:
            return None
        return _find_in_nth(_text(self.content), key, nth)


def _find_in_nth(text: str, key: str, nth: int) -> int | None:
    """Return the line of a key in the n-th `[[messages]]`, or of that table."""
    place: int | None = None
    tables = -1
    for found in statements(text):
        if found.path == ("messages",):
            tables += 1
            # An inline list holds them all in one statement.
            if tables == nth or not found.header:
                place = found.start
        elif tables == nth and found.path == ("messages", key):
            place = found.start
            break
    return None if place is None else text.count("\n", 0, place) + 1


def read_document(content: bytes) -> Document:
    """Parse a conversation file.

    Raises:
        UnreadableError: It is no TOML; the sentence names the line.
    """
    if not content.strip():
        raise UnreadableError("It is empty.")
    return _read_pieces(content) or _read_whole(content)


def _read_pieces(content: bytes) -> Document | None:
    cuts = [match.start() for match in TABLE_LINE.finditer(content)]
    if not cuts:
        return None
    header = parse_piece(content[: cuts[0]])
    if header is None or "messages" in header:
        return None
    messages: list[Any] = []
    starts: list[int] = []
    joins = 0
    start = cuts[0]
    for end in (*cuts[1:], len(content)):
        piece = content[start:end]
        values = parse_piece(piece)
        if values is None:
            joins += 1
            if joins > _MOST_JOINS or end == len(content):
                return None
            continue
        messages += values.pop("messages")
        starts.append(start)
        if not header.keys().isdisjoint(values):
            return None
        header.update(values)
        start = end
    return Document(content, header, messages, tuple(starts), appendable=True)


def parse_piece(piece: bytes) -> dict[str, Any] | None:
    """Return what a part of a file says by itself; None when that is no TOML."""
    try:
        text = _text(piece)
        plain = read_plain_message(text)
        return parse_toml(text) if plain is None else {"messages": [plain]}
    except UnreadableError:
        return None


def _read_whole(content: bytes) -> Document:
    try:
        header = parse_toml(decode_text(content))
    except UnreadableError as error:
        marker = _MERGE_MARKER.search(content)
        if marker is None:
            raise
        line = content.count(b"\n", 0, marker.start()) + 1
        raise UnreadableError(f"Line {line} is a merge conflict's mark.") from error
    inline = not any(_begins_message(found) for found in statements(_text(content)))
    appendable = "messages" not in header or not inline
    messages = header.pop("messages", [])
    starts: tuple[int, ...] | None = None
    if appendable:
        starts = _cut_at_statements(content, header, messages) if messages else ()
    return Document(content, header, messages, starts, appendable)


def _cut_at_statements(
    content: bytes, header: dict[str, Any], messages: list[Any]
) -> tuple[int, ...] | None:
    """Return where each message begins, if the pieces say what the file says."""
    if len(content) > _LARGEST_SCANNED:
        return None
    text = decode_text(content)
    at = len(content) - len(text.encode())
    starts: list[int] = []
    seen = 0
    for found in statements(text):
        if _begins_message(found):
            line = text.rfind("\n", 0, found.start) + 1
            at += len(text[seen:line].encode())
            seen = line
            starts.append(at)
    if len(starts) != len(messages):
        return None
    cuts = (0, *starts, len(content))
    said: dict[str, Any] = {}
    for message, start, end in zip((None, *messages), cuts[:-1], cuts[1:], strict=True):
        values = parse_piece(content[start:end]) if end > start else {}
        own = [] if message is None else [message]
        if values is None or values.pop("messages", []) != own:
            return None
        if not said.keys().isdisjoint(values):
            return None
        said.update(values)
    return tuple(starts) if said == header else None


def _begins_message(found: Statement) -> bool:
    return found.repeated and found.path == ("messages",)


def _text(piece: bytes) -> str:
    return decode_text(piece).replace("\r\n", "\n")
