"""The dialog that stands in place of an error when there is no key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.errors import FortytwoError
from tui.domain.settings import Endpoint
from tui.ui.screens.dialog import Dialog
from tui.ui.text import foreign_text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp

TRY_DEMO = "demo"
"""What the dialog returns when the user wants to try the demo."""

LOCAL = "local"
LOCAL_URL = "http://localhost:11434/v1"
_CHOICES = (
    ("key", "Enter a key"),
    ("server", "Use a server of your own: Ollama, llama.cpp, vLLM, LM Studio …"),
    (TRY_DEMO, "Try the demo first: no key, no network"),
)


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
        self._wanted = ""

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
        endpoint = settings.endpoints[settings.endpoint]
        self._say(f"Answers come from {endpoint.base_url}, which needs a key.")
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
        self._wanted = wanted
        self.field.password = wanted == "key"
        self.field.value = "" if wanted == "key" else LOCAL_URL
        self.field.placeholder = "Paste the key" if wanted == "key" else LOCAL_URL
        self.field.display = True
        self.field.focus()
        self._say(
            "It is checked, then stored in a file that only you can read."
            if wanted == "key"
            else "The address above /chat/completions; it usually ends in /v1."
        )

    @on(Input.Submitted)
    def _check(self, message: Input.Submitted) -> None:
        message.stop()
        if message.value.strip():
            cast("FortytwoApp", self.app).main.work(self._try(message.value.strip()))

    async def _try(self, text: str) -> None:
        self._say("Checking …")
        try:
            done = await (
                self._use_key(text) if self._wanted == "key" else self._use_server(text)
            )
        except FortytwoError as error:
            if self.is_attached:
                self._say(error.sentence, wrong=True)
            return
        if self.is_attached:
            self.dismiss(done)

    async def _use_key(self, key: str) -> str:
        settings = self._workspace.settings
        endpoint = settings.endpoints[settings.endpoint]
        models = await self._workspace.check_endpoint(endpoint, key)
        path = await self._workspace.store_key(endpoint.name, key)
        return f"The key works ({_count(len(models))}) and is stored in {path}."

    async def _use_server(self, text: str) -> str:
        address = text if "://" in text else f"http://{text}"
        endpoint = Endpoint(name=LOCAL, base_url=address.rstrip("/"))
        models = await self._workspace.check_endpoint(endpoint, "")
        path = await self._workspace.store_endpoint(endpoint)
        return f"The server answers ({_count(len(models))}); it is in {path} now."

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.message.update(foreign_text(sentence))
        self.message.set_class(wrong, "-wrong")

    def action_back(self) -> None:
        """Go back to the choice, or leave without a change."""
        if self.field.display:
            self.field.value = ""
            self.field.display = False
            self._say("")
            self.options.focus()
        else:
            self.dismiss(None)


def _count(models: int) -> str:
    return "1 model" if models == 1 else f"{models} models"
