"""Which kind of document the text of an entry is.

All that reads Markdown hangs on this module, so it is imported when there is something
to read: an empty screen is painted without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.transcript.document import Document
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.prompt import PromptDocument
from tui.ui.transcript.whole_document import WholeDocument

if TYPE_CHECKING:
    from tui.ui.transcript.parser import Parser
    from tui.ui.transcript.readable import Readable


def document_of(entry: Entry, parser: Parser, *, raw: bool, whole: bool) -> Readable:
    """Return the text of an entry, ready to be laid out.

    Args:
        entry: The entry.
        parser: Reads Markdown.
        raw: True to show the source instead of the formatted text.
        whole: True to read even what is so big that it is shown plainly otherwise.
    """
    if whole:
        return WholeDocument(parser.get(), entry.text)
    if not raw and entry.kind in (EntryKind.ASSISTANT, EntryKind.NOTE):
        return Document(parser.get(), entry.text, ended=not entry.streaming)
    return PromptDocument(entry.text, ended=not entry.streaming, fences=not raw)


def reasoning_of(text: str, parser: Parser, *, ended: bool) -> Readable:
    """Return reasoning, ready to be laid out.

    Args:
        text: The reasoning so far.
        parser: Reads Markdown.
        ended: True when no more will come.
    """
    return Document(parser.get(), text, ended=ended)
