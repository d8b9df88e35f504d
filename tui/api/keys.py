"""Reads the API key of an endpoint and checks that it can be sent."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tui.api.redaction import Key
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.settings import DEFAULT_ENDPOINT
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.domain.settings import Endpoint

COMMAND_TIMEOUT = 30.0
"""Seconds the key's command may take; a password manager may ask for a passphrase."""

LONGEST_KEY = 8192
"""Characters; servers refuse headers beyond 8 to 16 KB."""

_SENDABLE = re.compile(r"[\x21-\x7e]+")


def read_key(endpoint: Endpoint, environ: Mapping[str, str]) -> Key:
    """Return the key of an endpoint; blocks while its command runs.

    The environment variable wins over the command, the command over the file.

    Args:
        endpoint: Says where the key is.
        environ: The environment to look into.

    Returns:
        The key, or "" when the endpoint names no place for one.

    Raises:
        RequestError: The key is missing, can't be read or can't be sent.
    """
    if endpoint.api_key_env:
        text = environ.get(endpoint.api_key_env, "")
        if text.strip():
            return check_key(text, endpoint.api_key_env)
    if endpoint.api_key_command:
        text = _run(endpoint, environ)
        if text.strip():
            first_line = text.strip().splitlines()[0]
            return check_key(first_line, "the output of api_key_command")
    if endpoint.api_key_file:
        text = _read(endpoint.api_key_file)
        if text.strip():
            return check_key(text, endpoint.api_key_file)
    if not (endpoint.api_key_env or endpoint.api_key_command or endpoint.api_key_file):
        return Key()
    raise _refuse(
        f"No API key for “{visible_line(endpoint.name)}”: "
        f"{_missing(endpoint)}. Set it; in the app, /setup asks for one."
    )


def check_key(text: str, source: str) -> Key:
    """Return a pasted or stored key as it will be sent.

    Blanks around it, quotes around it and a leading "Bearer" are removed.

    Args:
        text: The key as it was found.
        source: Where it was found, for the sentence.

    Raises:
        RequestError: It holds characters that no HTTP header can carry.
    """
    place = f" in {visible_line(source)}" if source else ""
    key = text.strip().strip("\ufeff").strip()
    if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'":
        key = key[1:-1].strip()
    if key.lower().startswith("bearer "):
        key = key[7:].strip()
    if len(key) > LONGEST_KEY:
        raise _refuse(f"The API key{place} is too long to be a key.")
    if key and not _SENDABLE.fullmatch(key):
        raise _refuse(
            f"The API key{place} contains characters that cannot be sent"
            " (a blank, a line break or a letter outside ASCII). Copy it again."
        )
    return Key(key, visible_line(source))


def _missing(endpoint: Endpoint) -> str:
    places = []
    if endpoint.api_key_env:
        places.append(f"{visible_line(endpoint.api_key_env)} is not set")
    if endpoint.api_key_command:
        places.append("its api_key_command prints nothing")
    if endpoint.api_key_file:
        places.append(f"{visible_line(endpoint.api_key_file)} holds none")
    return " and ".join(places)


def _run(endpoint: Endpoint, environ: Mapping[str, str]) -> str:
    name = visible_line(endpoint.name)
    private = {DEFAULT_ENDPOINT.api_key_env, endpoint.api_key_env}
    try:
        # The user's own configuration names the command, as a shell line.
        done = subprocess.run(
            endpoint.api_key_command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT,
            check=False,
            # A password manager has no use for another server's key.
            env={name: environ[name] for name in environ if name not in private},
        )
    except subprocess.TimeoutExpired:
        raise _refuse(
            f"The api_key_command of “{name}” took longer than "
            f"{COMMAND_TIMEOUT:.0f} s; run it in a shell to see why."
        ) from None
    except (OSError, ValueError):
        raise _refuse(
            f"The api_key_command of “{name}” can't be started; "
            "run it in a shell to see why."
        ) from None
    if done.returncode != 0:
        raise _refuse(
            f"The api_key_command of “{name}” failed (exit code {done.returncode}); "
            "run it in a shell to see why."
        )
    return done.stdout.decode("utf-8", "replace")


def _read(file: str) -> str:
    path = Path(file).expanduser()
    try:
        with path.open("rb") as opened:
            return opened.read(LONGEST_KEY * 2).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "bad path"
        raise _refuse(
            f"The API key file {visible_line(file)} can't be read "
            f"({reason}); check its path and permissions."
        ) from None


def _refuse(sentence: str) -> RequestError:
    return RequestError(Failure(FailureKind.KEY, sentence))
