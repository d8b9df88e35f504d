"""Finds and reads `themes/*.toml`: the packaged ones, overlaid by the user's own.

A theme of the user's may leave colours out: it gets them from the theme it
`extends`, or from the packaged one of its own name. A file that makes no theme is a
problem and is left out; the rest stays usable.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.domain.errors import MissingError, UnreadableError
from tui.domain.settings import Problem
from tui.domain.theme import COLOR_NAMES, ThemeColors, ThemeSpec, is_color
from tui.storage.reading import decode_text, read_content
from tui.storage.toml_fields import Fields, describe
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_problems import line_of_key, suggestion, syntax_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = ("name", "label", "dark", "extends", "colors")


def load_themes(user_folder: Path | None) -> tuple[list[ThemeSpec], list[Problem]]:
    """Return all themes, the defaults first, and what was wrong.

    Args:
        user_folder: The user's own themes; it need not exist.
    """
    problems: list[Problem] = []
    themes: dict[str, ThemeSpec] = {}
    for folder in (packaged_folder(), user_folder):
        drafts = _read_folder(folder, problems) if folder is not None else []
        _add_themes(themes, drafts, problems)
    ordered = sorted(themes.values(), key=_place)
    return ordered, problems


def packaged_folder() -> Path | None:
    """Return the folder of our own themes, in an installed package or a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "themes", package.parent / "themes"):
        if folder.is_dir():
            return folder
    return None


def _place(theme: ThemeSpec) -> tuple[int, str]:
    first = ("fortytwo-dark", "fortytwo-light")
    place = first.index(theme.name) if theme.name in first else len(first)
    return place, theme.label.casefold()


@dataclass(frozen=True)
class _Draft:
    """A theme file that could be read."""

    path: Path
    text: str
    name: str
    label: str
    dark: bool | None
    extends: str
    colors: Mapping[str, str]


def _read_folder(folder: Path, problems: list[Problem]) -> list[_Draft]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(Problem(error.strerror or str(error), str(folder)))
        return []
    drafts = (_read_file(path, problems) for path in paths)
    return [draft for draft in drafts if draft is not None]


def _read_file(path: Path, problems: list[Problem]) -> _Draft | None:
    try:
        text = decode_text(read_content(path)).replace("\r\n", "\n")
        values = parse_toml(text)
    except (MissingError, UnreadableError) as error:
        problems.append(syntax_problem(str(path), error.sentence))
        return None

    def complain(key: str, sentence: str) -> None:
        line = line_of_key(text, tuple(key.split(".")))
        problems.append(Problem(sentence, str(path), line, key))

    fields = Fields(values, complain)
    name = fields.text("name", path.stem).strip() or path.stem
    colors = _read_colors(fields.table("colors"), complain)
    draft = _Draft(
        path=path,
        text=text,
        name=name,
        label=fields.text("label", name),
        dark=fields.flag("dark"),
        extends=fields.text("extends"),
        colors=colors or {},
    )
    for key in fields.rest:
        if key not in _KEYS:
            complain(key, f"is not known{suggestion(key, _KEYS)}; it is ignored.")
    return None if colors is None else draft


def _read_colors(table: dict[str, Any], complain: Any) -> dict[str, str] | None:
    """Return the colours, or None when one of them is none."""
    colors: dict[str, str] = {}
    sound = True
    for name, value in table.items():
        if name not in COLOR_NAMES:
            guess = suggestion(name, COLOR_NAMES)
            complain(f"colors.{name}", f"is not known{guess}; it is ignored.")
        elif is_color(value):
            colors[name] = value
        else:
            found = describe(value)
            what = f'found {found}, expected a colour like "#1a2b3c"'
            complain(f"colors.{name}", f"{what}; the theme is left out.")
            sound = False
    return colors if sound else None


def _add_themes(
    themes: dict[str, ThemeSpec], drafts: list[_Draft], problems: list[Problem]
) -> None:
    """Add themes, those they extend first."""
    packaged = dict(themes)
    waiting = list(drafts)
    while waiting:
        ready = [one for one in waiting if _base_name(one, waiting) is None]
        for draft in ready or waiting:
            spec = _finish(draft, themes, packaged, problems)
            if spec is not None:
                themes[spec.name] = spec
        waiting = [one for one in waiting if one not in ready] if ready else []


def _base_name(draft: _Draft, waiting: list[_Draft]) -> str | None:
    """Return the name of the waiting theme that this one needs first, or None."""
    names = {one.name for one in waiting if one is not draft}
    needs = draft.extends if draft.extends != draft.name else ""
    return needs if needs in names else None


def _finish(
    draft: _Draft,
    themes: Mapping[str, ThemeSpec],
    packaged: Mapping[str, ThemeSpec],
    problems: list[Problem],
) -> ThemeSpec | None:
    name = draft.extends or draft.name
    base = packaged.get(name) if name == draft.name else themes.get(name)
    if draft.extends and base is None:
        guess = suggestion(draft.extends, themes)
        sentence = f"there is no theme {describe(draft.extends)}{guess}; "
        line = line_of_key(draft.text, ("extends",))
        sentence += "the theme is left out."
        problems.append(Problem(sentence, str(draft.path), line, "extends"))
        return None
    missing = [color for color in COLOR_NAMES if color not in draft.colors]
    if base is None and missing:
        shown = ", ".join(missing[:4]) + (", …" if len(missing) > 4 else "")
        sentence = (
            f"these colours are missing: {shown}; add them or "
            'extends = "fortytwo-dark"; the theme is left out.'
        )
        line = line_of_key(draft.text, ("colors",))
        problems.append(Problem(sentence, str(draft.path), line, "colors"))
        return None
    colors = {
        color: draft.colors.get(color) or getattr(base.colors if base else None, color)
        for color in COLOR_NAMES
    }
    dark = draft.dark
    if dark is None:
        dark = base.dark if base else True
    return ThemeSpec(draft.name, draft.label, dark, ThemeColors(**colors))
