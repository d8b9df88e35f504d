"""Takes bracketed pastes out of what a terminal sends. Pure.

Textual's parser looks at a paste character by character and waits for its end mark
for ever; whoever loses the mark (a broken connection, a bad multiplexer) loses every
key after it, ctrl+q included. Here a paste is found as a whole, and it may be ended
when nothing more comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = "\x1b[200~"
END = "\x1b[201~"
"""Source: xterm's control sequences, "Bracketed Paste Mode"."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A pasted text, whole."""

    text: str


class Pastes:
    """Follows the input and separates pastes from keys."""

    def __init__(self) -> None:
        self._pieces: list[str] | None = None
        self._held = ""

    @property
    def open(self) -> bool:
        """True while the end of a paste has not come."""
        return self._pieces is not None

    @property
    def holds(self) -> bool:
        """True while something is held back that may begin a mark."""
        return bool(self._held)

    def take(self, data: str) -> Iterator[str | Pasted]:
        """Yield what came, in order: keys as they are, and whole pastes.

        Args:
            data: The next piece of input, of any length.
        """
        # A lone ESC that came by itself is the key, and is not held back.
        key = data == "\x1b" and not self._held and not self.open
        data, self._held = self._held + data, ""
        while data:
            mark = BEGIN if self._pieces is None else END
            before, found, data = data.partition(mark)
            if not found and not key:
                before, self._held = _split_before_mark(before, mark)
            if self._pieces is None:
                if before:
                    yield before
                if found:
                    self._pieces = []
                continue
            self._pieces.append(before)
            if found:
                yield self._end()

    def give_up(self) -> Iterator[str | Pasted]:
        """Yield what was held back, or the paste whose end did not come."""
        held, self._held = self._held, ""
        if self._pieces is not None:
            self._pieces.append(held)
            yield self._end()
        elif held:
            yield held

    def _end(self) -> Pasted:
        text = "".join(self._pieces or ())
        self._pieces = None
        return Pasted(text)


def _split_before_mark(text: str, mark: str) -> tuple[str, str]:
    """Split off an end that may be the beginning of a mark."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if text.endswith(mark[:length]):
            return text[:-length], text[-length:]
    return text, ""
