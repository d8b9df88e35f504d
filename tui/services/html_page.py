"""A conversation as one page of HTML that needs nothing else and loads nothing.

Everything in it is foreign text: HTML in answers stays text, pictures become links,
and the page's own policy forbids scripts and requests, whatever slips through.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from tui.domain.message import Role, Status
from tui.domain.visible import visible_line, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
"""The page's Content-Security-Policy: it may style itself, and nothing else."""

LARGEST_CODE = 200_000
"""Characters. A larger block of code is shown without colours."""

STYLE = """
:root { color-scheme: light dark; --rule: #8884; --faint: #667; }
@media (prefers-color-scheme: dark) { :root { --faint: #99a; } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }
header { border-bottom: 1px solid var(--rule); margin-bottom: 1.5rem; }
section { margin: 0 0 1.75rem; overflow-wrap: anywhere; }
section > h2 { font-size: .85rem; margin: 0 0 .35rem; color: var(--faint); }
section.user { border-left: 3px solid #58c; padding-left: .9rem; }
time, .note { color: var(--faint); font-weight: normal; font-size: .85rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--rule);
  border-radius: 6px; font-size: .9rem; line-height: 1.4; }
code { font-family: ui-monospace, monospace; }
.plain { white-space: pre-wrap; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--rule);
  padding: .25rem .6rem; }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--rule); }
"""


def export_html(conversation: Conversation) -> str:
    """Return the page."""
    title = escape(visible_line(conversation.title))
    moment = _moment(conversation.created)
    parser = _parser()
    parts = [
        _section("system", "System prompt", "", conversation.system_prompt, parser)
    ]
    parts += [_message(message, parser) for message in conversation.path]
    return (
        "<!doctype html>\n"
        '<html lang="und">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}{_code_style()}</style>\n</head>\n"
        f"<body>\n<header><h1>{title}</h1><p>{moment}</p></header>\n"
        f"{''.join(parts)}</body>\n</html>\n"
    )


def _message(message: Message, parser: MarkdownIt) -> str:
    if message.role is Role.USER:
        # A prompt is shown as it was typed.
        text = f'<div class="plain">{escape(visible_text(message.content))}</div>'
        return _wrap("user", "You", _moment(message.created), text)
    body = parser.render(visible_text(message.content))
    if message.reasoning:
        thought = escape(visible_text(message.reasoning))
        body = (
            "<details><summary>Reasoning</summary>"
            f'<div class="plain">{thought}</div></details>\n{body}'
        )
    if message.error:
        body += f'<p class="note">{escape(visible_line(message.error))}</p>'
    elif message.status not in (None, Status.COMPLETE):
        body += f'<p class="note">{escape(str(message.status))}</p>'
    who = message.model or "Assistant"
    return _wrap(message.role.value, who, _moment(message.created), body)


def _section(role: str, who: str, moment: str, text: str, parser: MarkdownIt) -> str:
    if not text.strip():
        return ""
    return _wrap(role, who, moment, parser.render(visible_text(text)))


def _wrap(role: str, who: str, moment: str, body: str) -> str:
    heading = f"<h2>{escape(visible_line(who))} {moment}</h2>"
    return f'<section class="{role}">\n{heading}\n{body}\n</section>\n'


def _moment(moment: Any) -> str:
    return f"<time>{moment:%Y-%m-%d %H:%M} UTC</time>" if moment is not None else ""


def _parser() -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark",
        {"html": False, "highlight": _highlight, "maxNesting": 100},
    ).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _picture_as_link)
    return parser


def _picture_as_link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: Any,
) -> str:
    """A picture from elsewhere would tell its server who reads this page and when."""
    token = tokens[index]
    address = escape(str(token.attrGet("src") or ""))
    words = escape(token.content or "picture")
    return f'<a href="{address}" rel="noreferrer">{words}</a>'


def _highlight(code: str, language: str, attributes: str) -> str:
    """Return a block's inner HTML; "" lets the parser escape it plainly."""
    if not language or len(code) > LARGEST_CODE:
        return ""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def _code_style() -> str:
    light, dark = (_style_rules(name) for name in ("friendly", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"


def _style_rules(name: str) -> str:
    formatter: HtmlFormatter[str] = HtmlFormatter(style=name)
    # The stubs leave this method untyped.
    rules: str = formatter.get_style_defs("pre")  # type: ignore[no-untyped-call]
    return rules
