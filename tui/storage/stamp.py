"""What a file looked like when it was last read or written, to notice strangers."""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    import os
    from pathlib import Path

RACY_NS = 2_000_000_000
"""How long a file must have rested for its times to prove that it is unchanged.

The coarsest common time stamps (FAT) are two seconds apart.
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What `stat` says about a version of a file."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Return the identity out of a `stat` result."""
        return cls(
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


@dataclass(frozen=True, slots=True)
class Stamp:
    """One version of a file: its identity, and the hash of its content.

    Attributes:
        identity: What `stat` said.
        digest: A SHA-256 state over the content, which can be copied and go on.
        racy: True when a change could leave the same identity behind, because the
            file was so young when it was read that its times prove nothing.
    """

    identity: Identity
    digest: hashlib._Hash = field(compare=False, repr=False)
    racy: bool = False

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.identity.size

    def matches(self, content: bytes) -> bool:
        """Return whether some content is this version's."""
        return hash_content(content).digest() == self.digest.digest()


def stamp_content(identity: Identity, content: bytes) -> Stamp:
    """Return the stamp of content that was just read."""
    return Stamp(identity, hash_content(content), racy=is_young(identity))


def hash_content(content: bytes = b"") -> hashlib._Hash:
    """Return a SHA-256 state over some content."""
    # Importing it takes 3 ms, and nothing is hashed before the first frame.
    import hashlib

    return hashlib.sha256(content)


def is_young(identity: Identity) -> bool:
    """Return whether a file is so young that its times prove nothing."""
    age = time.time_ns() - max(identity.mtime_ns, identity.ctime_ns)
    return age < RACY_NS


def is_regular(status: os.stat_result) -> bool:
    """Return whether it is an ordinary file: no folder, pipe, socket or device."""
    return stat.S_ISREG(status.st_mode)


def identify(path: Path) -> Identity | None:
    """Return the identity of the file behind a path, or None when it is gone."""
    try:
        return Identity.of(path.stat())
    except OSError:
        return None
