"""Conversations as the Chat Completions API has them: `{"messages": [...]}`.

Source: OpenAI's API reference, "Create chat completion", the request's `messages`.
"""

from __future__ import annotations

from typing import Any

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.message import Message, Role, Status
from tui.storage.foreign_values import (
    as_list,
    as_moment,
    as_table,
    as_text,
    counted,
    digest,
)
from tui.storage.import_entry import Entry, Refused


def is_openai(entry: Any) -> bool:
    """Return whether an entry is a conversation of this form."""
    return isinstance(entry, dict) and isinstance(entry.get("messages"), list)


def read_openai(entry: dict[str, Any]) -> Entry | Refused:
    """Return an entry as a conversation."""
    title = as_text(entry.get("title"))
    model = as_text(entry.get("model"))
    created = as_moment(entry.get("created"))
    system: list[str] = []
    messages: list[Message] = []
    left_out = 0
    for table in map(as_table, entry["messages"]):
        text, dropped = _text(table.get("content"))
        left_out += dropped
        role = table.get("role")
        if role in ("system", "developer") and text:
            system.append(text)
        if role == "tool":
            left_out += 1
        if role not in ("user", "assistant") or not text:
            continue
        user = role == "user"
        parent = messages[-1].id if messages else None
        messages.append(
            Message(
                id=digest(parent or "", str(role), text),
                role=Role.USER if user else Role.ASSISTANT,
                content=text,
                created=created,
                parent=parent,
                model="" if user else model,
                status=None if user else Status.COMPLETE,
            )
        )
    if not messages:
        return Refused(title or "Untitled", "it has no messages")
    title = title or first_line_title(messages[0].content)
    conversation = Conversation(
        id=f"openai-{digest(title, messages[0].content)}",
        title=title,
        created=created,
        system_prompt="\n\n".join(system),
        messages=tuple(messages),
    )
    return Entry(
        conversation,
        counted(left_out, "part that is no text", "parts that are no text"),
    )


def _text(content: Any) -> tuple[str, int]:
    """Return the text of a message's content, and how many parts are none."""
    if isinstance(content, str):
        return as_text(content), 0
    parts = [as_table(part) for part in as_list(content)]
    texts = [as_text(part.get("text")) for part in parts]
    return "\n\n".join(text for text in texts if text), texts.count("")
