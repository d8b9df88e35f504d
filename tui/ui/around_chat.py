"""What stands around the messages of a conversation: its head, its state, its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.context_use import context_use
from tui.ui.keys import hint, status_hints

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


class AroundChat:
    """Shows and names what is known of the shown conversation beside its messages."""

    def __init__(self, screen: MainScreen) -> None:
        """Make it.

        Args:
            screen: Whose widgets show it.
        """
        self._screen = screen
        rows = screen.rows
        self._hints = (status_hints(rows), status_hints(rows, running=True))

    def show(self) -> None:
        """Show what is known of the conversation beside its messages."""
        screen, chat = self._screen, self._screen.chat
        marks = ["read-only"] if chat.read_only else []
        summary = screen.router.summaries.get(chat.file or "")
        if summary is not None and summary.conflict:
            marks.append("conflicting copy")
        if chat.endpoint not in ("", screen.workspace.settings.endpoint):
            marks.append(f"at {chat.endpoint}")
        if not self.streams():
            marks.append("standard mode")
        if chat.conversation is not None:
            parameters = chat.conversation.parameters
            marks += [f"{name} {value}" for name, value in parameters.items()]
        screen.header.show(chat.title, self.model_name() or "default model", marks)
        screen.conversations.mark_shown(chat.file)
        screen.welcome.display = chat.empty
        self.show_turn()
        self._show_context()
        unsaved = screen.router.unsaved.get(chat.file or "", "")
        if unsaved:
            # Which file is clear here; the line has little room.
            unsaved = unsaved.replace(f" ({chat.file})", "")
            unsaved += (
                f" {hint('chat.save_copy', screen.rows, typing=True)} saves a copy."
            )
        screen.status.show_note(unsaved, "error")

    def _show_context(self) -> None:
        """Show how full the model's context is, when both numbers are known."""
        screen, chat = self._screen, self._screen.chat
        use, size = None, None
        if chat.conversation is not None:
            use = context_use(chat.conversation.messages, chat.last_said)
            size = screen.workspace.context_tokens(chat.endpoint, self.model_name())
        if use is None or not size:
            screen.status.show_context(None)
        else:
            screen.status.show_context(use.tokens / size, estimated=use.estimated)

    def show_turn(self) -> None:
        """Show the answer that is on its way, and the keys that help now."""
        screen, chat = self._screen, self._screen.chat
        screen.status.show_turn(chat.turn, screen.router.live.totals())
        screen.status.show_hints(self._hints[chat.turn_runs])

    def model_name(self) -> str:
        """Return the model that is asked here, or "" when the server chooses."""
        chat = self._screen.chat
        if chat.turn is not None and chat.turn_runs and chat.turn.model:
            return chat.turn.model
        settings = self._screen.workspace.settings
        named = chat.model
        if chat.conversation is None and chat.endpoint in ("", settings.endpoint):
            named = named or settings.model
        named = named or self._screen.workspace.default_model(chat.endpoint)
        if not named and chat.conversation is not None:
            for message in reversed(chat.conversation.messages[-2:]):
                named = named or message.model
        return named

    def streams(self) -> bool:
        """Return whether answers stream here."""
        chat = self._screen.chat
        if chat.stream is not None:
            return chat.stream
        settings = self._screen.workspace.settings
        endpoint = settings.endpoints.get(chat.endpoint or settings.endpoint)
        return endpoint is None or endpoint.stream
