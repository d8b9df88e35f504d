"""What the first frame costs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from tests.support.desk import places_below, settings_for
from tui.services.workspace import Workspace
from tui.ui.app import FortytwoApp

class Probe(FortytwoApp):
    def begin(self) -> None:
        slow = ["httpx", "httpx_sse", "pygments", "markdown_it"]
        self.exit(",".join(name for name in slow if name in sys.modules))

settings = settings_for("http://127.0.0.1:9/v1")
app = Probe(Workspace(settings, places_below(Path(sys.argv[1])), {}), [])
print(repr(app.run(headless=True, size=(120, 40))))
"""


def test_nothing_slow_is_imported_before_the_first_frame(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip().endswith("''")
