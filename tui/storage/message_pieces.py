"""The bytes of each message in a file, and what stands between them.

A message's piece runs from its line `[[messages]]` to the next one. Its own lines come
first; comments may follow, which are about what comes next, and tables of the file
that somebody put behind the messages. Those outlive the message.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tui.storage.reading import decode_text
from tui.storage.toml_statements import statements
from tui.storage.toml_text import write_line

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from tui.domain.message import Message
    from tui.storage.decoding import Decoded

_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)


class MessagePieces:
    """A file that can be cut into one piece for each message."""

    def __init__(self, content: bytes, decoded: Decoded) -> None:
        """Cut it.

        Args:
            content: The file.
            decoded: What it says; its `starts` are known.
        """
        starts = decoded.starts or ()
        self._content = content
        self._messages = decoded.conversation.messages
        self._spans = tuple(pairwise((*starts, len(content))))
        self._places = {one.id: place for place, one in enumerate(self._messages)}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._spans)

    def place(self, message_id: str) -> int | None:
        """Return which piece a message has, counted from 0."""
        return self._places.get(message_id)

    def take(self, message: Message, above: str | None) -> bytes | None:
        """Return a message's piece if it says the same below another message.

        Args:
            message: What it shall say.
            above: The id of the message above it, or None.
        """
        place = self._places.get(message.id)
        if place is None or self._messages[place] != message:
            return None
        was_above = self._messages[place - 1].id if place else None
        if was_above != above and message.parent == was_above:
            return None
        return self._piece(place)

    def take_alone(self, message: Message, above: str | None) -> bytes | None:
        """Do the same without what is not about the messages."""
        piece = self.take(message, above)
        place = self._places.get(message.id)
        if piece is None or place is None:
            return None
        foreign = self._is_last(place) or _has_foreign_tables(piece)
        return _split(piece)[0] if foreign else piece

    def rest(self, place: int) -> bytes:
        """Return what stands behind a message's own lines."""
        return _split(self._piece(place))[1]

    def rests(self, start: int, end: int, left: Container[str]) -> list[bytes]:
        """Return what outlives the messages that are removed out of a row of pieces.

        Args:
            start: The first piece.
            end: The one after the last piece.
            left: The ids of the messages that stay.
        """
        found: list[bytes] = []
        for place in range(start, end):
            if self._messages[place].id in left:
                continue
            followed = self._is_last(place) or self._messages[place + 1].id in left
            if followed or _has_foreign_tables(self._piece(place)):
                found.append(self.rest(place))
        return found

    def _is_last(self, place: int) -> bool:
        return place == len(self._spans) - 1

    def _piece(self, place: int) -> bytes:
        start, end = self._spans[place]
        return self._content[start:end]


def _has_foreign_tables(piece: bytes) -> bool:
    found = _TABLE.finditer(piece)
    several = next(found, None) is not None and next(found, None) is not None
    return several and _TABLE.search(_split(piece)[1]) is not None


def _split(piece: bytes) -> tuple[bytes, bytes]:
    text = decode_text(piece)
    end = 0
    for found in statements(text):
        if found.path[0] != "messages":
            break
        end = text.find("\n", found.end) + 1 or len(text)
    own = text[:end].encode()
    return own, piece[len(own) :]


def with_id(piece: bytes, identity: str) -> bytes:
    """Return a message's piece with an id, unless it has one."""
    text = decode_text(piece)
    found = list(statements(text))
    if any(one.path == ("messages", "id") for one in found):
        return piece
    line = text.find("\n", found[0].end) + 1 or len(text)
    end = "\r\n" if text[:line].endswith("\r\n") else "\n"
    above, below = text[:line].removesuffix(end), text[line:]
    return f"{above}{end}id = {write_line(identity)}{end}{below}".encode()


def join_pieces(pieces: Sequence[bytes]) -> bytes:
    """Return pieces one below the other; the end of the last one is left as it is."""
    ended = (one if one.endswith(b"\n") else one + b"\n" for one in pieces[:-1] if one)
    return b"".join((*ended, *pieces[-1:]))
