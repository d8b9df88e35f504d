"""The dialog that stands in place of an error when there is no key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.errors import FortytwoError, RequestError
from tui.domain.failure import FailureKind
from tui.domain.network_location import network_location
from tui.domain.settings import Endpoint
from tui.ui.screens.dialog import Dialog
from tui.ui.text import foreign_text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp

TRY_DEMO = "demo"
"""What the dialog returns when the user wants to try the demo."""

LOCAL_URL = "http://localhost:11434/v1"
_CHOICES = (
    ("key", "Enter a key"),
    ("server", "Use a server of your own: Ollama, llama.cpp, vLLM, LM Studio …"),
    (TRY_DEMO, "Try the demo first: no key, no network"),
)


_KEY_STORED = "It is checked, then stored in a file that only you can read."

NO_CONNECTION = frozenset(
    {
        FailureKind.CONNECTION,
        FailureKind.DNS,
        FailureKind.TLS,
        FailureKind.PROXY,
        FailureKind.SILENCE,
        FailureKind.GATEWAY_TIMEOUT,
        FailureKind.SERVER,
    }
)
"""Failures of a check that say nothing about what was entered."""


class Setup(Dialog[str | None]):
    """Returns a sentence about what was set up, `TRY_DEMO`, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False)
    ]

    options = getters.query_one(OptionList)
    field = getters.query_one(Input)
    message = getters.query_one("#setup-message", Static)

    def __init__(self, workspace: Workspace) -> None:
        """Make it.

        Args:
            workspace: Tries and stores what is entered.
        """
        super().__init__()
        self._workspace = workspace
        self._address = ""
        self._checking: asyncio.Task[None] | None = None
        self._unchecked = ""
        """What could not be checked for want of a connection; entered once more, it
        is taken as it is."""

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            yield Static("Set up", classes="dialog-title", markup=False)
            yield OptionList(
                *(Option(text, id=name) for name, text in _CHOICES),
                markup=False,
                compact=True,
            )
            yield Input(compact=True)
            yield Static("", id="setup-message", markup=False)
            yield Static(
                "Enter goes on · Esc goes back", classes="dialog-hint", markup=False
            )

    def on_mount(self) -> None:
        """Ask first what is wanted."""
        settings = self._workspace.settings
        place = settings.endpoints[settings.endpoint].base_url
        needs_key = self._workspace.needs_setup()
        self._say(f"Answers come from {place}{', which needs a key' * needs_key}.")
        self.field.display = False
        self.options.highlighted = 0
        self.options.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        wanted = message.option.id or ""
        if wanted == TRY_DEMO:
            self.dismiss(TRY_DEMO)
            return
        self._address = self._unchecked = ""
        if wanted == "key":
            self._ask_key(_KEY_STORED)
            return
        self.field.password = False
        self.field.value = self.field.placeholder = LOCAL_URL
        self.field.display = True
        self.field.focus()
        self._say("The address above /chat/completions; it usually ends in /v1.")

    def _ask_key(self, sentence: str) -> None:
        self.field.password = True
        self.field.value = ""
        self.field.placeholder = "Paste the key"
        self.field.display = True
        self.field.focus()
        self._say(sentence)

    @on(Input.Submitted)
    def _check(self, message: Input.Submitted) -> None:
        message.stop()
        text = message.value.strip()
        if text and (self._checking is None or self._checking.done()):
            check = text != self._unchecked
            self._checking = asyncio.create_task(self._try(text, check=check))

    def _end_check(self) -> None:
        if self._checking is not None:
            self._checking.cancel()

    def on_unmount(self) -> None:
        """Check and store no longer."""
        self._end_check()

    async def _try(self, text: str, *, check: bool) -> None:
        self._say("Checking …" if check else "Storing …")
        self._unchecked = ""
        try:
            if self._address:
                done = await self._use_server(self._address, text, check=check)
            elif self.field.password:
                done = await self._use_key(text, check=check)
            else:
                done = await self._use_server(_with_scheme(text), check=check)
        except FortytwoError as error:
            if self.is_attached:
                self._tell(error, text)
            return
        except Exception as error:  # noqa: BLE001 - a sentence, whatever it is
            cast("FortytwoApp", self.app).tell_error(error)
            return
        if self.is_attached:
            self.dismiss(done)

    async def _use_key(self, key: str, *, check: bool) -> str:
        settings = self._workspace.settings
        endpoint = settings.endpoints[settings.endpoint]
        models = await self._check_endpoint(endpoint, key) if check else None
        path = await self._workspace.store_key(endpoint.name, key)
        if models is None:
            place = network_location(endpoint.base_url)
            return f"The key is in {path}. Not checked: no connection to {place}."
        return f"The key works ({models}) and is stored in {path}."

    async def _use_server(self, address: str, key: str = "", *, check: bool) -> str:
        endpoint = Endpoint(name=network_location(address), base_url=address)
        models = await self._check_endpoint(endpoint, key) if check else None
        path = await self._workspace.add_server(address, key)
        if models is None:
            return (
                f"It is in {path} now. Not checked: no connection to {endpoint.name}."
            )
        return f"The server answers ({models}); it is in {path} now."

    async def _check_endpoint(self, endpoint: Endpoint, key: str) -> str:
        """Ask for the models; returns how many there are, in words."""
        count = len(await self._workspace.check_endpoint(endpoint, key))
        return "1 model" if count == 1 else f"{count} models"

    def _tell(self, error: FortytwoError, text: str) -> None:
        """Say what went wrong; when the server wants a key, ask for it."""
        kind = error.failure.kind if isinstance(error, RequestError) else None
        if kind in NO_CONNECTION:
            self._unchecked = text
            what = "key" if self.field.password else "address"
            offer = f"Enter again keeps the {what} unchecked."
            self._say(f"{error.sentence}\n{offer}", wrong=True)
        elif kind is FailureKind.KEY and not self.field.password:
            self._address = _with_scheme(text)
            place = network_location(self._address)
            self._ask_key(f"{place} wants a key. {_KEY_STORED}")
        else:
            self._say(error.sentence, wrong=True)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.message.update(foreign_text(sentence))
        self.message.set_class(wrong, "-wrong")

    def action_back(self) -> None:
        """Go back to the choice, or leave without a change."""
        if self.field.display:
            # What is still being checked would be stored, or told of, too late.
            self._end_check()
            self.field.value = ""
            self.field.display = False
            self._say("")
            self.options.focus()
        else:
            self.dismiss(None)


def _with_scheme(text: str) -> str:
    return (text if "://" in text else f"http://{text}").rstrip("/")
