"""Actions on who answers: the endpoint, the model, streaming, and who gets the key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def model(screen: MainScreen, name: str) -> None:
    """Choose the model of the conversation."""
    from tui.ui.screens.model_picker import ModelPicker

    chat = screen.chat
    if chat.read_only:
        raise UsageError(chat.read_only)
    file, beginning, place = chat.file, screen.beginning, chat.endpoint
    chosen = name or await screen.ask(
        ModelPicker(lambda: screen.workspace.models(place), screen.around.model_name())
    )
    if not chosen:
        return
    file = file or beginning.file
    if file is None:
        chat.new = replace(chat.new, model=chosen)
    else:
        await screen.workspace.set_model(file, chosen)
    screen.around.show()


async def endpoint(screen: MainScreen, name: str) -> None:
    """Choose the server of the conversation."""
    from tui.ui.screens.picker import Choice, Picker

    chat = screen.chat
    if chat.read_only:
        raise UsageError(chat.read_only)
    settings = screen.workspace.settings
    file, beginning = chat.file, screen.beginning
    current = chat.endpoint or settings.endpoint
    chosen = name or await screen.ask(
        Picker(
            "Endpoint",
            [
                Choice(one.name, one.name, _place(one.base_url))
                for one in settings.endpoints.values()
            ],
            current=current,
        )
    )
    if not chosen or chosen == current:
        return
    if chosen not in settings.endpoints:
        known = ", ".join(settings.endpoints)
        raise UsageError(f"There is no endpoint “{chosen}”; there are: {known}.")
    named = "" if settings.endpoints[chosen].ad_hoc else chosen
    file = file or beginning.file
    if file is None:
        chat.new = replace(chat.new, endpoint=named, model="")
    else:
        await screen.workspace.set_endpoint(file, named)
    screen.around.show()
    screen.fortytwo.tell(f"“{chosen}” answers from the next prompt on.")
    # What it lists by default is the model that the header names.
    await screen.workspace.models(chosen)


def _place(base_url: str) -> str:
    """Return where a server is, without what may be secret in its address."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return ""
    return parts.netloc.rpartition("@")[2] + parts.path


async def stream(screen: MainScreen, wanted: str) -> None:
    """Let answers stream, or come whole."""
    chat = screen.chat
    if chat.read_only:
        raise UsageError(chat.read_only)
    choices = {"": not screen.around.streams(), "on": True, "off": False}
    if wanted.casefold() not in choices:
        raise UsageError("/stream on lets answers stream, /stream off does not.")
    streams = choices[wanted.casefold()]
    file = chat.file or screen.beginning.file
    if file is None:
        chat.new = replace(chat.new, stream=streams)
    else:
        await screen.workspace.set_stream(file, streams)
    screen.around.show()
    screen.fortytwo.tell(
        "Answers stream here from the next prompt on."
        if streams
        else "Answers come whole here from the next prompt on (standard mode)."
    )


async def check_way(screen: MainScreen) -> None:
    """Ask once for each host before the key goes to it unencrypted.

    Raises:
        UsageError: The user does not want that.
        StorageError: The consent can't be kept.
    """
    from tui.ui.screens.confirm import Confirm

    endpoint = screen.chat.endpoint
    host = await screen.workspace.unconfirmed_host(endpoint)
    if not host:
        return
    details = (
        f"{host} is addressed over plain http: everyone on the way there can read "
        "your key and your words. An address with https:// keeps them private.\n\n"
        f"Yes is remembered for {host}."
    )
    question = "Send your API key unencrypted?"
    if not await screen.show_dialog(Confirm(question, details, "sends it")):
        raise UsageError(
            f"Not sent: the key stays here. {host} wants an https address."
        )
    await screen.workspace.allow_plain_http(endpoint, host)


ACTIONS = {
    "chat.model": model,
    "chat.endpoint": endpoint,
    "chat.stream": stream,
}
