"""The manual is complete, and says the same as the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import tui.manual
from tui.demo import faults
from tui.demo.responses import MODELS
from tui.domain.settings import Endpoint
from tui.manual import ORDER, Page, read_pages
from tui.storage.library import Library
from tui.storage.settings_file import load_settings
from tui.storage.theme_files import load_themes
from tui.ui.keys import markdown_key_table, row

PAGES = {page.name: page for page in read_pages()}
FOLDER = Path(tui.manual.__file__).parent


def between(text: str, mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)\n<!-- /{mark} -->", text, re.DOTALL)
    assert found
    return found[1].strip()


def toml_examples(name: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGES[name].text, re.DOTALL)


def test_every_file_is_a_page() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(ORDER)


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_a_page_has_one_title_and_no_empty_section(page: Page) -> None:
    assert page.text.startswith(f"# {page.title}\n")
    prose = re.sub(r"^```.*?^```", "", page.text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    assert not re.search(r"^## .*\n+(?=## |\Z)", prose, re.MULTILINE)
    assert not re.search(r"^#{3,}", prose, re.MULTILINE)


def test_headings_are_unique() -> None:
    headings = re.findall(
        r"^## (.+)$", "\n".join(page.text for page in PAGES.values()), re.MULTILINE
    )
    assert len(headings) == len(set(headings))


def test_the_key_table_is_the_one_in_force() -> None:
    assert between(PAGES["keys"].text, "keys") == markdown_key_table().strip()


def test_example_actions_exist() -> None:
    for page in PAGES.values():
        for action in re.findall(r'^"([a-z]+\.[a-z_]+)" = \[', page.text, re.MULTILINE):
            assert row(action)


def test_the_endpoint_table_names_real_keys_and_all_of_them() -> None:
    text = PAGES["endpoints"].text
    section = text.split("## What an endpoint can have")[1].split("## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert named == set(Endpoint.__slots__) - {"name", "ad_hoc"}


@pytest.mark.parametrize(
    "name", ["configuration", "endpoints", "keys", "system-prompts"]
)
def test_example_configurations_are_read_without_a_word(
    name: str, tmp_path: Path
) -> None:
    examples = toml_examples(name)
    assert examples
    for example in examples:
        file = tmp_path / "config.toml"
        file.write_text(example, encoding="utf-8")
        assert load_settings(file, {})[1] == []


def test_the_example_theme_is_read_without_a_word(tmp_path: Path) -> None:
    setting, theme = toml_examples("themes")
    (tmp_path / "harbour.toml").write_text(theme, encoding="utf-8")
    themes, problems = load_themes(tmp_path)
    assert problems == []
    names = {spec.name for spec in themes}
    assert "harbour" in names
    assert tomllib.loads(setting)["theme"] in names


def test_the_example_conversation_is_read_without_a_word(tmp_path: Path) -> None:
    (example,) = toml_examples("files")
    library = Library(tmp_path)
    folder = tmp_path / "conversations"
    folder.mkdir(exist_ok=True)
    (folder / "example.toml").write_text(example, encoding="utf-8")
    loaded = library.load("example.toml")
    assert loaded.problems == ()
    assert loaded.read_only == ""
    assert len(loaded.conversation.path) == 2


def test_the_demo_page_names_real_models_and_faults() -> None:
    text = PAGES["demo"].text
    for model in MODELS:
        assert f"`{model.id}`" in text
    section = text.split("## Seeing what happens")[1]
    prompts = set(re.findall(r"`([a-z0-9 -]+)`", section)) - {"faults"}
    assert prompts
    assert all(faults.find_call(prompt) for prompt in prompts)
