from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import tui.ui
from tests.support.desk import settings_for
from tests.unit.ui.program import NOWHERE, running_program
from tui.domain.theme import COLOR_NAMES, contrast
from tui.storage.theme_files import load_themes
from tui.ui.theming import FALLBACK, choose_theme, css_variables, textual_theme

STYLES = sorted((Path(tui.ui.__file__).parent / "styles").glob("*.tcss"))
THEMES = load_themes(None)[0]


@pytest.mark.parametrize("sheet", STYLES, ids=lambda path: path.name)
def test_colours_come_from_our_variables_only(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![-\w]*\s*[{,&.])", text)
    for name in re.findall(r"\$([\w-]+)", text):
        assert name in COLOR_NAMES, name


@pytest.mark.parametrize("spec", [*THEMES, FALLBACK], ids=lambda spec: spec.name)
def test_no_colour_of_textuals_own_shows_through(spec: object) -> None:
    assert spec in [*THEMES, FALLBACK]
    colors = next(theme for theme in [*THEMES, FALLBACK] if theme == spec).colors
    ours = set(asdict(colors).values()) | {"bold"}
    assert set(css_variables(colors).values()) <= ours
    theme = textual_theme(next(t for t in [*THEMES, FALLBACK] if t == spec))
    assert theme.primary == colors.accent


def test_the_fallback_can_be_read() -> None:
    colors = FALLBACK.colors
    for ground in (colors.background, colors.surface, colors.raised):
        assert contrast(colors.foreground, ground) >= 4.5
    for name in ("muted", "accent", "user", "assistant", "warning", "error"):
        assert contrast(getattr(colors, name), colors.background) >= 4.5


def test_a_missing_theme_gives_another_one_and_a_sentence() -> None:
    chosen, sentence = choose_theme(THEMES, "none")
    assert chosen == THEMES[0]
    assert "“none”" in sentence
    assert choose_theme([], "none")[0] is FALLBACK
    assert choose_theme(THEMES, THEMES[1].name) == (THEMES[1], "")


@pytest.mark.parametrize("spec", THEMES, ids=lambda spec: spec.name)
async def test_every_theme_paints_the_screen(spec: object, tmp_path: Path) -> None:
    theme = next(theme for theme in THEMES if theme == spec)
    settings = replace(settings_for(NOWHERE), theme=theme.name)
    async with running_program(tmp_path, settings=settings) as program:
        background = program.main.styles.background.hex.lower()
        assert background == theme.colors.background.lower()


async def test_without_colours_it_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running_program(tmp_path) as program:
        await program.shows("Ask something and press Enter.")
        await program.press("ctrl+p")
        await program.shows("Commands")
