"""Conversations of ChatGPT's data export.

An entry has `mapping`: nodes by id with `parent`, `children` and maybe a `message`, and
`current_node`, the end of the branch that was shown. OpenAI publishes no description;
what is known comes from exports of 2023 to 2026.
"""

from __future__ import annotations

import json
from collections import Counter
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

_ENDINGS = {
    "max_tokens": Status.TRUNCATED,
    "interrupted": Status.STOPPED,
    "content_filter": Status.FILTERED,
}

_CANVAS = "canmore."
_NO_WORDS = (
    "thoughts",
    "reasoning_recap",
    "model_editable_context",
    "user_editable_context",
)
"""Kinds of content whose words are elsewhere, or which have none of the answer's."""


def is_chatgpt(entry: Any) -> bool:
    """Return whether an entry is one of ChatGPT's."""
    return isinstance(entry, dict) and isinstance(entry.get("mapping"), dict)


def read_chatgpt(entry: dict[str, Any]) -> Entry | Refused:
    """Return an entry as a conversation."""
    return _Reader(entry).read()


class _Reader:
    def __init__(self, entry: dict[str, Any]) -> None:
        self.entry = entry
        self.nodes: dict[str, Any] = entry["mapping"]
        self.left_out: Counter[str] = Counter()
        self.system = ""

    def read(self) -> Entry | Refused:
        title = as_text(self.entry.get("title"))
        messages = self._read_messages()
        if not messages:
            return Refused(title or "Untitled", "it has no messages")
        identity = as_text(self.entry.get("conversation_id")) or as_text(
            self.entry.get("id")
        )
        ordered = in_file_order(messages)
        conversation = Conversation(
            id=f"chatgpt-{identity or digest(*(one.id for one in ordered[:1]))}",
            title=title or first_line_title(ordered[0].content),
            created=as_moment(self.entry.get("create_time")) or ordered[0].created,
            system_prompt=self.system,
            messages=ordered,
        )
        leaf = self._nearest(as_text(self.entry.get("current_node")), messages)
        notes = (
            counted(self.left_out["picture"], "picture or file", "pictures and files"),
            counted(self.left_out["tool"], "tool's message", "messages of tools"),
            counted(self.left_out["other"], "unknown part", "unknown parts"),
        )
        left_out = ", ".join(note for note in notes if note)
        return Entry(with_shown_path(conversation, leaf), left_out)

    def _read_messages(self) -> list[Message]:
        """Return the kept nodes, each below its nearest kept ancestor."""
        kept: list[Message] = []
        waiting: list[tuple[str, str | None, str]] = [
            (identity, None, "")
            for identity, node in reversed(self.nodes.items())
            if as_table(node).get("parent") not in self.nodes
        ]
        seen: set[str] = set()
        while waiting:
            identity, parent, thoughts = waiting.pop()
            if identity in seen:
                continue
            seen.add(identity)
            node = as_table(self.nodes[identity])
            message = as_table(node.get("message"))
            thoughts += self._thoughts(message)
            read = self._read_message(identity, message, parent, thoughts)
            if read is not None:
                kept.append(read)
                parent, thoughts = identity, ""
            for child in reversed(as_list(node.get("children"))):
                if isinstance(child, str) and child in self.nodes:
                    waiting.append((child, parent, thoughts))
        return kept

    def _thoughts(self, message: dict[str, Any]) -> str:
        content = as_table(message.get("content"))
        if content.get("content_type") != "thoughts":
            return ""
        thoughts = [as_table(one) for one in as_list(content.get("thoughts"))]
        texts = [
            as_text(one.get("content")) or as_text(one.get("summary"))
            for one in thoughts
        ]
        return "".join(f"{text}\n\n" for text in texts if text)

    def _read_message(
        self, identity: str, message: dict[str, Any], parent: str | None, thoughts: str
    ) -> Message | None:
        role = as_table(message.get("author")).get("role")
        metadata = as_table(message.get("metadata"))
        if not message or metadata.get("is_visually_hidden_from_conversation"):
            return None
        if role == "tool":
            self.left_out["tool"] += 1
            return None
        content = as_table(message.get("content"))
        text = self._text(content, str(message.get("recipient") or "all"))
        if role == "system" and text.strip() and not self.system:
            self.system = text
        if role not in ("user", "assistant") or not text.strip():
            return None
        user = role == "user"
        return Message(
            id=identity,
            role=Role.USER if user else Role.ASSISTANT,
            content=text,
            created=as_moment(message.get("create_time")),
            parent=parent,
            model="" if user else as_text(metadata.get("model_slug")),
            status=None if user else _status(message, metadata),
            reasoning="" if user else thoughts.strip(),
        )

    def _text(self, content: dict[str, Any], recipient: str) -> str:
        kind = content.get("content_type")
        if kind == "code":
            if recipient.startswith(_CANVAS):
                return self._canvas(as_text(content.get("text")))
            if recipient not in ("all", "python"):
                self.left_out["tool"] += 1
                return ""
            language = as_text(content.get("language"))
            language = "" if language == "unknown" else language
            return fenced(as_text(content.get("text")), language or "python")
        if kind in ("text", "multimodal_text"):
            text = self._join(as_list(content.get("parts")))
            return self._canvas(text) if recipient.startswith(_CANVAS) else text
        text = as_text(content.get("text")) or as_text(content.get("result"))
        if not text and kind not in _NO_WORDS:
            self.left_out["other"] += 1
        return text

    def _canvas(self, call: str) -> str:
        """Return the document that an answer wrote beside the conversation."""
        try:
            document = as_table(json.loads(call))
        except (ValueError, RecursionError):
            document = {}
        text = as_text(document.get("content"))
        if not text:
            # A change of a document that stands above.
            self.left_out["tool"] += 1
            return ""
        kind, _, language = as_text(document.get("type")).partition("/")
        return titled(
            as_text(document.get("name")),
            fenced(text, language) if kind == "code" else text,
        )

    def _join(self, parts: list[Any]) -> str:
        texts: list[str] = []
        for part in parts:
            if isinstance(part, str):
                texts.append(as_text(part))
                continue
            table = as_table(part)
            # What was said aloud comes with its transcription.
            if said := as_text(table.get("text")):
                texts.append(said)
            elif table:
                self.left_out["picture"] += 1
        return "\n\n".join(text for text in texts if text)

    def _nearest(self, identity: str, messages: list[Message]) -> str | None:
        """Return the id of the kept message at or above a node."""
        kept = {message.id for message in messages}
        seen: set[str] = set()
        step = identity
        while step in self.nodes and step not in kept and step not in seen:
            seen.add(step)
            step = as_text(as_table(self.nodes[step]).get("parent"))
        return step if step in kept else None


def _status(message: dict[str, Any], metadata: dict[str, Any]) -> Status:
    if message.get("status") == "in_progress":
        return Status.INCOMPLETE
    ending = as_table(metadata.get("finish_details")).get("type")
    return _ENDINGS.get(str(ending), Status.COMPLETE)
