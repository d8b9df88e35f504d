"""File names for conversations: readable, valid everywhere, never taken."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

SUFFIX = ".toml"

_ALPHABET = "0123456789abcdefghijkmnpqrstuvwxyz"
_MOST_CHARACTERS = 60
_MOST_BYTES = 160
LONGEST = 255
"""Bytes of a file's name. Source: NAME_MAX of Linux, macOS and their file systems."""

# Syncthing, Dropbox and its kin, Nextcloud, and our own second files.
_CONFLICT = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}-[A-Z0-9]{7}\b"
    r"|\bconflicted copy\b"
    r"|\(conflict(?:ed)? \d{4}-\d\d-\d\d"
    r"|\.conflict-\d{8}-\d{6}-",
    re.IGNORECASE,
)
_DELETED = re.compile(r"\.deleted-(\d{8}T\d{6})Z(?:-[0-9a-z]+)?(?=\.(?i:toml)$)")


def conversation_name(title: str, created: datetime) -> str:
    """Return a new name like `2026-11-23-what-is-swarm-inference-k3f9.toml`.

    The words are folded to one case and one Unicode form (NFC), so that names differ
    on file systems that fold them. The date in front keeps Windows' device names and
    leading dots away; the random end tells equal titles apart.

    Args:
        title: Anything.
        created: Gives the date.
    """
    day = f"{created.year:04d}-{created.month:02d}-{created.day:02d}"
    words = slug(title)
    middle = f"-{words}" if words else ""
    return f"{day}{middle}-{_random(4)}{SUFFIX}"


def conflict_name(file: str, moment: datetime) -> str:
    """Return a name for our version of a file that somebody else changed."""
    return _ending_in(f".conflict-{moment:%Y%m%d-%H%M%S}-{_random(4)}", file)


def trash_name(file: str, moment: datetime) -> str:
    """Return a file's name in the trash, which says when it went there (UTC)."""
    return _ending_in(f".deleted-{moment:%Y%m%dT%H%M%S}Z-{_random(4)}", file)


def restored_name(trashed: str) -> str:
    """Return the name that a file in the trash had before, if it was not too long."""
    return _DELETED.sub("", trashed)


def note_name(trashed: str) -> str:
    """Return the name of the note that says what a file in the trash was called."""
    return trashed[: -len(SUFFIX)] + ".name"


def deletion_time(trashed: str) -> str:
    """Return when a file went to the trash as `YYYYMMDDTHHMMSS` in UTC, or ""."""
    match = _DELETED.search(trashed)
    return match[1] if match else ""


def another_name(file: str) -> str:
    """Return a name like this one that is free."""
    return _ending_in(f"-{_random(4)}", file)


def is_conversation_name(name: str) -> bool:
    """Return whether a file of this name belongs into the list."""
    return name.casefold().endswith(SUFFIX) and not name.startswith(".")


def is_conflict_name(name: str) -> bool:
    """Return whether the name is that of a sync tool's or our own conflict copy."""
    return _CONFLICT.search(name) is not None


def slug(title: str) -> str:
    """Return the words of a title, fit for a file name: letters, digits, hyphens."""
    folded = unicodedata.normalize("NFC", title.casefold())
    kept: list[str] = []
    for character in folded[:400]:
        category = unicodedata.category(character)
        if character.isascii() and not character.isalnum():
            kept.append("-")
        elif category[0] in "LN" or (category[0] == "M" and kept and kept[-1] != "-"):
            kept.append(character)
        elif category[0] in "ZPS":
            kept.append("-")
    words = re.sub("-+", "-", "".join(kept)).strip("-")[:_MOST_CHARACTERS]
    encoded = words.encode("utf-8", "ignore")[:_MOST_BYTES]
    return unicodedata.normalize("NFC", encoded.decode("utf-8", "ignore")).strip("-")


def _ending_in(words: str, file: str) -> str:
    """Return a file's name with words at its end; a long one loses some of its own."""
    stem, suffix = file, SUFFIX
    if file.casefold().endswith(SUFFIX):
        stem, suffix = file[: -len(SUFFIX)], file[-len(SUFFIX) :]
    end = f"{words}{suffix}"
    if len(os.fsencode(stem)) > (room := LONGEST - len(end)):
        stem = os.fsencode(stem)[:room].decode("utf-8", "ignore")
    return stem + end


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
