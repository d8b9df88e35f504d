"""Finds out what a foreign file is and reads its conversations one by one."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tui.domain.errors import UnreadableError
from tui.storage.chatgpt_export import is_chatgpt, read_chatgpt
from tui.storage.claude_export import is_claude, read_claude
from tui.storage.elia_database import is_elia, read_elia
from tui.storage.import_entry import Entry, Refused
from tui.storage.json_entries import read_entries
from tui.storage.markdown_file import read_markdown
from tui.storage.openai_messages import is_openai, read_openai
from tui.storage.oterm_database import is_oterm, read_oterm
from tui.storage.reading import read_content
from tui.storage.sqlite_reading import MAGIC, opened_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

_ZIP = b"PK\x03\x04"

_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What reading a damaged, encrypted or oddly packed archive raises."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has been read, in bytes."""

    read: int
    whole: int


def read_foreign(
    path: Path, progress: Callable[[Progress], None]
) -> Iterator[Entry | Refused]:
    """Yield the conversations of a file, whatever program it is from.

    Args:
        path: The file.
        progress: Called now and then with how far it has been read.

    Raises:
        UnreadableError: It can't be read, or is nothing that is known.
    """
    try:
        with path.open("rb") as file:
            start = file.read(64)
            file.seek(0)
            if start.startswith(_ZIP):
                yield from _read_zip(file, progress)
            elif start.startswith(MAGIC):
                yield from _read_database(path)
            elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
                whole = path.stat().st_size
                yield from _read_json(
                    file, lambda read: progress(Progress(read, whole))
                )
            elif path.suffix == ".toml":
                raise UnreadableError(
                    "It is a conversation of this program already; copy it into the "
                    "library's folder `conversations`."
                )
            else:
                yield from read_markdown(read_content(path), path.stem)
    except FileNotFoundError as error:
        raise UnreadableError("There is no such file.") from error
    except IsADirectoryError as error:
        raise UnreadableError("It is a folder.") from error
    except OSError as error:
        raise UnreadableError(f"It can't be read: {error.strerror}.") from error


def _read_zip(
    file: IO[bytes], progress: Callable[[Progress], None]
) -> Iterator[Entry | Refused]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if _is_listing(one.filename)]
            if not members:
                raise UnreadableError("There is no conversations.json in this archive.")
            whole, before = sum(one.file_size for one in members), 0
            for member in members:
                done = before

                def note(read: int, done: int = done) -> None:
                    progress(Progress(done + read, whole))

                with archive.open(member) as stream:
                    yield from _read_json(stream, note)
                before += member.file_size
    except _DAMAGES as error:
        raise UnreadableError(f"The archive is damaged: {error}.") from error


def _is_listing(name: str) -> bool:
    """Return whether a file in an archive holds conversations.

    Large exports come in parts: conversations-000.json, conversations-001.json, …
    """
    base = PurePosixPath(name).name
    return base.startswith("conversations") and base.endswith(".json")


def _read_json(
    stream: IO[bytes], note: Callable[[int], None]
) -> Iterator[Entry | Refused]:
    buffered = io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream
    for nth, entry in enumerate(read_entries(buffered, note), 1):
        yield entry if isinstance(entry, Refused) else _read_entry(entry, nth)


def _read_entry(entry: Any, nth: int) -> Entry | Refused:
    if is_chatgpt(entry):
        return read_chatgpt(entry)
    if is_claude(entry):
        return read_claude(entry)
    if is_openai(entry):
        return read_openai(entry)
    return Refused(
        f"entry {nth}",
        "it is no conversation that is known: it has neither `mapping` (ChatGPT), "
        "`chat_messages` (Claude) nor `messages`",
    )


def _read_database(path: Path) -> Iterator[Entry | Refused]:
    with opened_database(path) as connection:
        if is_elia(connection):
            yield from read_elia(connection)
        elif is_oterm(connection):
            changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
            yield from read_oterm(connection, changed)
        else:
            raise UnreadableError("It is a database, but neither elia's nor oterm's.")
