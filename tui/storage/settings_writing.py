"""Changes single settings in `config.toml`; the user's comments and layout stay."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from tui.domain.errors import MissingError, NotSavedError, UnreadableError
from tui.domain.settings import Endpoint
from tui.storage import disk
from tui.storage.disk import ChangedOnDisk
from tui.storage.reading import decode_text, read_bytes
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_statements import set_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ATTEMPTS = 5


def store_setting(path: Path, key: str, value: str | bool | None) -> None:
    """Set one setting, durably.

    Args:
        path: The file; it is made when it is missing.
        key: The dotted key (`theme`, `compose.enter`).
        value: The new value; None removes the key.

    Raises:
        NotSavedError: It can't be written, or the file is laid out so that the key
            can't be changed in one place.
    """
    _store(path, [(tuple(key.split(".")), value)])


def store_endpoint_setting(path: Path, name: str, key: str, value: str) -> None:
    """Set one setting of an endpoint that the file names, durably.

    Args:
        path: The file.
        name: The endpoint's name.
        key: What is set (`model`).
        value: The new value.

    Raises:
        NotSavedError: It can't be written, or the file is laid out so that the key
            can't be changed in one place.
    """
    _store(path, [(("endpoints", name, key), value)])


def store_endpoint(path: Path, endpoint: Endpoint) -> None:
    """Write an endpoint and make it the default, durably.

    Raises:
        NotSavedError: It can't be written, or the file is laid out so that the key
            can't be changed in one place.
    """
    under = ("endpoints", endpoint.name)
    default = Endpoint(name=endpoint.name)
    changes: list[tuple[tuple[str, ...], Any]] = [(("endpoint",), endpoint.name)]
    changes.append(((*under, "base_url"), endpoint.base_url))
    for field in fields(Endpoint):
        value = getattr(endpoint, field.name)
        if field.name in ("name", "base_url", "headers", "query"):
            continue
        if field.name == "timeout" and value is None:
            changes.append(((*under, field.name), 0))
        else:
            same = value == getattr(default, field.name)
            changes.append(((*under, field.name), None if same else value))
    tables: dict[str, Mapping[str, str]] = {
        "headers": endpoint.headers,
        "query": endpoint.query,
    }
    for table, texts in tables.items():
        changes += [((*under, table, name), text) for name, text in texts.items()]
    _store(path, changes)


def _store(path: Path, changes: Sequence[tuple[tuple[str, ...], Any]]) -> None:
    calls = SystemCalls()
    disk.make_folder(calls, path.parent)
    for _ in range(_ATTEMPTS):
        try:
            content, stamp = read_bytes(path)
        except MissingError:
            content, stamp = b"", None
        except UnreadableError as error:
            raise _refuse(path, error.sentence) from error
        edited = _edit(path, content, changes)
        if edited == content:
            return
        try:
            if stamp is None:
                disk.write_new(calls, path, edited)
            else:
                disk.write_over(calls, path, edited, stamp)
        except (ChangedOnDisk, FileExistsError):
            continue
        return
    raise _refuse(path, "It keeps changing.")


def _edit(
    path: Path, content: bytes, changes: Sequence[tuple[tuple[str, ...], Any]]
) -> bytes:
    try:
        text = decode_text(content)
        for key, value in changes:
            text = set_value(text, key, value)
    except UnreadableError as error:
        raise _refuse(path, error.sentence) from error
    except ValueError as error:
        raise _refuse(path, f"Change it by hand ({error}).") from error
    return text.encode()


def _refuse(path: Path, reason: str) -> NotSavedError:
    return NotSavedError(f"{path} was not changed. {reason}")
