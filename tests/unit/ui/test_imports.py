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
import tui.cli.chat
from tests.support.desk import places_below
from tui.services.workspace import Workspace
from tui.storage.settings_file import load_settings
from tui.storage.theme_files import load_themes
from tui.ui.app import FortytwoApp

class Probe(FortytwoApp):
    def begin(self) -> None:
        slow = ["httpx", "httpx_sse", "pygments", "markdown_it", "hashlib", "tomli_w"]
        self.exit(",".join(name for name in slow if name in sys.modules))

places = places_below(Path(sys.argv[1]))
places.config_file.parent.mkdir(parents=True)
places.config_file.write_text('endpoint = "fortytwo"')
settings, _ = load_settings(places.config_file, {})
themes, _ = load_themes(places.themes)
app = Probe(Workspace(settings, places, {}), themes)
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
