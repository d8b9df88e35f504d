"""Fifty and more places where something breaks that nobody foresaw."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

SECRET = "sk-planted-in-a-crash-0123456789"

PLACES = (
    # Handlers, timers, actions and rendering of the interface
    "tui.ui.app:FortytwoApp._take_events",
    "tui.ui.app:FortytwoApp._plan_round",
    "tui.ui.app:FortytwoApp.tell",
    "tui.ui.app:FortytwoApp.copy",
    "tui.ui.around_chat:AroundChat.show",
    "tui.ui.around_chat:AroundChat.show_turn",
    "tui.ui.screens.main:MainScreen.action_run",
    "tui.ui.screens.main:MainScreen.start",
    "tui.ui.screens.main:MainScreen.perform",
    "tui.ui.screens.main:MainScreen.check_action",
    "tui.ui.screens.main:MainScreen.on_descendant_focus",
    "tui.ui.screens.main:MainScreen.toggle_list",
    "tui.ui.screens.main:submit",
    "tui.ui.screens.event_router:EventRouter.take",
    "tui.ui.screens.event_router:EventRouter._route",
    "tui.ui.screens.search:SearchChats.compose",
    "tui.ui.actions.sending:open_file",
    "tui.ui.actions.sending:parse_command",
    "tui.ui.actions.sending:Drafts.keep",
    "tui.ui.actions.sending:Drafts.leave",
    "tui.ui.actions.sending:Drafts.arrived",
    "tui.ui.live_answers:LiveAnswers.take",
    "tui.ui.shown_chat:ShownChat.take",
    "tui.ui.shown_chat:ShownChat.show",
    "tui.ui.transcript.painted_view:PaintedView.render_lines",
    "tui.ui.widgets.status_line:StatusLine.render_line",
    "tui.ui.widgets.status_line:StatusLine.show_turn",
    "tui.ui.widgets.chat_header:ChatHeader.render_line",
    "tui.ui.widgets.list_surface:ListSurface.render_line",
    "tui.ui.widgets.conversation_list:ConversationList.mark_shown",
    "tui.ui.widgets.prompt_area:PromptArea.render_line",
    "tui.ui.widgets.prompt_area:PromptArea.get_line",
    "tui.ui.widgets.prompt_area:PromptArea._fit_height",
    "tui.ui.widgets.paste_area:PasteArea.on_key",
    "tui.ui.widgets.paste_area:PasteArea._end_hold",
    "tui.ui.widgets.paste_guard:PasteGuard.press",
    "tui.ui.widgets.prompt_history:PromptHistory.add",
    "tui.ui.widgets.composer:Composer.enter_role",
    "tui.ui.widgets.composer:Composer.action_send",
    "tui.ui.widgets.composer:Composer.flush_draft",
    "tui.ui.line_filter:VisibleFilter.apply",
    # Tasks and threads of the services
    "tui.services.answering:Answering._prepare",
    "tui.services.answering:Answering._take",
    "tui.services.answer_journal:AnswerJournal.write",
    "tui.services.answer_journal:AnswerJournal.add",
    "tui.services.answering:Answering._message",
    "tui.services.answering:Answering.discard_journal",
    "tui.services.answers:Answers._note_turn",
    "tui.services.answers:Answers._finish",
    "tui.services.answers:Answers._keep_record",
    "tui.services.saving:Saving.add_answer",
    "tui.services.sending:Sending._create",
    "tui.services.sending:Sending._go_on",
    "tui.services.sessions:Sessions.open",
    "tui.services.catalog:Catalog.mark",
    "tui.services.catalog:Catalog.describe",
    "tui.services.drafts:Drafts.put",
    "tui.services.drafts:Drafts.save",
    "tui.services.watching:Watching._look",
    "tui.services.outbox:Outbox.take",
    "tui.services.request_queue:RequestQueue.enter",
    "tui.services.connections:Connections.client",
    "tui.storage.library:Library.create",
    "tui.storage.library:Library.append",
    "tui.storage.journal:Journal.flush",
    "tui.storage.encoding:_encode_message",
    "tui.api.exchange:Exchange.__anext__",
    "tui.api.answer:read_chunk",
)


class Breaking:
    """One place that breaks at its first call after `arm`."""

    def __init__(self, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
        module, _, path = place.partition(":")
        owner: Any = import_module(module)
        *above, name = path.split(".")
        for step in above:
            owner = getattr(owner, step)
        original = getattr(owner, name)
        self.broke = False
        self._armed = False

        def break_once(*arguments: Any, **keywords: Any) -> Any:
            if self._armed and not self.broke:
                self.broke = True
                api_key = SECRET
                raise LookupError(f"planted {api_key}")
            return original(*arguments, **keywords)

        monkeypatch.setattr(owner, name, break_once)

    def arm(self) -> None:
        self._armed = True


def exists(places: tuple[str, ...] = PLACES) -> Iterator[str]:
    """Yield the places whose names are gone."""
    for place in places:
        module, _, path = place.partition(":")
        owner: Any = import_module(module)
        for step in path.split("."):
            owner = getattr(owner, step, None)
        if owner is None:
            yield place
