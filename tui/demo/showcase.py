"""Texts to look at: a page with every kind of Markdown, and answers of any length."""

from __future__ import annotations

MARKDOWN_PAGE = '''# A page with every kind of block

This paragraph has **strong**, *emphasised*, ***both***, ~~struck~~ and `code` words, a
[link](https://commonmark.org "a title"), an autolink <https://example.org>, an
image ![a fox](fox.png), an escape \\*like this\\*, an entity &copy;, and a hard break\\
before this line. Footnotes too.[^1]

## Lists

* One
* Two, with a second paragraph

  which belongs to it.
  * Two and a half
    1. Deeper
    2. And again
* Three

7. Seven
8. Eight

- [x] Written
- [ ] Read

## Quotes

### Inside one another

> A quote with *emphasis*.
>
> > A quote inside, with a list:
> >
> > * like this

## Code

```python
def rank(answers: list[Answer]) -> Answer:
    """Return the answer that most nodes prefer."""
    return max(answers, key=lambda answer: answer.score)  # ties: the first
```

```diff
- the old line
+ the new line
```

```json
{"model": "fortytwo-guide", "stream": true, "temperature": 0.7}
```

```
No language, just text:   columns   stay
```

    Indented by four blanks.

## Tables

| Left | Centre | Right | What it is |
|:-----|:------:|------:|------------|
| a | **b** | 1 | A cell with a text that is long enough to need more than one line |
| `c` | d | 1,000 | 漢字 and 🦊 have width, too |

## Setext heading
Term
: This is a definition, and the line above its term.

---

<details><summary>HTML</summary>is shown as text, not run.</details>
<!-- So are comments. -->

Maths: $e^{i\\pi} + 1 = 0$, and on its own:

$$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$

#### Fourth level
##### Fifth level
###### Sixth level

Arabic: مرحبا بالعالم. Hebrew: שלום עולם. Emoji: 👨‍👩‍👧 🇳🇴 👍🏽. Combining: é, ñ.

[^1]: This is the footnote.
'''

_SENTENCES = (
    "This is a long answer, made to be watched.",
    "Scroll up while it grows, and the view stays where you are.",
    "Press End, and it follows the newest line again.",
    "Switch to another conversation, and this one goes on without you.",
    "Stop it, and every word that has arrived is kept.",
    "Resize the window, and the lines wrap anew.",
    "What is finished above does not change any more.",
    "Type the next question meanwhile; the keys echo at once.",
)


def long_answer(words: int) -> str:
    """Return a text of exactly that many words, in numbered paragraphs.

    Args:
        words: How many words, at least one. A paragraph's number is one of them.
    """
    pieces: list[str] = []
    left = words
    paragraph = 0
    while left > 0:
        paragraph += 1
        text = " ".join([f"**{paragraph}.**", *_SENTENCES]).split(" ")[:left]
        left -= len(text)
        pieces.append(" ".join(text))
    return "\n\n".join(pieces)
