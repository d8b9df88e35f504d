from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.domain.theme import COLOR_NAMES, ThemeSpec, contrast
from tui.storage.theme_files import load_themes, packaged_folder

if TYPE_CHECKING:
    from pathlib import Path

BACKGROUNDS = ("background", "surface", "raised")
TEXTS = tuple(
    name
    for name in COLOR_NAMES
    if name not in (*BACKGROUNDS, "rule", "selection", "match")
)
READABLE = 4.5
"""WCAG 2.2, level AA, for text of ordinary size."""


def shipped() -> list[ThemeSpec]:
    themes, problems = load_themes(None)
    assert problems == []
    return themes


@pytest.mark.parametrize("theme", shipped(), ids=lambda theme: str(theme.name))
def test_every_text_is_readable_wherever_it_stands(theme: ThemeSpec) -> None:
    pairs = [(text, back) for text in TEXTS for back in BACKGROUNDS]
    pairs += [
        (text, back) for text in ("foreground", "code") for back in ("selection",)
    ]
    pairs += [("foreground", "match")]
    least = 7.0 if theme.name == "high-contrast" else READABLE
    faint = {
        pair: ratio
        for pair in pairs
        if (ratio := contrast(*(getattr(theme.colors, name) for name in pair))) < least
    }
    assert faint == {}


@pytest.mark.parametrize("theme", shipped(), ids=lambda theme: str(theme.name))
def test_dark_means_dark(theme: ThemeSpec) -> None:
    assert (contrast(theme.colors.background, "#000000") < 5) == theme.dark


def test_shipped_themes_are_found_with_both_defaults() -> None:
    names = [theme.name for theme in shipped()]
    assert names[:2] == ["fortytwo-dark", "fortytwo-light"]
    assert "high-contrast" in names
    assert len(names) == len(set(names)) >= 5
    folder = packaged_folder()
    assert folder is not None
    assert {path.stem for path in folder.glob("*.toml")} == set(names)


def test_users_themes_overlay_by_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'label = "Mine"\nextends = "fortytwo-light"\n[colors]\naccent = "#112233"\n'
    )
    (tmp_path / "other.toml").write_text(
        'name = "fortytwo-dark"\n[colors]\naccent = "#445566"\n'
    )
    (tmp_path / "a-child.toml").write_text('extends = "mine"\n')
    themes, problems = load_themes(tmp_path)
    assert problems == []
    by_name = {theme.name: theme for theme in themes}
    assert by_name["mine"].label == "Mine"
    assert by_name["mine"].dark is False
    assert by_name["mine"].colors.accent == "#112233"
    light = by_name["fortytwo-light"].colors
    assert by_name["mine"].colors.background == light.background
    assert by_name["a-child"].colors == by_name["mine"].colors
    assert by_name["fortytwo-dark"].colors.accent == "#445566"
    assert themes[0].name == "fortytwo-dark"


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"[colors]\naccent = 'red'\n", 2, '"red", expected a colour'),
        (b"[colors]\naccent = 3\n", 2, "found 3"),
        (b"[colors]\nacent = '#112233'\n", 2, "did you mean “accent”"),
        (b"[colors]\naccent = '#112233'\n", 1, "colours are missing"),
        (b"extends = 'fortytwo-drak'\n", 1, "did you mean “fortytwo-dark”"),
        (b"extends = 'bad'\n", 1, "there is no theme"),
        (b"colors = 3\n", 1, "expected a table"),
        (b"dark = 'yes'\nextends = 'dusk'\n", 1, "expected true or false"),
        (b"broken", 1, "no valid TOML"),
        (b"\xff\xfe", None, "UTF-16"),
        (b"x = " + b"[" * 20_000, None, "deep"),
    ],
)
def test_broken_theme_is_a_sentence_and_the_rest_stays(
    tmp_path: Path, content: bytes, line: int | None, words: str
) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    themes, problems = load_themes(tmp_path)
    assert {theme.name for theme in themes} >= {theme.name for theme in shipped()}
    assert any(words in problem.sentence for problem in problems), problems
    if line is not None and words != "colours are missing":
        assert problems[0].line == line
    assert all(problem.file.endswith("bad.toml") for problem in problems)


def test_themes_that_extend_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extends = "b"\n')
    (tmp_path / "b.toml").write_text('extends = "a"\n')
    themes, problems = load_themes(tmp_path)
    assert problems
    assert len(themes) == len(shipped())


def test_odd_entries_are_no_crash(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere")
    themes, problems = load_themes(tmp_path)
    assert len(problems) == 2
    assert len(themes) == len(shipped())
    assert load_themes(tmp_path / "missing")[1] == []
    (tmp_path / "file").write_text("")
    assert load_themes(tmp_path / "file")[1]
