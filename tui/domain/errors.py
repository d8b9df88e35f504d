"""The exception tree. Every leaf carries one sentence for the user.

FortytwoError
├── UsageError              the command line or the configuration can't be used
├── RequestError            a request to a server failed (carries a Failure)
└── StorageError            the disk said no
    ├── NotSavedError       a write failed; the old file is intact
    ├── UnreadableError     a file can't be read; it is left as it is
    ├── ReadOnlyError       a file or folder must not be written to
    ├── MissingError        the file is gone
    ├── FullError           a file must not grow any more
    ├── ConflictError       somebody else changed the file in the meantime
    └── IndexUnusableError  the search index can't be used; nothing is lost
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.failure import Failure


class FortytwoError(Exception):
    """The root: everything this program raises on purpose.

    Attributes:
        sentence: What happened and what to do next, in one sentence.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UsageError(FortytwoError):
    """The command line or the configuration can't be used."""


class RequestError(FortytwoError):
    """A request to a server failed.

    Attributes:
        failure: The cause as a value.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


class StorageError(FortytwoError):
    """The disk said no."""


class NotSavedError(StorageError):
    """A write failed. The old file is intact and nothing was removed."""


class UnreadableError(StorageError):
    """A file can't be read. It is left exactly as it is."""


class ReadOnlyError(StorageError):
    """A file or folder must not be written to: newer format, or permissions."""


class MissingError(StorageError):
    """The file is gone."""


class FullError(StorageError):
    """A conversation's file must not grow any more. Nothing was written."""


class ConflictError(StorageError):
    """Somebody else changed the file since it was read.

    Attributes:
        kept: The name of the second file that holds our version, or "".
    """

    def __init__(self, sentence: str, kept: str = "") -> None:
        super().__init__(sentence)
        self.kept = kept


class IndexUnusableError(StorageError):
    """The search index can't be used. It is derived; nothing is lost with it.

    Attributes:
        damaged: True when only throwing it away and building it anew helps.
    """

    def __init__(self, sentence: str, *, damaged: bool = False) -> None:
        super().__init__(sentence)
        self.damaged = damaged
