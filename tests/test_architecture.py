"""What holds for the whole tree, checked by reading it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "tui").rglob("*.py"))
SAYS_NOTHING = {
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "base",
    "manager",
    "misc",
}


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_help_loads_neither_textual_nor_an_http_client() -> None:
    loaded = loaded_after(
        "import tui.cli\ntry: tui.cli.main(['--help'])\nexcept SystemExit: pass"
    )
    assert not loaded & {"textual", "rich", "httpx", "pygments", "asyncio", "h11"}


def test_the_app_loads_no_http_client_and_no_parsers_before_it_runs() -> None:
    loaded = loaded_after("import tui.ui.app, tui.services.workspace, tui.cli.chat")
    assert not loaded & {"httpx", "httpx_sse", "pygments", "markdown_it", "h11"}
    assert not loaded & {
        "tui.storage.library",
        "tui.storage.decoding",
        "tui.storage.disk",
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_has_a_name_that_says_something(path: Path) -> None:
    assert path.stem not in SAYS_NOTHING


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    target = call.func
    return (
        target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    )


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if "ui" in path.parts],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_foreign_text_is_parsed_as_markup(path: Path) -> None:
    for call in calls(ast.parse(path.read_text())):
        name = name_of(call)
        if name not in {"Static", "Label", "Button", "OptionList", "notify"}:
            continue
        literal = not call.args or isinstance(call.args[0], ast.Constant)
        if literal and name != "OptionList":
            continue
        markup_off = any(
            keyword.arg == "markup"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is False
            for keyword in call.keywords
        )
        plain = (
            bool(call.args)
            and isinstance(call.args[0], ast.Call)
            and name_of(call.args[0])
            in {
                "Content",
                "plain",
                "plain_content",
                "assemble",
            }
        )
        assert markup_off or plain, f"{path}:{call.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_banned_is_nowhere(path: Path) -> None:
    text = path.read_text()
    for banned in (
        r"follow_redirects\s*=\s*True",
        r"show_locals\s*=\s*True",
        r"multiline_strings\s*=\s*True",
        r"except Exception:\s*(pass|\.\.\.)",
        r"suppress\((Base)?Exception\)",
        r"type: ignore(?!\[)",
    ):
        assert not re.search(banned, text), banned


def test_every_message_class_has_a_handler() -> None:
    text = {path: path.read_text() for path in SOURCES if "ui" in path.parts}
    everything = "\n".join(text.values())
    for path, source in text.items():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.ClassDef):
                continue
            if not any(
                isinstance(base, ast.Name) and base.id == "Message"
                for base in node.bases
            ):
                continue
            snake = re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()
            handled = f"_{snake}(" in everything or f".{node.name})" in everything
            handled = handled or f"on({node.name})" in everything
            assert handled, f"{path}: nobody handles {node.name}"
