r"""LaTeX maths as Unicode that can be read: the common subset, the rest left as it is.

Only what is shown changes; copying gives the source.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_GREEK_NAMES = r"""
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi
omicron pi rho sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi
Pi Sigma Upsilon Phi Psi Omega varepsilon vartheta varphi varrho varsigma
varpi
"""
_GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩεϑφϱςϖ"

_SYMBOL_PAIRS = r"""
times=× cdot=· div=÷ pm=± mp=∓ ast=∗ star=⋆ circ=∘ bullet=• le=≤ leq=≤ ge=≥
geq=≥ ne=≠ neq=≠ approx=≈ equiv=≡ sim=∼ simeq=≃ cong=≅ propto=∝ ll=≪ gg=≫
infty=∞ partial=∂ nabla=∇ forall=∀ exists=∃ nexists=∄ neg=¬ lnot=¬ land=∧
wedge=∧ lor=∨ vee=∨ oplus=⊕ otimes=⊗ in=∈ notin=∉ ni=∋ subset=⊂ subseteq=⊆
supset=⊃ supseteq=⊇ cup=∪ cap=∩ emptyset=∅ varnothing=∅ setminus=∖ sum=∑
prod=∏ coprod=∐ int=∫ iint=∬ iiint=∭ oint=∮ to=→ rightarrow=→ longrightarrow=⟶
gets=← leftarrow=← leftrightarrow=↔ Rightarrow=⇒ Longrightarrow=⟹ implies=⟹
Leftarrow=⇐ Leftrightarrow=⇔ iff=⟺ mapsto=↦ uparrow=↑ downarrow=↓ ldots=…
dots=… cdots=⋯ vdots=⋮ ddots=⋱ prime=′ deg=° degree=° angle=∠ perp=⊥
parallel=∥ mid=∣ langle=⟨ rangle=⟩ lceil=⌈ rceil=⌉ lfloor=⌊ rfloor=⌋ hbar=ℏ
ell=ℓ Re=ℜ Im=ℑ aleph=ℵ wp=℘ therefore=∴ because=∵ qed=∎ square=□ Box=□
triangle=△ top=⊤ bot=⊥ vdash=⊢ models=⊨ lbrace={ rbrace=} lvert=| rvert=|
vert=| Vert=‖ lVert=‖ rVert=‖ backslash=\ dagger=† S=§ P=¶ checkmark=✓ colon=:
"""

_SYMBOLS = MappingProxyType(
    {
        **dict(zip(_GREEK_NAMES.split(), _GREEK_LETTERS, strict=True)),
        **dict(pair.split("=", 1) for pair in _SYMBOL_PAIRS.split()),
        "quad": "  ",
        "qquad": "    ",
        ",": " ",
        ":": " ",
        ";": " ",
        " ": " ",
        "!": "",
        "{": "{",
        "}": "}",
        "%": "%",
        "$": "$",
        "&": "&",
        "#": "#",
        "_": "_",
        "|": "‖",
    }
)

_FUNCTION_NAMES = r"""
Pr arccos arcsin arctan arg argmax argmin bmod cos cosh cot csc det dim exp
gcd hom inf ker lg lim ln log max min mod sec sin sinh sup tan tanh
"""
_NAMES = frozenset(_FUNCTION_NAMES.split())

_TEXT_COMMANDS = r"""
bm boldsymbol displaystyle mathbf mathbin mathcal mathit mathop mathrm mathscr
mathsf mathtt mbox operatorname text textbf textit textrm textstyle
"""
_TEXT = frozenset(_TEXT_COMMANDS.split())

_SILENT_COMMANDS = r"""
Big Bigg Bigl Bigr big bigg bigl bigr displaystyle left limits nolimits
nonumber right scriptstyle textstyle
"""
_NOTHING = frozenset(_SILENT_COMMANDS.split())

_OTHER_COMMANDS = "begin binom cfrac dfrac frac left mathbb not sqrt tfrac"
_OTHERS = frozenset(_OTHER_COMMANDS.split())

_ACCENTS = MappingProxyType(
    {
        "hat": "\u0302",
        "widehat": "\u0302",
        "bar": "\u0304",
        "overline": "\u0305",
        "vec": "\u20d7",
        "dot": "\u0307",
        "ddot": "\u0308",
        "tilde": "\u0303",
        "widetilde": "\u0303",
        "underline": "\u0332",
    }
)

_DOUBLE_STRUCK = MappingProxyType(
    dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
    | {
        letter: chr(0x1D538 + ord(letter) - ord("A"))
        for letter in "ABDEFGIJKLMOSTUVWXY"
    }
)

_SUPER = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ′*∗",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ′**",
)
_SUB = str.maketrans(
    "0123456789+-=()aehijklmnoprstuvxβγρφχ",
    "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
)

_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_&~])|([^\\{}^_&~]+)", re.DOTALL)
DEEPEST = 24
"""Groups nested deeper are left as they are."""


def read_line(source: str) -> str:
    """Return a row of LaTeX maths as Unicode text.

    Args:
        source: TeX without environments. Commands that are not known stay as they are
            written.
    """
    return _Reader(source).read()


def is_command(name: str) -> bool:
    """Return whether a name, without its backslash, is a command that is read here."""
    return any(name in names for names in (_SYMBOLS, _NAMES, _ACCENTS, _TEXT, _OTHERS))


class _Reader:
    def __init__(self, source: str) -> None:
        self.tokens = [match.group() for match in _TOKEN.finditer(source)]
        self.at = 0
        self.depth = 0

    def read(self) -> str:
        out: list[str] = []
        while self.at < len(self.tokens):
            if self.tokens[self.at] == "}" and self.depth == 0:
                self.at += 1
                out.append("}")
                continue
            out.append(self._sequence())
        return "".join(out)

    def _sequence(self) -> str:
        out: list[str] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            out.append(self._next())
        return "".join(out)

    def _next(self) -> str:
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            return self._group_body()
        if token in ("^", "_"):
            return self._script(token)
        if token == "&":
            return " "
        if token == "~":
            return " "
        if token.startswith("\\") and len(token) > 1:
            return self._command(token[1:])
        return token

    def _group_body(self) -> str:
        if self.depth >= DEEPEST:
            return "{"
        self.depth += 1
        body = self._sequence()
        self.depth -= 1
        if self.at >= len(self.tokens):
            return "{" + body
        self.at += 1
        return body

    def _argument(self) -> str | None:
        """Return the next group or the next single character."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        if self.at >= len(self.tokens) or self.tokens[self.at] == "}":
            return None
        token = self.tokens[self.at]
        if token[0] not in "\\{}^_&~" and len(token) > 1:
            token = token.lstrip()
            self.tokens[self.at] = token[1:]
            return token[0]
        return self._next()

    def _script(self, token: str) -> str:
        body = self._argument()
        if body is None:
            return token
        table = _SUPER if token == "^" else _SUB
        compact = body.replace(" ", "")
        if compact and all(ord(character) in table for character in compact):
            return compact.translate(table)
        if compact == "∘" and token == "^":
            return "°"
        return token + (body if len(body) == 1 else f"({body})")

    def _command(self, name: str) -> str:
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in _NAMES:
            follows = self.tokens[self.at][:1] if self.at < len(self.tokens) else ""
            return name + (" " if follows.isalpha() or follows == "\\" else "")
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction()
        if name == "binom":
            upper, lower = self._argument() or "", self._argument() or ""
            return f"C({upper}, {lower})"
        if name == "sqrt":
            return self._root()
        if name == "not":
            return (self._argument() or "") + "\u0338"
        if name == "mathbb":
            body = self._argument() or ""
            return "".join(_DOUBLE_STRUCK.get(letter, letter) for letter in body)
        if name in _ACCENTS:
            body = self._argument() or ""
            mark = _ACCENTS[name]
            if name in ("overline", "underline"):
                return "".join(letter + mark for letter in body)
            return body + mark if len(body) == 1 else f"{name}({body})"
        if name in _TEXT:
            return self._argument() or ""
        if name in _NOTHING:
            follows = self.tokens[self.at] if self.at < len(self.tokens) else ""
            if name in ("left", "right") and follows.startswith("."):
                self.tokens[self.at] = follows[1:]
            return ""
        if self.at < len(self.tokens) and self.tokens[self.at] == "{":
            return "\\" + name + "{" + self._next() + "}"
        return "\\" + name

    def _fraction(self) -> str:
        upper, lower = self._argument(), self._argument()
        if upper is None or lower is None:
            return "\\frac" + (upper or "") + (lower or "")
        return f"{_atom(upper)}/{_atom(lower)}"

    def _root(self) -> str:
        degree = ""
        if self.at < len(self.tokens) and self.tokens[self.at].startswith("["):
            text = self.tokens[self.at]
            if "]" in text:
                degree, rest = text[1:].split("]", 1)
                self.tokens[self.at] = rest
                if not rest:
                    self.at += 1
        body = self._argument() or ""
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(
            degree, degree.translate(_SUPER) + "√"
        )
        return sign + (body if len(body) == 1 else f"({body})")


def _atom(text: str) -> str:
    """Return a part of a fraction, in brackets when it is more than one term."""
    text = text.strip()
    return text if re.fullmatch(r"[\w.′√∂°]+(?:\([^()]*\))?", text) else f"({text})"
