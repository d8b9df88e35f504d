"""Conversations of elia (`~/.local/share/elia/elia.sqlite`).

Table `chat`: id, model, title, started_at, archived. Table `message`: id, chat_id,
role, content, timestamp, parent_id, model. Source: `elia_chat/database/models.py`
of elia 1.10; versions before 1.0 called the roles "human" and "ai".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.message import Message, Role, Status
from tui.storage.foreign_values import as_moment, as_text, digest
from tui.storage.import_entry import Entry, Refused
from tui.storage.message_tree import in_file_order
from tui.storage.sqlite_reading import columns

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_ROLES = {
    "user": Role.USER,
    "human": Role.USER,
    "assistant": Role.ASSISTANT,
    "ai": Role.ASSISTANT,
}


def is_elia(connection: sqlite3.Connection) -> bool:
    """Return whether a database is elia's."""
    return {"chat_id", "role", "content"} <= columns(connection, "message")


def read_elia(connection: sqlite3.Connection) -> Iterator[Entry | Refused]:
    """Yield every chat, the oldest first."""
    for chat in connection.execute("SELECT * FROM chat ORDER BY id").fetchall():
        yield _read_chat(connection, chat)


def _read_chat(connection: sqlite3.Connection, chat: sqlite3.Row) -> Entry | Refused:
    names = set(chat.keys())
    title = as_text(chat["title"]) if "title" in names else ""
    started = as_moment(chat["started_at"]) if "started_at" in names else None
    system: list[str] = []
    messages: list[Message] = []
    known: set[str] = set()
    for row in connection.execute(
        "SELECT * FROM message WHERE chat_id = ? ORDER BY id", (chat["id"],)
    ):
        text = as_text(row["content"])
        if row["role"] == "system" and text:
            system.append(text)
        role = _ROLES.get(str(row["role"]))
        if role is not None and text:
            above = messages[-1].id if messages else None
            messages.append(_read_message(row, role, text, above, known))
            known.add(messages[-1].id)
    if not messages:
        return Refused(title or f"chat {chat['id']}", "it has no messages")
    first = messages[0]
    # Chats are numbered in each database anew, so the number alone names none.
    identity = digest(str(chat["id"]), str(started), first.content)
    conversation = Conversation(
        id=f"elia-{identity}",
        title=title or first_line_title(first.content),
        created=started or first.created,
        system_prompt="\n\n".join(system),
        messages=in_file_order(messages),
    )
    return Entry(conversation)


def _read_message(
    row: sqlite3.Row, role: Role, text: str, above: str | None, known: set[str]
) -> Message:
    names = set(row.keys())
    answer = role is Role.ASSISTANT
    named = str(row["parent_id"]) if "parent_id" in names else ""
    return Message(
        id=str(row["id"]),
        role=role,
        content=text,
        created=as_moment(row["timestamp"]) if "timestamp" in names else None,
        parent=named if named in known else above,
        model=as_text(row["model"]) if answer and "model" in names else "",
        status=Status.COMPLETE if answer else None,
    )
