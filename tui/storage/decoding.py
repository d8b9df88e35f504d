"""A conversation out of TOML text, whoever wrote it.

What can't be used is a problem with its line, and a default stands in. What we don't
know stays in `extra`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status, Timing, Usage
from tui.domain.settings import Problem
from tui.storage.encoding import FORMAT
from tui.storage.toml_fields import Fields, describe
from tui.storage.toml_pieces import Document, parse_piece, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PROBLEMS = 50
"""How many wrong values of one file are listed."""

CIRCLE = "it leads back to this message, which now begins a path of its own."

_MADE_UP = re.compile(r"x-[0-9a-f]{16}(?:-\d+)?")
_ROLES = {role.value: role for role in Role}
_STATUSES = {status.value: status for status in Status}


@dataclass(frozen=True)
class Decoded:
    """A file's content, understood.

    Attributes:
        conversation: What it says.
        problems: What was wrong in it; a default stands in.
        read_only: Why it must not be written to, or "".
        starts: Where each message's piece begins, in bytes; None when the file can't
            be cut into one piece for each message.
        appendable: True when a message may be appended in place.
    """

    conversation: Conversation
    problems: tuple[Problem, ...]
    read_only: str
    starts: tuple[int, ...] | None
    appendable: bool


def decode(content: bytes, file: str) -> Decoded:
    """Return the conversation that a file's content holds.

    Args:
        content: The whole file.
        file: The file's name, for problems and for what the file doesn't say.

    Raises:
        UnreadableError: It is no TOML at all; the sentence names the line.
    """
    return _Decoder(read_document(content), file).decode()


def decode_messages(piece: bytes, above: str | None) -> tuple[Message, ...]:
    """Return the messages of a piece of a file.

    Args:
        piece: Nothing but `[[messages]]` tables.
        above: The id of the message above the piece, or None.
    """
    return _Decoder(read_document(piece), "").read_messages(above, part=True)


def decode_pieces(
    pieces: Iterable[bytes], above: str | None
) -> tuple[Message, ...] | None:
    """Return the messages of pieces of a file, one each, when nothing is odd in them.

    What can't be seen in the pieces is taken as right: a parent that is none of
    theirs, and an id that another message of the file may have as well.

    Args:
        pieces: Each from one line `[[messages]]` to the next.
        above: The id of the message above the first piece, or None.

    Returns:
        None when a piece can't be read by itself, holds something else than one
        message, or has a wrong value.
    """
    tables: list[Any] = []
    for piece in pieces:
        values = parse_piece(piece)
        if values is None or len(values) > 1 or len(values["messages"]) > 1:
            return None
        tables += values["messages"]
    decoder = _Decoder(Document(b"", {}, tables, None, appendable=True), "")
    messages = decoder.read_messages(above, part=True)
    return None if decoder.problems else messages


def default_title(file: str) -> str:
    """Return the title of a file that has none."""
    return file.removesuffix(".toml")


class _Decoder:
    def __init__(self, document: Document, file: str) -> None:
        self.document = document
        self.file = file
        self.problems: list[Problem] = []

    def decode(self) -> Decoded:
        fields = Fields(self.document.header, self._complain)
        read_only = self._read_format(fields)
        identity = fields.text("id") or made_up_id(self.file)
        title = fields.text("title") or default_title(self.file)
        values: dict[str, Any] = {
            "created": fields.moment("created"),
            "model": fields.text("model"),
            "endpoint": fields.text("endpoint"),
            "system_prompt": fields.text("system_prompt"),
            "parameters": fields.table("parameters"),
            "stream": fields.flag("stream"),
            "pinned": fields.flag("pinned") or False,
        }
        messages = self.document.messages
        if not isinstance(messages, list) or not all(
            isinstance(message, dict) for message in messages
        ):
            what = f"found {describe(messages)}, expected [[messages]] tables."
            self._complain("messages", what)
            read_only = read_only or "Its messages are no tables."
        active = fields.text("active") or None
        read = self.read_messages(None)
        if active is not None and all(message.id != active for message in read):
            self._complain("active", "there is no message with that id.")
        conversation = Conversation(
            id=identity,
            title=title,
            active=active,
            messages=read,
            extra=fields.rest,
            **values,
        )
        return Decoded(
            conversation,
            tuple(self.problems),
            read_only,
            self.document.starts,
            self.document.appendable,
        )

    def read_messages(
        self, above: str | None, *, part: bool = False
    ) -> tuple[Message, ...]:
        tables = self.document.messages
        tables = tables if isinstance(tables, list) else []
        tables = [table for table in tables if isinstance(table, dict)]
        ids = self._read_ids(tables)
        known = None if part else set(ids)
        messages: list[Message] = []
        for nth, (table, identity) in enumerate(zip(tables, ids, strict=True)):
            message = self._read_message(nth, table, identity, above, known)
            messages.append(message)
            above = identity
        return tuple(messages if part else self._open_circles(messages))

    def _open_circles(self, messages: list[Message]) -> list[Message]:
        """Put the first message of each circle of parents at the top of a path."""
        places = {message.id: nth for nth, message in enumerate(messages)}
        clear: set[str] = set()
        for message in tuple(messages):
            way: list[str] = []
            step: str | None = message.id
            while step is not None and step not in clear:
                clear.add(step)
                way.append(step)
                step = messages[places[step]].parent
            if step in way:
                circle = way[way.index(step) :]
                first = min(places[one] for one in circle)
                messages[first] = replace(messages[first], parent=None)
                self._complain("parent", CIRCLE, first)
        return messages

    def _read_format(self, fields: Fields) -> str:
        if "format" not in fields.rest:
            return ""
        version = fields.integer("format")
        if version is None:
            return "Its format is unknown."
        if version > FORMAT:
            fields.rest["format"] = version
            return f"A newer version of this program wrote it (format {version})."
        return ""

    def _read_ids(self, tables: list[dict[str, Any]]) -> list[str]:
        ids: list[str] = []
        seen: set[str] = set()
        for nth, table in enumerate(tables):
            identity = table.get("id")
            if not isinstance(identity, str) or not identity:
                content = table.get("content")
                identity = made_up_id(f"{table.get('role')}\0{content}")
            elif identity in seen:
                self._complain("id", "another message has the same id.", nth)
            unique = identity
            count = 1
            while unique in seen:
                count += 1
                unique = f"{identity}-{count}"
            seen.add(unique)
            ids.append(unique)
        return ids

    def _read_message(
        self,
        nth: int,
        table: dict[str, Any],
        identity: str,
        above: str | None,
        known: set[str] | None,
    ) -> Message:
        def complain(key: str, sentence: str) -> None:
            self._complain(key, sentence, nth)

        fields = Fields(table, complain)
        fields.text("id")
        parent = above
        if "parent" in fields.rest:
            named = fields.text("parent", above or "")
            if not named:
                parent = None
            elif (known is None or named in known) and named != identity:
                parent = named
            else:
                complain("parent", "there is no such message; the one above is used.")
        role = self._read_role(fields, complain)
        status = self._read_status(fields, complain)
        return Message(
            id=identity,
            role=role,
            content=fields.text("content"),
            created=fields.moment("created"),
            parent=parent,
            model=fields.text("model"),
            status=status,
            reasoning=fields.text("reasoning"),
            response_id=fields.text("response_id"),
            finish_reason=fields.text("finish_reason"),
            usage=_read_usage(fields),
            timing=_read_timing(fields),
            error=fields.text("error"),
            error_detail=fields.text("error_detail"),
            edited=fields.flag("edited") or False,
            extra=fields.rest,
        )

    def _read_role(self, fields: Fields, complain: Any) -> Role:
        value = fields.rest.get("role")
        name = value.strip().casefold() if isinstance(value, str) else ""
        if name in _ROLES:
            del fields.rest["role"]
            return _ROLES[name]
        found = "nothing" if value is None else describe(value)
        complain("role", f"found {found}, expected user, assistant or system.")
        return Role.ASSISTANT

    def _read_status(self, fields: Fields, complain: Any) -> Status | None:
        value = fields.rest.get("status")
        if value is None:
            return None
        if isinstance(value, str) and value in _STATUSES:
            del fields.rest["status"]
            return _STATUSES[value]
        complain("status", f"found {describe(value)}, expected {', '.join(_STATUSES)}.")
        return None

    def _complain(self, key: str, sentence: str, nth: int | None = None) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            line = self.document.line_of(key, nth)
            self.problems.append(Problem(sentence, self.file, line, key))
        elif len(self.problems) == MOST_PROBLEMS:
            what = "more is wrong in this file; only the first of it is listed."
            self.problems.append(Problem(what, self.file))


def _read_usage(fields: Fields) -> Usage | None:
    usage = Usage(
        fields.integer("prompt_tokens"),
        fields.integer("completion_tokens"),
        fields.integer("total_tokens"),
        estimated=fields.flag("tokens_estimated") or False,
    )
    return None if usage == Usage() else usage


def _read_timing(fields: Fields) -> Timing | None:
    timing = Timing(
        fields.number("first_token_seconds"),
        fields.number("total_seconds"),
        fields.number("reasoning_seconds"),
        fields.number("first_byte_seconds"),
        fields.number("tokens_per_second"),
    )
    return None if timing == Timing() else timing


def made_up_id(seed: str) -> str:
    """Return an id that is the same at every start as long as the text is."""
    data = seed.encode("utf-8", "surrogatepass")
    return "x-" + hashlib.sha256(data).hexdigest()[:16]


def is_made_up(identity: str) -> bool:
    """Return whether an id looks like one that was made out of a text."""
    return _MADE_UP.fullmatch(identity) is not None
