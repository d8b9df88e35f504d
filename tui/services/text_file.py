"""Saves a piece of text where the user says, and proposes how to call it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from tui.domain.errors import NotSavedError

_ENDINGS = {
    "bash": "sh",
    "c": "c",
    "c++": "cpp",
    "c#": "cs",
    "cpp": "cpp",
    "csharp": "cs",
    "css": "css",
    "csv": "csv",
    "diff": "diff",
    "fish": "fish",
    "go": "go",
    "haskell": "hs",
    "html": "html",
    "ini": "ini",
    "java": "java",
    "javascript": "js",
    "js": "js",
    "json": "json",
    "jsx": "jsx",
    "kotlin": "kt",
    "latex": "tex",
    "lua": "lua",
    "markdown": "md",
    "md": "md",
    "nix": "nix",
    "patch": "diff",
    "perl": "pl",
    "php": "php",
    "powershell": "ps1",
    "python": "py",
    "python3": "py",
    "py": "py",
    "r": "r",
    "rb": "rb",
    "rs": "rs",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "sh": "sh",
    "shell": "sh",
    "sql": "sql",
    "svg": "svg",
    "swift": "swift",
    "tex": "tex",
    "toml": "toml",
    "ts": "ts",
    "tsx": "tsx",
    "typescript": "ts",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "zig": "zig",
    "zsh": "zsh",
}
_NAMES = {"dockerfile": "Dockerfile", "makefile": "Makefile", "make": "Makefile"}


def suggested_name(stem: str, language: str) -> str:
    """Return a file name for a piece of text.

    Args:
        stem: What it is, in a word.
        language: The language that a block of code names, in any case, or "".
    """
    language = language.lower()
    if language in _NAMES:
        return _NAMES[language]
    return f"{stem}.{_ENDINGS.get(language, 'txt')}"


def save_text(
    path: str, text: str, name: str = "", *, overwrite: bool = False
) -> Path | None:
    """Write a text to a file; a last newline is added when there is none.

    Blocking: call it in a thread.

    Args:
        path: Where to, `~` is the home folder.
        text: What to write.
        name: The file's name when `path` is a folder.
        overwrite: True to replace what is there; it stays whole until all is written.

    Returns:
        The file, or None when there is one already and it may not be replaced.

    Raises:
        NotSavedError: It could not be written.
    """
    file = Path(path)
    try:
        file = file.expanduser().absolute()
        if name and file.is_dir():
            file /= name
        raw = text.encode("utf-8", "replace")
        raw += b"" if raw.endswith(b"\n") else b"\n"
        if overwrite and file.exists():
            _replace(file, raw)
            return file
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return None
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(raw)
        except OSError:
            with contextlib.suppress(OSError):
                file.unlink()
            raise
    except RuntimeError as error:  # `~name` of nobody
        raise NotSavedError(f"Not saved: {error}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotSavedError(f"Not saved: {file}: {reason}.") from error
    return file


def _replace(file: Path, raw: bytes) -> None:
    """Put other content in a file's place, a link's target and its mode kept."""
    file = file.resolve()
    mode = file.stat().st_mode & 0o777
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
