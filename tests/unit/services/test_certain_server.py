"""Which wrong values leave open where words go, and which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.services.certain_server import find_doubt
from tui.storage.settings_file import load_settings

if TYPE_CHECKING:
    from pathlib import Path

MINE = '[endpoints.mine]\nbase_url = "http://127.0.0.1:1/v1"\n'
OTHER = '[endpoints.other]\nbase_url = "http://127.0.0.1:2/v1"\n'


def doubt(folder: Path, config: str, endpoint: str = "") -> str | None:
    path = folder / "config.toml"
    path.write_text(config)
    settings, problems = load_settings(path, {})
    found = find_doubt(problems, settings, endpoint)
    return None if found is None else f"{found.line} {found.key}"


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (f'{MINE}model = "m\n', "3 "),
        (f'endpoint = "mime"\n{MINE}', "1 endpoint"),
        (f"endpoint = 7\n{MINE}", "1 endpoint"),
        (f'endpiont = "other"\n{MINE}{OTHER}', "1 endpiont"),
        ('[endpoint.mine]\nbase_url = "http://127.0.0.1:1/v1"\n', "1 endpoint"),
        ('[endpionts.mine]\nbase_url = "http://127.0.0.1:1/v1"\n', "1 endpionts"),
        (f"[endpoints.first]\nconcurrency = 2\n{MINE}", "1 endpoint"),
        (
            '[endpoints.fortytwo]\nbase_ulr = "http://a/v1"\n',
            "2 endpoints.fortytwo.base_ulr",
        ),
        ("[endpoints.fortytwo]\nbase_url = 7\n", "2 endpoints.fortytwo.base_url"),
        (f"{MINE}proxy = 7\n", "3 endpoints.mine.proxy"),
        ("[endpoints]\nfortytwo = 7\n", "2 endpoints.fortytwo"),
    ],
)
def test_in_doubt(tmp_path: Path, config: str, place: str) -> None:
    assert doubt(tmp_path, config) == place


@pytest.mark.parametrize(
    ("config", "endpoint"),
    [
        (MINE, ""),
        (f"theme = 7\n[keys]\nnothing = 1\n{MINE}", ""),
        (f'{MINE}timeout = "x"\ntiemout = 7\napi_key = "x"\n', ""),
        (f"{MINE}{OTHER}proxy = 7\n", ""),
        (f'endpoint = "mine"\n[endpoints.first]\nstream = true\n{MINE}', ""),
        (f'endpoint = "mime"\n{MINE}', "mine"),
    ],
)
def test_not_in_doubt(tmp_path: Path, config: str, endpoint: str) -> None:
    assert doubt(tmp_path, config, endpoint) is None
