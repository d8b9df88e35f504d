"""Takes values out of foreign JSON, whatever is there."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from tui.storage.toml_text import clean_text


def as_text(value: Any) -> str:
    """Return a string as our files can hold it; "" for anything else."""
    return clean_text(value) if isinstance(value, str) else ""


def as_table(value: Any) -> dict[str, Any]:
    """Return an object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return an array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def as_moment(value: Any) -> datetime | None:
    """Return seconds since 1970 or ISO 8601 text as a moment in UTC, to the second."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
        else:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None


def counted(count: int, one: str, many: str = "") -> str:
    """Return "1 picture" or "3 pictures"; "" for none."""
    if not count:
        return ""
    return f"1 {one}" if count == 1 else f"{count} {many or one + 's'}"


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that stand for some texts."""
    joined = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:16]


def fenced(text: str, language: str = "") -> str:
    """Return a text as a block of code in Markdown; "" for nothing."""
    if not text.strip():
        return ""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def titled(title: str, text: str) -> str:
    """Return a document with its title above it, where it has one."""
    return f"**{title}**\n\n{text}" if title and text else text
