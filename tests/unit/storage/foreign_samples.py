"""Files of other programs, written after what is publicly known of their formats."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

AT = 1_706_745_600.0
"""2024-02-01 00:00 UTC."""


def chatgpt_node(
    identity: str,
    parent: str | None,
    role: str,
    text: str,
    nth: int = 0,
    **changes: Any,
) -> dict[str, Any]:
    content = {"content_type": "text", "parts": [text]}
    message = {
        "id": identity,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": AT + nth,
        "content": content,
        "status": "finished_successfully",
        "weight": 1.0,
        "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
        "recipient": "all",
    }
    return {
        "id": identity,
        "parent": parent,
        "children": [],
        "message": {**message, **changes},
    }


def chatgpt_entry(
    nodes: list[dict[str, Any]], title: str = "Norway", identity: str = "conv-1"
) -> dict[str, Any]:
    root: dict[str, Any] = {
        "id": "root",
        "parent": None,
        "children": [],
        "message": None,
    }
    mapping = {node["id"]: node for node in [root, *nodes]}
    for node in nodes:
        mapping[node["parent"]]["children"].append(node["id"])
    return {
        "title": title,
        "create_time": AT,
        "update_time": AT + 100,
        "mapping": mapping,
        "current_node": nodes[-1]["id"] if nodes else "root",
        "conversation_id": identity,
        "id": identity,
        "default_model_slug": "gpt-4o",
    }


def small_chatgpt(nth: int) -> dict[str, Any]:
    return chatgpt_entry(
        [
            chatgpt_node(f"u{nth}", "root", "user", f"question {nth}", nth * 10),
            chatgpt_node(f"a{nth}", f"u{nth}", "assistant", f"answer {nth}", nth * 10),
        ],
        title=f"Talk {nth}",
        identity=f"conv-{nth}",
    )


def claude_message(
    identity: str, parent: str | None, sender: str, text: str, **changes: Any
) -> dict[str, Any]:
    return {
        "uuid": identity,
        "text": text,
        "content": [{"type": "text", "text": text}],
        "sender": sender,
        "created_at": "2025-03-04T10:00:00.123456Z",
        "updated_at": "2025-03-04T10:00:00.123456Z",
        "attachments": [],
        "files": [],
        **({"parent_message_uuid": parent} if parent else {}),
        **changes,
    }


def claude_entry(messages: list[dict[str, Any]], name: str = "Taxes") -> dict[str, Any]:
    return {
        "uuid": "8f3a",
        "name": name,
        "summary": "",
        "created_at": "2025-03-04T10:00:00.000000Z",
        "updated_at": "2025-03-04T10:05:00.000000Z",
        "account": {"uuid": "acc"},
        "chat_messages": messages,
    }


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_zip(path: Path, **members: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(f"{name}.json", json.dumps(value))
        archive.writestr("chat.html", "<html></html>")
    return path


def write_elia(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """
            CREATE TABLE chat (id INTEGER PRIMARY KEY, model VARCHAR NOT NULL,
                title VARCHAR, started_at DATETIME, archived BOOLEAN NOT NULL);
            CREATE TABLE message (id INTEGER PRIMARY KEY, chat_id INTEGER,
                role VARCHAR NOT NULL, content VARCHAR NOT NULL, timestamp DATETIME,
                meta JSON, parent_id INTEGER, model VARCHAR);
            INSERT INTO chat VALUES
                (1, 'gpt-4o', 'Bread', '2024-05-06 07:08:09.123456', 0),
                (2, 'gpt-4o', NULL, '2024-05-07 07:08:09', 0),
                (3, 'gpt-4o', 'Nothing', '2024-05-07 07:08:09', 0);
            INSERT INTO message VALUES
                (1, 1, 'system', 'Be brief.', '2024-05-06 07:08:09', '{}', NULL, NULL),
                (2, 1, 'user', 'How long?', '2024-05-06 07:08:10', '{}', NULL, NULL),
                (3, 1, 'assistant', 'An hour.', '2024-05-06 07:08:12', '{}', NULL,
                    'gpt-4o'),
                (4, 2, 'human', 'Old' || char(10) || 'roles', NULL, '{}', NULL, NULL),
                (5, 2, 'ai', 'work, too', NULL, '{}', NULL, NULL);
            """
        )
    return path


def write_oterm(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """
            CREATE TABLE chat (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT,
                model TEXT NOT NULL, system TEXT, format TEXT, parameters TEXT,
                keep_alive INTEGER DEFAULT 5, tools TEXT DEFAULT '[]');
            CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT,
                chat_id INTEGER NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL,
                images TEXT DEFAULT '[]');
            INSERT INTO chat (id, name, model, system) VALUES
                (1, 'chat #1 - llama', 'llama3', 'Speak French.');
            INSERT INTO message (chat_id, author, text, images) VALUES
                (1, 'me', 'Bonjour ?', '["aGk="]'), (1, 'ollama', 'Salut.', '[]'),
                (1, 'user', 'Encore', '[]'), (1, 'assistant', 'Oui.', '[]');
            """
        )
    return path
