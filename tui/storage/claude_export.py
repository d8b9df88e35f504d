"""Conversations of Claude's data export.

An entry has `uuid`, `name` and `chat_messages`, each with `sender` ("human" or
"assistant"), `text` or blocks of `content`, and in newer exports
`parent_message_uuid`. What is known comes from exports of 2024 to 2026.
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
    fenced,
    titled,
)
from tui.storage.import_entry import Entry, Refused
from tui.storage.message_tree import in_file_order, with_shown_path

_LANGUAGES = {
    "text/html": "html",
    "image/svg+xml": "svg",
    "application/vnd.ant.mermaid": "mermaid",
    "application/vnd.ant.react": "jsx",
}


def is_claude(entry: Any) -> bool:
    """Return whether an entry is one of Claude's."""
    return isinstance(entry, dict) and isinstance(entry.get("chat_messages"), list)


def read_claude(entry: dict[str, Any]) -> Entry | Refused:
    """Return an entry as a conversation."""
    reader = _Reader()
    messages = reader.read_messages(entry["chat_messages"])
    title = as_text(entry.get("name"))
    identity = as_text(entry.get("uuid"))
    if not messages:
        return Refused(title or identity or "Untitled", "it has no messages")
    ordered = in_file_order(messages)
    conversation = Conversation(
        id=f"claude-{identity or digest(ordered[0].id)}",
        title=title or first_line_title(ordered[0].content),
        created=as_moment(entry.get("created_at")) or ordered[0].created,
        messages=ordered,
    )
    leaf = as_text(entry.get("current_leaf_message_uuid")) or None
    notes = (
        counted(reader.files, "picture or file", "pictures and files"),
        counted(reader.tools, "tool's message", "messages of tools"),
    )
    left_out = ", ".join(note for note in notes if note)
    return Entry(with_shown_path(conversation, leaf), left_out)


class _Reader:
    def __init__(self) -> None:
        self.files = 0
        self.tools = 0

    def read_messages(self, listed: list[Any]) -> list[Message]:
        tables = [as_table(one) for one in listed]
        known = {as_text(table.get("uuid")) for table in tables}
        kept: dict[str, Message] = {}
        replaced: dict[str, str | None] = {}
        above: str | None = None
        for nth, table in enumerate(tables):
            identity = as_text(table.get("uuid")) or digest(str(nth), str(above))
            named = table.get("parent_message_uuid")
            if isinstance(named, str):
                # The root's parent is an id that belongs to no message.
                parent = named if named in known else None
            else:
                parent = above
            while parent in replaced:
                parent = replaced[parent]
            message = self._read_message(identity, table, parent)
            if message is None:
                replaced[identity] = parent
            elif identity not in kept:
                kept[identity] = message
                above = identity
        return list(kept.values())

    def _read_message(
        self, identity: str, table: dict[str, Any], parent: str | None
    ) -> Message | None:
        user = table.get("sender") == "human"
        text, reasoning = self._read_blocks(as_list(table.get("content")))
        text = text or as_text(table.get("text"))
        pasted = [
            self._pasted(as_table(one)) for one in as_list(table.get("attachments"))
        ]
        files = as_list(table.get("files_v2")) or as_list(table.get("files"))
        self.files += len(files)
        text = "\n\n".join(part for part in (text, *pasted) if part)
        if not text.strip() and not reasoning:
            return None
        cut = table.get("stop_reason") == "max_tokens" or table.get("truncated") is True
        return Message(
            id=identity,
            role=Role.USER if user else Role.ASSISTANT,
            content=text,
            created=as_moment(table.get("created_at")),
            parent=parent,
            status=None if user else Status.TRUNCATED if cut else Status.COMPLETE,
            reasoning="" if user else reasoning,
        )

    def _read_blocks(self, blocks: list[Any]) -> tuple[str, str]:
        texts: list[str] = []
        thoughts: list[str] = []
        for block in map(as_table, blocks):
            match block.get("type"):
                case "text":
                    texts.append(as_text(block.get("text")))
                case "thinking":
                    thoughts.append(as_text(block.get("thinking")))
                case "tool_use" if artifact := _artifact(block):
                    texts.append(artifact)
                case "tool_use" | "tool_result":
                    self.tools += 1
        return (
            "\n\n".join(text for text in texts if text),
            "\n\n".join(thought for thought in thoughts if thought),
        )

    def _pasted(self, attachment: dict[str, Any]) -> str:
        """Return a long text that was pasted: Claude keeps it beside the message."""
        text = as_text(attachment.get("extracted_content"))
        if not text:
            self.files += 1
            return ""
        name = as_text(attachment.get("file_name"))
        heading = f"{name}:\n\n" if name else ""
        return f"{heading}{fenced(text)}"


def _artifact(block: dict[str, Any]) -> str:
    """Return the document that an answer wrote beside the conversation, or ""."""
    document = as_table(block.get("input"))
    text = as_text(document.get("content"))
    if block.get("name") != "artifacts" or not text:
        return ""
    kind = as_text(document.get("type"))
    language = as_text(document.get("language")) or _LANGUAGES.get(kind, "")
    if kind != "text/markdown":
        text = fenced(text, language)
    return titled(as_text(document.get("title")), text)
