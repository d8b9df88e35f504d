"""Changes a conversation file and leaves everything else in it as it stands.

What did not change keeps its bytes: comments, layout, odd spellings. Only changed
keys of the header and changed messages are written anew. Where a file can't be
changed in parts, the whole of it is written in our own layout.
"""

from __future__ import annotations

import codecs
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.domain.errors import UnreadableError
from tui.storage.decoding import Decoded, decode, is_made_up
from tui.storage.encoding import encode, encode_messages, header_values
from tui.storage.message_pieces import MessagePieces, join_pieces, with_id
from tui.storage.reading import decode_text
from tui.storage.toml_arrays import (
    append_tables,
    is_empty_array,
    put_first,
    remove_array,
)
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_statements import set_value
from tui.storage.toml_text import write_inline, write_line

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation


def rewrite(
    content: bytes,
    old: Decoded,
    new: Conversation,
    file: str,
    copy: MessagePieces | None = None,
) -> tuple[bytes, Decoded]:
    """Return the bytes of a file after a change, and what they say.

    Args:
        content: The file as it is.
        old: What it says, decoded from `content`.
        new: What it shall say.
        file: The file's name.
        copy: Another version of it, out of which messages come back as they stand.
    """
    if same(old.conversation, new):
        return content, old
    if not _referred_to(new):
        quick = rewrite_header(content, old, new, file)
        if quick is not None:
            return quick
    parts = _rewrite_parts(content, old, new, copy)
    if parts is not None:
        with contextlib.suppress(UnreadableError):
            decoded = decode(parts, file)
            if same(decoded.conversation, new):
                return parts, decoded
    written = encode(new)
    return written, decode(written, file)


def put_back(
    content: bytes, old: Decoded, new: Conversation, file: str, copy: bytes
) -> tuple[bytes, Decoded]:
    """Return the bytes of a file after its messages were put back.

    Where nothing has happened since they were taken out, that is the copy itself.

    Args:
        content: The file as it is.
        old: What it says, decoded from `content`.
        new: What it shall say.
        file: The file's name.
        copy: The file as it was before the messages were taken out.
    """
    try:
        before = decode(copy, file)
    except UnreadableError:
        return rewrite(content, old, new, file)
    if same(before.conversation, new):
        without, _ = rewrite(copy, before, old.conversation, file)
        if without == content:
            return copy, before
    pieces = MessagePieces(copy, before) if before.starts else None
    return rewrite(content, old, new, file, pieces)


def rewrite_header(
    content: bytes, old: Decoded, new: Conversation, file: str
) -> tuple[bytes, Decoded] | None:
    """Do the same when no message changed, without reading the messages again.

    Returns:
        None when the messages changed, or the header does not stand above them all.
    """
    if not old.starts or old.conversation.messages != new.messages:
        return None
    first = old.starts[0]
    try:
        before = decode(content[:first], file)
        header = _rewrite_header(content[:first], old.conversation, new)
        after = decode(header, file)
    except (ValueError, UnreadableError):
        return None
    values = header_values(replace(before.conversation, id=old.conversation.id))
    if values != header_values(old.conversation):
        return None
    conversation = replace(after.conversation, messages=new.messages)
    if not same(replace(conversation, id=new.id), new):
        return None
    shift = len(header) - first
    starts = tuple(start + shift for start in old.starts)
    lines = content.count(b"\n", 0, first)
    moved = header.count(b"\n") - lines
    problems = [one for one in after.problems if one.key != "active"]
    problems += [
        replace(one, line=one.line + moved)
        for one in old.problems
        if one.line is not None and one.line > lines
    ]
    decoded = replace(
        old, conversation=conversation, problems=tuple(problems), starts=starts
    )
    return header + content[first:], decoded


def same(one: Conversation, other: Conversation) -> bool:
    """Return whether two conversations would be told apart by a reader."""
    return one.messages == other.messages and header_values(one) == header_values(other)


def _rewrite_parts(
    content: bytes, old: Decoded, new: Conversation, copy: MessagePieces | None
) -> bytes | None:
    try:
        if old.starts is None or len(old.starts) != len(old.conversation.messages):
            return _rewrite_uncut(content, old, new)
        first = old.starts[0] if old.starts else len(content)
        header = _rewrite_header(content[:first], old.conversation, new)
    except (ValueError, UnreadableError):
        return None
    return header + _rewrite_messages(content, old, new, copy)


def _rewrite_uncut(content: bytes, old: Decoded, new: Conversation) -> bytes | None:
    """Do what can be done without moving a message that is there."""
    before = old.conversation.messages
    there, added = new.messages[: len(before)], new.messages[len(before) :]
    if before != there and new.messages:
        return None
    content = _rewrite_header(content, old.conversation, new)
    tables = encode_messages(added, before[-1].id if before else None)
    if not old.appendable:
        text = _name_inline(decode_text(content), new)
        turned = bool(before) != bool(new.messages)
        if turned and (before or is_empty_array(text, "messages")):
            text = remove_array(text, "messages")
        elif added:
            values = parse_toml(tables.decode())["messages"]
            text = append_tables(
                text, "messages", [write_inline(one) for one in values]
            )
            tables = b""
        content = _mark_of(content) + text.encode()
    elif not new.messages:
        return None
    ragged = tables and content and not content.endswith(b"\n")
    return content + (b"\n" if ragged else b"") + tables


def _name_inline(text: str, new: Conversation) -> str:
    """Write the ids that the file will refer to into the tables of its list."""
    if named := _referred_to(new):
        tables = parse_toml(text)["messages"]
        for nth, (table, message) in enumerate(zip(tables, new.messages, strict=False)):
            if message.id in named and "id" not in table:
                pair = f"id = {write_line(message.id)}"
                text = put_first(text, "messages", nth, pair)
    return text


def _rewrite_header(header: bytes, old: Conversation, new: Conversation) -> bytes:
    before = header_values(old)
    after = header_values(new)
    if before == after:
        return header
    text = decode_text(header)
    for path, value in _changes(before, after):
        text = set_value(text, path, value)
    return _mark_of(header) + text.encode()


def _mark_of(content: bytes) -> bytes:
    """Return the byte order mark that some content begins with, or nothing."""
    return codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""


def _changes(
    before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[tuple[str, ...], Any]]:
    changes: list[tuple[tuple[str, ...], Any]] = []
    for key in before.keys() | after.keys():
        was, becomes = before.get(key), after.get(key)
        if key == "parameters":
            was, becomes = was or {}, becomes or {}
            changes += [
                ((key, name), becomes.get(name))
                for name in was.keys() | becomes.keys()
                if _differ(was.get(name), becomes.get(name))
            ]
        elif _differ(was, becomes):
            changes.append(((key,), becomes))
    return sorted(changes, key=lambda change: change[0])


def _referred_to(conversation: Conversation) -> set[str]:
    """Return the made-up ids that the file will name.

    Such an id is made out of a message's text. Once something refers to it, it must
    stand in the file, or correcting that text would break the reference.
    """
    found = {conversation.active}
    above: str | None = None
    for message in conversation.messages:
        if message.parent != above:
            found.add(message.parent)
        above = message.id
    return {one for one in found if one is not None and is_made_up(one)}


def _differ(was: Any, becomes: Any) -> bool:
    # `nan` is unlike itself.
    return was is not becomes and was != becomes


def _rewrite_messages(
    content: bytes, old: Decoded, new: Conversation, copy: MessagePieces | None
) -> bytes:
    pieces = MessagePieces(content, old)
    left = {message.id for message in new.messages}
    named = _referred_to(new)
    parts: list[bytes] = []
    above: str | None = None
    passed = 0
    for message in new.messages:
        place = pieces.place(message.id)
        if place is not None and place >= passed:
            parts += pieces.rests(passed, place, left)
            passed = place + 1
        part = pieces.take(message, above)
        if part is None and copy is not None:
            part = copy.take_alone(message, above)
        if part is None:
            part = encode_messages([message], above)
            ragged = not parts or parts[-1].endswith(b"\n\n")
            part = part.removeprefix(b"\n") if parts and ragged else part
            if place is not None:
                part += pieces.rest(place)
        parts.append(with_id(part, message.id) if message.id in named else part)
        above = message.id
    return join_pieces([*parts, *pieces.rests(passed, len(pieces), left)])
