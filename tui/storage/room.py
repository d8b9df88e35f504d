"""How large our own writing may make a file: never so large that we can't open it.

Nothing is asked any more in a file of `FULL`. The longest reply that is taken from a
server has 64 MB, and TOML escapes may triple it: it still fits below the limit of
reading. What does not fit even so is not written, but kept like everything that the
disk refuses.
"""

from __future__ import annotations

from tui.domain.errors import FullError
from tui.storage.reading import LARGEST

FULL = 64 * 1024 * 1024
"""Bytes. No prompt may make a file larger. That is a hundred novels, more than any
model reads."""

NEARLY_FULL = FULL // 8 * 7
"""Bytes. From here on it is said that the file will soon be full."""

_MEGABYTE = 1024 * 1024


def check_room(size: int, text: str = "") -> None:
    """Refuse to ask something where it, or its answer, might not fit.

    Args:
        size: The conversation file's size, in bytes; 0 for a new one.
        text: The prompt.

    Raises:
        FullError: It does not fit; nothing was sent.
    """
    added = len(text.encode("utf-8", "surrogatepass"))
    limit = FULL // _MEGABYTE
    if added > FULL:
        raise FullError(
            f"Not sent: {added // _MEGABYTE} MB in one prompt are more than a "
            f"conversation's file takes ({limit} MB)."
        )
    if size + added > FULL:
        raise FullError(
            f"Not sent: this conversation's file is full ({limit} MB). "
            "/new begins another one, which has room."
        )


def warn_of_size(size: int) -> str:
    """Return a sentence when a conversation will soon be full, else ""."""
    if size < NEARLY_FULL:
        return ""
    return (
        f"This conversation's file has {size // _MEGABYTE} of at most "
        f"{FULL // _MEGABYTE} MB; nothing can be sent here beyond that."
    )


def check_openable(size: int) -> None:
    """Refuse to write what could not be opened afterwards.

    Args:
        size: What the file's size would be, in bytes.

    Raises:
        FullError: It is too large.
    """
    if size > LARGEST:
        raise FullError(
            f"Not written: its file would have {size // _MEGABYTE} MB, and only "
            f"{LARGEST // _MEGABYTE} MB can be opened."
        )
