"""Markdown conversations: our own export, and files with a heading for each speaker.

Our export marks each heading with a comment that names the conversation, so that a
message which holds headings itself is read back whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.message import Message, Role, Status
from tui.storage.import_entry import Entry, Refused
from tui.storage.reading import decode_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = re.compile(r"^## .*<!-- fortytwo (\{.*\}) -->[ \t]*$", re.MULTILINE)
_TITLE = re.compile(r"^# +(.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_REASONING = re.compile(
    r"\A<details><summary>Reasoning</summary>\n\n(.*?)\n\n</details>(?:\n\n|\Z)",
    re.DOTALL,
)
_USERS = "you|user|me|human|prompt|question"
_ASSISTANTS = "assistant|ai|bot|model|answer|response|chatgpt|gpt|claude|gemini|llama"
_VERSION = r"(?:[ -]\d[\w.]*(?:[ -][\w.]+){0,2})?"
_NAME = (
    rf"(?:(?P<user>{_USERS})|(?P<assistant>(?:{_ASSISTANTS}){_VERSION})"
    r"|(?P<system>system(?: prompt)?))"
)
_HEADING = re.compile(
    # The name alone, at most with what programs put behind it: a model, a time.
    rf"^(?P<style>\#{{1,6}})[ ]+\**{_NAME}\**(?:[ ]said)?:?\**"
    r"(?:[ \t]*\([^\n()]{0,80}\))?(?:[ \t,·–—-]+[\d:./ -]+(?:[ap]m)?)?[ \t\#]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BOLD = re.compile(
    rf"^(?P<style>\*\*){_NAME}(?::\*\*|\*\*:|\*\*(?=[ \t]*$))[ \t]*(?P<inline>.*)$",
    re.MULTILINE | re.IGNORECASE,
)


def marked_heading(
    words: str, conversation: Conversation, message: Message | None
) -> str:
    """Return the heading of a message in our own export.

    Args:
        words: Who speaks.
        conversation: Whose message it is.
        message: The message; None for the system prompt.
    """
    note: dict[str, Any] = {"of": conversation.id}
    if message is None:
        note |= {"role": "system", "title": conversation.title}
    else:
        note |= {"id": message.id, "role": message.role.value}
        if message.created is not None:
            note["created"] = message.created.isoformat()
        if message.model:
            note["model"] = message.model
        if message.status not in (None, Status.COMPLETE):
            note["status"] = message.status
        if message.error:
            note["error"] = message.error
    # A comment must not hold "--" or ">", and stays on one line.
    text = json.dumps(note).replace("-", "\\u002d").replace(">", "\\u003e")
    return f"## {' '.join(words.split())} <!-- fortytwo {text} -->"


def read_markdown(content: bytes, name: str) -> Iterator[Entry | Refused]:
    """Yield the one conversation of a Markdown file.

    Args:
        content: The file.
        name: Its name without the ending: the title if it has none.

    Raises:
        UnreadableError: It is no UTF-8 text.
    """
    text = decode_text(content).replace("\r\n", "\n")
    title = _TITLE.search(text)
    title_words = title[1] if title else name
    left_out = ""
    conversation = _read_marked(text, title_words)
    if conversation is None:
        conversation = _read_headings(text, title_words)
        left_out = _left_out(text)
    if conversation is None:
        yield Refused(
            name,
            "no messages were found; write a heading such as “## User” or "
            "“## Assistant” above each",
        )
    else:
        yield Entry(conversation, left_out)


def _read_marked(text: str, title: str) -> Conversation | None:
    marks: list[tuple[re.Match[str], dict[str, Any]]] = []
    for match in _MARK.finditer(text):
        try:
            note = json.loads(match[1])
        except ValueError:
            continue
        if not isinstance(note, dict) or not isinstance(note.get("of"), str):
            continue
        # A message may quote another export: only the first one's marks count.
        if not marks or note["of"] == marks[0][1]["of"]:
            marks.append((match, note))
    if not marks:
        return None
    system = ""
    messages: list[Message] = []
    ends = [match.start() for match, _ in marks[1:]] + [len(text)]
    for (match, note), end in zip(marks, ends, strict=True):
        body = _cut(text[match.end() : end], last=end == len(text))
        if note.get("role") == "system" and "id" not in note:
            system = body
            title = str(note.get("title") or title)
            continue
        messages.append(_marked_message(note, body, messages))
    return Conversation(
        id=marks[0][1]["of"],
        title=title,
        created=messages[0].created if messages else None,
        system_prompt=system,
        messages=tuple(messages),
    )


def _cut(body: str, *, last: bool) -> str:
    body = body.removeprefix("\n\n")
    return body.removesuffix("\n") if last else body.removesuffix("\n\n")


def _marked_message(note: dict[str, Any], body: str, above: list[Message]) -> Message:
    reasoning = ""
    role = Role.USER if note.get("role") == "user" else Role.ASSISTANT
    error = str(note.get("error", ""))
    if role is Role.ASSISTANT:
        if found := _REASONING.match(body):
            reasoning, body = found[1], body[found.end() :]
        if error:
            quoted = f"> {' '.join(error.split())}"
            body = body.removesuffix(quoted).removesuffix("\n\n")
    parent = above[-1].id if above else None
    statuses = {one.value: one for one in Status}
    status = statuses.get(str(note.get("status")), Status.COMPLETE)
    return Message(
        id=str(note.get("id") or _made_up_id(parent or "", role, body)),
        role=role,
        content=body,
        created=_moment(note.get("created")),
        parent=parent,
        model=str(note.get("model", "")),
        status=status if role is Role.ASSISTANT else None,
        reasoning=reasoning,
        error=error,
    )


def _read_headings(text: str, title: str) -> Conversation | None:
    speakers = _speakers(text)
    system: list[str] = []
    messages: list[Message] = []
    starts = [match.start() for match in speakers]
    ends = [*starts[1:], len(text)] if starts else []
    for match, end in zip(speakers, ends, strict=True):
        body = f"{match.groupdict().get('inline', '')}\n{text[match.end() : end]}"
        body = re.sub(r"\n\s*(?:---+|\*\*\*+)\s*\Z", "", body).strip()
        if not body:
            continue
        if match["system"]:
            system.append(body)
            continue
        role = Role.USER if match["user"] else Role.ASSISTANT
        parent = messages[-1].id if messages else None
        messages.append(
            Message(
                id=_made_up_id(parent or "", role, body),
                role=role,
                content=body,
                parent=parent,
                status=Status.COMPLETE if role is Role.ASSISTANT else None,
            )
        )
    if not messages:
        return None
    first = messages[0].content
    return Conversation(
        id=f"markdown-{_digest(title, first)}",
        title=title or first_line_title(first),
        system_prompt="\n\n".join(system),
        messages=tuple(messages),
    )


def _left_out(text: str) -> str:
    """Return in words what no speaker said."""
    speakers = _speakers(text)
    above = _TITLE.sub("", text[: speakers[0].start()], count=1) if speakers else ""
    return "the text above the first speaker" if above.strip("-*= \t\n") else ""


def _speakers(text: str) -> list[re.Match[str]]:
    """Return the lines that name a speaker, all in the style that most of them have.

    What is written in another style is a title, or a part of a message.
    """
    fenced = _fenced_spans(text)
    found = [
        match
        for match in (*_HEADING.finditer(text), *_BOLD.finditer(text))
        if not any(start <= match.start() < end for start, end in fenced)
    ]
    found.sort(key=re.Match.start)
    styles = Counter(match["style"] for match in found).most_common(1)
    return [match for match in found if match["style"] == styles[0][0]]


def _fenced_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = (match[1], match.start())
        elif match[1].startswith(opened[0]):
            spans.append((opened[1], match.end()))
            opened = None
    return spans


def _made_up_id(*parts: str) -> str:
    return _digest(*parts)


def _digest(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:16]


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
