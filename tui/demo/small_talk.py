"""What the guide says about itself, and the few things it does beside answering."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo import faults, showcase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.chat_request import ChatMessage

MOST_WORDS = 200_000

ABILITIES = """\
* **Ask about this program**: keys, conversations, system prompts, themes, files, \
configuration, endpoints, privacy, what an error means.
* `more` tells the next thing that fits your last question.
* `show me markdown` gives a page with every kind of block.
* `long answer 2000` gives exactly 2,000 words.
* `faults` lists everything that can go wrong, by name: send `stall` or \
`fail with 429`, and watch what happens.
"""
GREETING = f"""\
Hello! I am a small **guide inside this program**, not a language model. I look things \
up in the program's own manual; nothing you type here leaves your machine.

{ABILITIES}
Try: *how do I stop an answer?*
"""
IDENTITY = f"""\
I am a small **guide inside this program**, not a language model. My answers are the \
sections of the program's manual, picked by counting words. I run on your own machine \
and send nothing anywhere. What I can do:

{ABILITIES}
To talk to a real model, start `fortytwo` without `--demo` and give it an API key or \
the address of a server.
"""
UNKNOWN = f"""\
I can't answer that: I'm a small guide inside this program, **not a language model**, \
and the manual says nothing about it. Here is what I can do:

{ABILITIES}"""
NOTHING_MORE = """\
That is all that the manual says about it. Ask about something else, or read the whole \
manual with F1.
"""
THANKS = "You are welcome. Ctrl+q quits; everything said here is saved.\n"

_GREETINGS = re.compile(
    r"(?:hello|hi|hey|hallo|howdy|good (?:morning|evening|day)|moin|servus|hola|"
    r"bonjour|test|testing|ping|start)(?: (?:there|you|guide|everyone|all|again))?"
)
_IDENTITY = re.compile(
    r"(?:who|what) (?:are|r) (?:you|u)|are you (?:an? |really )?(?:ai|human|bot|robot|"
    r"llm|real|language model|model|person|chatgpt|fortytwo).*|"
    r"what(?: is|'s) (?:this|fortytwo(?:-tui)?|the guide|fortytwo-guide)(?: model)?|"
    r"introduce yourself|"
    r"(?:which|what) (?:model|llm|ai) (?:are you|is this|do you use)"
)
_ABILITIES = re.compile(
    r"help(?: me)?|what (?:can|could|do) (?:you|i) (?:do|ask|know)"
    r"(?: (?:for me|here|you))?|what can i (?:ask|do)(?: (?:here|you))?|"
    r"commands|examples|abilities|menu"
)
_THANKS = re.compile(
    r"(?:ok(?:ay)? )?(?:many )?(?:thanks|thank you|thx|cheers|merci|danke)"
    r"(?: .{0,20})?|(?:ok|okay|great|nice|cool|good|perfect)|bye|goodbye"
)
_MARKDOWN = re.compile(
    r"(?:please )?(?:show|give|print|render|demo)?(?: me)?(?: an?| some| the)? ?"
    r"markdown(?: (?:page|demo|test|sample|example))?(?: please)?"
)
_LONG = re.compile(
    r"(?:please )?(?:give me |write )?(?:an? )?(?:very )?long answer"
    r"(?: (?:of |with )?([\d,]{1,12}))?(?: words?)?"
)
_FAULTS = re.compile(
    r"(?:show |list )?(?:me )?(?:all )?(?:the )?(?:faults?|failures|misbehaviou?rs?)"
    r"(?: list| table)?|what can go wrong"
)
_SYSTEM = re.compile(
    r".*\b(?:(?:my|your|the|this|current) (?:system prompt|instructions)|"
    r"repeat (?:the )?system prompt|system message)\b.*"
)
_ABOUT_SETTING = re.compile(r"\b(?:change|set|edit|add|write|use|save|remove|how)\b")


def find(question: str, plain: str, messages: Sequence[ChatMessage]) -> str:
    """Return the answer to a question that needs no manual, or "".

    Args:
        question: The user's words.
        plain: The same without case and punctuation.
        messages: The whole conversation; its system prompt may be asked for.
    """
    if len(question) > 400:
        return ""
    if not question.strip() or _GREETINGS.fullmatch(plain):
        return GREETING
    if _IDENTITY.fullmatch(plain) or _ABILITIES.fullmatch(plain):
        return IDENTITY
    if _THANKS.fullmatch(plain):
        return THANKS
    if _MARKDOWN.fullmatch(plain):
        return showcase.MARKDOWN_PAGE
    if _FAULTS.fullmatch(plain):
        return faults.table()
    if long := _LONG.fullmatch(re.sub(r"[^\w\s,]", "", question.casefold()).strip()):
        return showcase.long_answer(_word_count(long[1]))
    if _SYSTEM.fullmatch(plain) and not _ABOUT_SETTING.search(plain):
        return _system_prompt(messages)
    return ""


def _word_count(number: str | None) -> int:
    wanted = int((number or "").replace(",", "") or 1000)
    return max(1, min(wanted, MOST_WORDS))


def _system_prompt(messages: Sequence[ChatMessage]) -> str:
    prompts = [m.content for m in messages if m.role == "system" and m.content.strip()]
    if not prompts:
        return (
            "This conversation has no system prompt: the request began with your own "
            "message. Ctrl+t writes one.\n"
        )
    quoted = "\n".join(f"> {line}" for line in "\n\n".join(prompts).split("\n"))
    return (
        "This conversation's system prompt arrived here as the first message:\n\n"
        f"{quoted}\n\n"
        "A language model would follow it. I only read it out: I am a small guide.\n"
    )
