"""The transcript: the messages of a conversation as lines of the screen."""

from tui.ui.transcript.colors import TranscriptColors
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.find import FindState
from tui.ui.transcript.navigation import Landmark
from tui.ui.transcript.targets import Target, TargetKind
from tui.ui.transcript.transcript import Transcript

__all__ = [
    "Entry",
    "EntryKind",
    "FindState",
    "Landmark",
    "Target",
    "TargetKind",
    "Transcript",
    "TranscriptColors",
]
