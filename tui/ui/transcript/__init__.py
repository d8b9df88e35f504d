"""The transcript: the messages of a conversation as lines of the screen."""

from tui.ui.transcript.colors import TranscriptColors
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.transcript import Transcript

__all__ = ["Entry", "EntryKind", "Transcript", "TranscriptColors"]
