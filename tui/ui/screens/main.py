"""The main screen: list, header, transcript, composer, status line.

The one place where actions begin; events come in by its `EventRouter`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events, getters, on
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tui.services.workspace import NewConversation
from tui.ui.actions import ACTIONS
from tui.ui.actions.opening import open_file
from tui.ui.actions.sending import Beginning, Drafts, submit
from tui.ui.around_chat import AroundChat
from tui.ui.bindings import bindings_of
from tui.ui.entries import EntryMaker
from tui.ui.keys import Place, hint, row, rows_with
from tui.ui.screens.event_router import EventRouter
from tui.ui.screens.welcome import EndMarker, TooSmall, Welcome
from tui.ui.shown_chat import ShownChat
from tui.ui.transcript import Transcript
from tui.ui.widgets.chat_header import ChatHeader
from tui.ui.widgets.composer import Composer
from tui.ui.widgets.conversation_list import ConversationList
from tui.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.domain.theme import ThemeColors
    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp
    from tui.ui.keys import KeyRow
    from tui.ui.screens.find_bar import FindBar


Value = TypeVar("Value")


SMALLEST = (40, 12)
"""Columns and rows from which on something is shown."""


class MainScreen(Screen[object]):
    """Everything that is seen while no dialog is open."""

    AUTO_FOCUS = "Composer"
    """What the cursor is in at the start, and whenever nothing else has it."""
    BINDINGS: ClassVar[list[BindingType]] = [
        # Who steps from match to match by Enter goes on so in nav mode.
        Binding("enter", "step_match", "Next match", show=False),
        *bindings_of(Place.MAIN, Place.TRANSCRIPT),
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own name and type
        (0, "-too-narrow"),
        (SMALLEST[0], "-narrow"),
        (90, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own name and type
        (0, "-too-low"),
        (SMALLEST[1], "-low"),
        (20, "-high"),
    ]

    conversations = getters.query_one(ConversationList)
    header = getters.query_one(ChatHeader)
    transcript = getters.query_one(Transcript)
    composer = getters.query_one(Composer)
    status = getters.query_one(StatusLine)
    welcome = getters.query_one(Welcome)
    end_marker = getters.query_one(EndMarker)

    def __init__(
        self,
        workspace: Workspace,
        rows: Sequence[KeyRow],
        now: Callable[[], datetime],
        *,
        demo: bool,
    ) -> None:
        """Make it.

        Args:
            workspace: The services.
            rows: The table of keys in force.
            now: The time of day (aware).
            demo: True when the embedded server answers.
        """
        # What most windows are. Where it is true, the first frame is the last one:
        # no style is looked at again once the size is known.
        super().__init__(classes="-wide -high")
        self.workspace = workspace
        self.rows = rows
        self.escaped_at = 0.0
        """When Esc was pressed last: the monotonic clock, in seconds."""
        self._now = now
        self._demo = demo
        self.router = EventRouter(self)
        self.drafts = Drafts(workspace)
        self.opening: str | None = None
        """The conversation that is being opened."""
        self._small = False
        self._wrote = False
        self.last_command = ""
        """The command that something was piped to last."""
        self.acting = 0
        """How many actions that keys began have not ended yet."""
        self.find_bar: FindBar | None = None
        """The line to search by, once it was opened."""

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield ConversationList(clock=lambda: self._now().astimezone())
        with Vertical(id="chat"):
            yield ChatHeader()
            with Container(id="reading"):
                yield Transcript()
                yield Welcome(self.rows, demo=self._demo)
                yield EndMarker()
            with Vertical(id="writing"):
                settings = self.workspace.settings
                yield Composer(enter=settings.enter, private=settings.private_names)
                yield StatusLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show an empty conversation, ready to be typed into."""
        maker = EntryMaker(lambda: self._now().astimezone().date(), self.rows)
        self.chat = ShownChat(self.transcript, self.router.live, maker, self.work)
        user_keys = self.workspace.settings.keys
        self.composer.newline_keys = row("chat.newline", rows_with(user_keys)).keys
        self.around = AroundChat(self)
        formats = hint("read.formatted", self.rows)
        self.transcript.reading.plain_hint = f"{formats} formats it" if formats else ""
        self.begin_new()
        self.chat.show_new()
        self.around.show()
        self.use_colors(self.fortytwo.theme_spec.colors)
        # Paint first; everything slow begins after the first frame.
        self.call_after_refresh(self.fortytwo.painted)

    @property
    def private_names(self) -> frozenset[str]:
        """The environment variables that no other program gets to see."""
        return self.workspace.settings.private_names

    @property
    def fortytwo(self) -> FortytwoApp:
        """The app, by its own type."""
        return cast("FortytwoApp", self.app)

    def use_colors(self, colors: ThemeColors) -> None:
        """Take the colours of another theme."""
        self.transcript.use_colors(colors)

    # Actions

    def action_run(self, action_id: str) -> None:
        """Run an action of the table of keys."""
        self.start(action_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pass a key on when its action makes no sense where the focus is."""
        if action == "step_match":
            return self.searching and self.transcript.has_focus
        if action != "run":
            return super().check_action(action, parameters)
        action_id = str(parameters[0])
        if action_id in ("find.next", "find.previous"):
            return self.searching
        if row(action_id).place is Place.TRANSCRIPT:
            return self.transcript.has_focus
        if action_id in ("read.page_up", "read.page_down"):
            return not self.conversations.has_focus
        return True

    def action_step_match(self) -> None:
        """Go to the next match."""
        self.start("find.next")

    def start(self, action_id: str, argument: str = "") -> None:
        """Run an action without waiting for it."""
        self._act(self.perform(action_id, argument))

    def _act(self, doing: Coroutine[object, object, None]) -> None:
        """Do what a key asks for; the keys behind it wait a little for its end."""

        async def act() -> None:
            try:
                await doing
            finally:
                self.acting -= 1

        self.acting += 1
        self.work(act())

    async def perform(self, action_id: str, argument: str = "") -> None:
        """Run an action of the table. Raises what the action raises."""
        done = ACTIONS[action_id](self, argument)
        if inspect.isawaitable(done):
            await done

    def work(self, doing: Coroutine[object, object, None]) -> None:
        """Do something without waiting; what goes wrong becomes a sentence."""

        async def do() -> None:
            try:
                await doing
            except Exception as error:  # noqa: BLE001 - nothing here ends the program
                self.fortytwo.tell_error(error)

        self.run_worker(do(), group="actions", exit_on_error=False)

    def begin_new(self) -> None:
        """Note that prompts without a file begin another conversation from here on.

        What was chosen for a first prompt that is on its way goes along with it.
        """
        if self.composer.on_its_way or self.drafts.on_their_way(None):
            self.beginning.new, self.chat.new = self.chat.new, NewConversation()
        self.composer.occasion = Beginning()

    @property
    def beginning(self) -> Beginning:
        """The new conversation that prompts without a file belong to."""
        return cast("Beginning", self.composer.occasion)

    async def ask(self, dialog: Screen[str | None]) -> str | None:
        """Show a dialog and return its words; None while another one is open."""
        return await self.show_dialog(dialog)

    async def show_dialog(self, dialog: Screen[Value]) -> Value | None:
        """Show a dialog and return its value; None while another one is open."""
        if self.app.screen is not self:
            return None
        return await self.app.push_screen_wait(dialog)

    @property
    def answering_file(self) -> str | None:
        """The conversation whose answer a key stops: the shown one.

        After a first prompt there is none for a moment, but the one being opened.
        """
        return self.chat.file or self.opening

    def target(self) -> str | None:
        """Return the message that an action is meant for: under the cursor, or last.

        Who has scrolled away from the cursor means what is seen; it is marked.
        """
        entry = self.target_entry()
        return entry if self.chat.holds(entry) else self.chat.last

    def target_entry(self) -> str | None:
        """Return what `target` does, be it a message or the system prompt."""
        entry = self.transcript.take_target() if self.transcript.has_focus else None
        return entry or self.chat.last

    # Finding

    @property
    def finding(self) -> bool:
        """True while the line to search by is open."""
        return self.find_bar is not None and self.find_bar.display

    @property
    def searching(self) -> bool:
        """True while something is searched for, and its next match can be gone to."""
        return self.find_bar is not None and self.find_bar.searching

    def name_keys(self) -> None:
        """Say which keys help where the focus is, outside of the fields."""
        if self.composer.has_focus:
            self.status.mode = "type"
        else:
            self.status.mode = "matches" if self.searching else "nav"

    async def open_find_bar(self, text: str) -> None:
        """Show the line to search by; the first time, it is made.

        Args:
            text: What to search for at once.
        """
        from tui.ui.screens.find_bar import FindBar

        if self.find_bar is None:
            self.find_bar = FindBar(text, hint("read.source", self.rows))
            await self.query_one("#writing").mount(self.find_bar, before=0)
        elif self.find_bar.is_mounted:
            self.find_bar.open(text)

    # The list

    @property
    def list_over(self) -> bool:
        """True while the list lies over the conversation in a narrow window."""
        return self.has_class("-narrow") and self.has_class("-list-shown")

    def show_list(self, shown: bool) -> None:
        """Show or hide the list."""
        if not self.list_over:
            # An overlay that closes says nothing about a wide window.
            self.set_class(not shown, "-list-hidden")
        self.set_class(shown, "-list-shown")
        if shown:
            self.conversations.focus()
        elif self.conversations.has_focus or self.focused is None:
            self.composer.focus()

    def toggle_list(self) -> None:
        """Show or hide the list."""
        self.show_list(not self.conversations.display)

    @on(ConversationList.FilterTurned)
    def _name_filter_keys(self, message: ConversationList.FilterTurned) -> None:
        if self.conversations.has_focus:
            self.status.mode = "filter" if message.is_open else "nav"

    @on(ConversationList.Chosen)
    def _open_chosen(self, message: ConversationList.Chosen) -> None:
        self._act(open_file(self, message.file))

    # The composer

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste that nothing else takes: words are for the composer."""
        self.composer.focus()
        self.composer.on_paste(event)

    @on(Composer.Submitted)
    def _send(self, message: Composer.Submitted) -> None:
        beginning = cast("Beginning", message.occasion)
        self.work(submit(self, message.text, message.file, beginning))

    @on(Composer.Edited)
    def _keep_draft(self, message: Composer.Edited) -> None:
        self.drafts.keep(message.file, message.text)

    @on(Composer.Warned)
    def _warn(self, message: Composer.Warned) -> None:
        self.fortytwo.tell(message.sentence, "warning")

    # The transcript

    @on(TextArea.Changed)
    def _make_way(self) -> None:
        self.transcript.make_way()

    @on(Transcript.PositionChanged)
    def _show_position(self, message: Transcript.PositionChanged) -> None:
        self.end_marker.show(
            0 if message.at_end else message.lines_below, message.width
        )

    @on(Transcript.FormattingFailed)
    def _tell_it_stays_plain(self, message: Transcript.FormattingFailed) -> None:
        self.fortytwo.tell_error(message.error)

    @on(Transcript.FindChanged)
    def _show_matches(self, message: Transcript.FindChanged) -> None:
        if self.find_bar is not None:
            self.find_bar.show(message.state)

    def on_resize(self, event: events.Resize) -> None:
        """Give the focus back that a window too small for anything has taken."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        if small and not self._small:
            self._wrote = self.composer.has_focus
        elif self._small and not small and self._wrote:
            self.call_after_refresh(self.composer.focus)
        self._small = small

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say which keys help where the focus went."""
        if isinstance(event.widget, Input):
            self.status.mode = "find"
        else:
            self.name_keys()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Hide the list that lay over the conversation once it is left."""
        if self.list_over and event.widget is self.conversations:
            self.set_class(False, "-list-shown")
