"""Conversations of oterm (`~/.local/share/oterm/store.db`).

Table `chat`: id, name, model, system, … Table `message`: id, chat_id, author, text,
images (a JSON array). It keeps no times. Source: `oterm/store/store.py` of oterm 0.1
to 0.14; authors are "me" and "ollama", in newer versions "user" and "assistant".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.message import Message, Role, Status
from tui.storage.foreign_values import as_list, as_text, counted, digest
from tui.storage.import_entry import Entry, Refused
from tui.storage.sqlite_reading import columns

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

_ROLES = {
    "me": Role.USER,
    "user": Role.USER,
    "ollama": Role.ASSISTANT,
    "assistant": Role.ASSISTANT,
}


def is_oterm(connection: sqlite3.Connection) -> bool:
    """Return whether a database is oterm's."""
    return {"chat_id", "author", "text"} <= columns(connection, "message")


def read_oterm(
    connection: sqlite3.Connection, changed: datetime
) -> Iterator[Entry | Refused]:
    """Yield every chat, the oldest first.

    Args:
        connection: The database.
        changed: When it was last written: the only time there is.
    """
    for chat in connection.execute("SELECT * FROM chat ORDER BY id").fetchall():
        yield _read_chat(connection, chat, changed)


def _read_chat(
    connection: sqlite3.Connection, chat: sqlite3.Row, changed: datetime
) -> Entry | Refused:
    names = set(chat.keys())
    title = as_text(chat["name"]) if "name" in names else ""
    model = as_text(chat["model"]) if "model" in names else ""
    system = as_text(chat["system"]) if "system" in names else ""
    messages: list[Message] = []
    pictures = 0
    for row in connection.execute(
        "SELECT * FROM message WHERE chat_id = ? ORDER BY id", (chat["id"],)
    ):
        pictures += _count_pictures(row)
        role, text = _ROLES.get(str(row["author"])), as_text(row["text"])
        if role is None or not text:
            continue
        answer = role is Role.ASSISTANT
        messages.append(
            Message(
                id=str(row["id"]),
                role=role,
                content=text,
                parent=messages[-1].id if messages else None,
                model=model if answer else "",
                status=Status.COMPLETE if answer else None,
            )
        )
    if not messages:
        return Refused(title or f"chat {chat['id']}", "it has no messages")
    first = messages[0].content
    conversation = Conversation(
        id=f"oterm-{digest(str(chat['id']), first)}",
        title=title or first_line_title(first),
        created=changed,
        system_prompt=system,
        messages=tuple(messages),
    )
    return Entry(conversation, counted(pictures, "picture"))


def _count_pictures(row: sqlite3.Row) -> int:
    if "images" not in row.keys():  # noqa: SIM118 - a Row has no other way
        return 0
    try:
        return len(as_list(json.loads(row["images"] or "[]")))
    except (ValueError, TypeError):
        return 0
