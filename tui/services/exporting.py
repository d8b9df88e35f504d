"""A conversation in the formats of others: Markdown, HTML, JSON.

What is exported is the path that is shown: of siblings the active one.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tui.domain.conversation import request_messages
from tui.domain.message import Role
from tui.storage.markdown_file import marked_heading

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.message import Message


class Format(StrEnum):
    """What a conversation can be exported to; the value is the file's ending."""

    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


def export(conversation: Conversation, to: Format) -> str:
    """Return a conversation as the text of a file in a format."""
    match to:
        case Format.MARKDOWN:
            return export_markdown(conversation)
        case Format.HTML:
            from tui.services.html_page import export_html

            return export_html(conversation)
        case Format.JSON:
            return export_json(conversation)


def export_markdown(conversation: Conversation) -> str:
    """Return Markdown that a person reads and `import` reads back."""
    parts = [f"# {' '.join(conversation.title.split())}"]
    if conversation.system_prompt.strip():
        heading = marked_heading("System prompt", conversation, None)
        parts.append(f"{heading}\n\n{conversation.system_prompt}")
    parts += [
        export_message(message, marked_heading(speaker(message), conversation, message))
        for message in conversation.path
    ]
    return "\n\n".join(parts) + "\n"


def export_message(message: Message, heading: str) -> str:
    """Return one message as Markdown below a heading; reasoning is folded."""
    parts = [heading]
    if message.reasoning:
        folded = f"<details><summary>Reasoning</summary>\n\n{message.reasoning}"
        parts.append(f"{folded}\n\n</details>")
    if message.content:
        parts.append(message.content)
    if message.error:
        parts.append(f"> {' '.join(message.error.split())}")
    return "\n\n".join(parts)


def export_json(conversation: Conversation) -> str:
    """Return an object with `messages` as the Chat Completions API takes them."""
    exported: dict[str, Any] = {"title": conversation.title}
    if conversation.created is not None:
        exported["created"] = conversation.created.isoformat()
    model = conversation.model or last_model(conversation)
    if model:
        exported["model"] = model
    exported["messages"] = [
        {"role": role.value, "content": content}
        for role, content in request_messages(conversation)
    ]
    return json.dumps(exported, ensure_ascii=False, indent=2) + "\n"


def speaker(message: Message) -> str:
    """Return who speaks, in words: You, or the model's name."""
    if message.role is Role.USER:
        return "You"
    if message.role is Role.SYSTEM:
        return "System"
    return message.model or "Assistant"


def last_model(conversation: Conversation) -> str:
    """Return the model of the last answer, or ""."""
    models = [message.model for message in conversation.path if message.model]
    return models[-1] if models else ""
