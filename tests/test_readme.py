"""The README says the same as the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui.domain.settings import Endpoint, Settings
from tui.storage.settings_file import load_settings
from tui.ui.keys import markdown_key_table, row

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "command",
    ["pip install . && fortytwo --demo", "pip install -e '.[dev]' && pytest"],
)
def test_the_two_commands_are_lines_of_their_own(command: str) -> None:
    assert f"\n{command}\n" in README


def test_the_key_table_is_the_one_in_force() -> None:
    assert between("keys") == markdown_key_table()


def test_the_settings_table_names_every_setting() -> None:
    cells = re.findall(r"^\| (`.*?) \|", between("settings"), re.MULTILINE)
    named = {re.findall(r"\w+", cell)[0] for cell in cells} - {"compose"}
    named |= {"enter"} & {word for cell in cells for word in re.findall(r"\w+", cell)}
    assert named == set(Settings.__slots__)


def test_every_key_of_an_endpoint_is_named() -> None:
    section = README.split("## Endpoints")[1].split("## ")[0]
    for name in set(Endpoint.__slots__) - {"name", "ad_hoc"}:
        assert name in section


def test_the_example_configurations_are_read_without_a_word(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "config.toml"
        file.write_text(example, encoding="utf-8")
        assert load_settings(file, {})[1] == []


def test_example_actions_exist() -> None:
    actions = re.findall(r'^"([a-z_.]+)" = \[', README, re.MULTILINE)
    assert actions
    for action in actions:
        assert row(action)


def test_what_the_readme_points_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for folder in re.findall(r"`(tui/\w+)`", README):
        assert (ROOT / folder).is_dir(), folder
