"""What every dialog has in common: its style sheet, read when the first one opens."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A screen over the main one that is dismissed with a value."""

    # Not with the program's sheets: they are read before the first frame.
    CSS_PATH = Path(__file__).parent.parent / "styles" / "dialogs.tcss"
