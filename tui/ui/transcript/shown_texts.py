"""What is shown of messages, as texts to count words in: read once, in slices of time.

A text is what one paragraph, one cell of a table, one block of code shows. Words are
looked for within it, whatever the width breaks it at.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tui.ui.transcript.blocks import Block
    from tui.ui.transcript.body import Body
    from tui.ui.transcript.lines import Key
    from tui.ui.transcript.readable import Readable

KEPT = 2_000_000
"""Characters of messages that are kept as they are shown."""


def texts_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the texts that blocks show."""
    for block in blocks:
        yield from filter(None, block.texts())


def texts_of(document: Readable) -> list[str]:
    """Return the texts that a document shows."""
    return list(texts_in(chain(document.blocks, document.open_blocks)))


class ShownTexts:
    """Reads messages for their texts, and keeps what it read last."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: OrderedDict[object, tuple[str, list[str]]] = OrderedDict()
        self._size = 0
        self._reading: tuple[object, str, Readable] | None = None

    def get(
        self, key: object, source: str, read: Callable[[], Readable], until: float
    ) -> list[str] | None:
        """Return the texts of a message, or None when there was not time enough.

        Args:
            key: Names the message and the way it is shown.
            source: Its source; another one is read anew.
            read: Begins to read it.
            until: When to stop, on the monotonic clock, in seconds. The next call goes
                on from there.
        """
        kept = self._kept.get(key)
        if kept is not None and kept[0] is source:
            self._kept.move_to_end(key)
            return kept[1]
        if self._reading is None or self._reading[:2] != (key, source):
            self._reading = (key, source, read())
        document = self._reading[2]
        while document.pending:
            document.step()
            if document.pending and monotonic() > until:
                return None
        self._reading = None
        texts = texts_of(document)
        self._keep(key, source, texts)
        return texts

    def _keep(self, key: object, source: str, texts: list[str]) -> None:
        old = self._kept.pop(key, None)
        self._size += len(source) - (len(old[0]) if old is not None else 0)
        self._kept[key] = (source, texts)
        while self._size > KEPT and len(self._kept) > 1:
            _, (source, _) = self._kept.popitem(last=False)
            self._size -= len(source)


def line_with(body: Body, key: Key, start: int) -> int | None:
    """Return the line of a body on which a place of a text is; None where none is.

    Args:
        body: It has been laid out.
        key: The text.
        start: The place in the text, in characters.
    """
    found: int | None = None
    following: int | None = None
    for index in range(body.line_at(key[0]), len(body)):
        line = body.line(index)
        block = line.block
        if block is None:
            continue
        if block.start > key[0]:
            # Narrow tables show their header in the row below it.
            following = block.start if following is None else following
            if found is not None or block.start != following:
                break
        for run in block.runs(line):
            if run.key == key and run.offset <= start:
                found = index
                if start < run.offset + run.length:
                    return index
    return found
