"""Where the program keeps its files. Asking creates nothing.

Source: XDG Base Directory Specification 0.8; other systems by `platformdirs`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "fortytwo"


@dataclass(frozen=True, slots=True)
class Locations:
    """Folders and files of one user.

    Attributes:
        data: The library: conversations, trash, journal.
        config_file: The settings.
        cache: What can be rebuilt: the index.
        state: Drafts and logs.
        themes: The user's own themes.
    """

    data: Path
    config_file: Path
    cache: Path
    state: Path
    themes: Path

    @property
    def drafts_file(self) -> Path:
        """Where unsent text is kept."""
        return self.state / "drafts.toml"

    def key_file(self, endpoint: str) -> Path:
        """Where the stored API key of an endpoint is kept."""
        return stored_key_file(self.config_file, endpoint)

    def for_demo(self) -> Locations:
        """Return the places of the demo: a library of its own, the same settings."""
        return replace(
            self,
            data=self.data / "demo",
            state=self.state / "demo",
            cache=self.cache / "demo",
        )


def stored_key_file(config_file: Path, endpoint: str) -> Path:
    """Return where the stored API key of an endpoint is kept: beside the settings."""
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_"
        for letter in endpoint
    )
    if safe != endpoint:
        safe += f"-{zlib.crc32(endpoint.encode('utf-8', 'replace')):08x}"
    return config_file.parent / "keys" / f"{safe}.key"


def find_locations(
    environ: Mapping[str, str],
    data_dir: Path | None = None,
    config: Path | None = None,
) -> Locations:
    """Return where everything is.

    Args:
        environ: The environment; `XDG_*_HOME` count when they are absolute.
        data_dir: A data folder of the user's choice. Drafts and cache then live in it
            too, because they belong to its conversations.
        config: A settings file of the user's choice.
    """
    import platformdirs

    dirs = platformdirs.PlatformDirs(APP, appauthor=False)

    def folder(variable: str, default: Path) -> Path:
        chosen = environ.get(variable, "").strip()
        return Path(chosen) / APP if Path(chosen).is_absolute() else default

    if data_dir is None:
        data = folder("XDG_DATA_HOME", dirs.user_data_path)
        cache = folder("XDG_CACHE_HOME", dirs.user_cache_path)
        state = folder("XDG_STATE_HOME", dirs.user_state_path)
    else:
        data = data_dir.expanduser().absolute()
        cache, state = data / "cache", data / "state"
    if config is None:
        config_file = folder("XDG_CONFIG_HOME", dirs.user_config_path) / "config.toml"
    else:
        config_file = config.expanduser().absolute()
    return Locations(data, config_file, cache, state, config_file.parent / "themes")
