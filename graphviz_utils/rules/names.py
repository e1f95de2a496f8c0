r"""What a formula calls a variable: `x_{1}`, `\alpha`, `\mathrm{loss}`. Nothing that a name says acts in LaTeX."""

import re

__all__ = ["latex_name", "upright"]

_MOST_CHARACTERS = 32
_GREEK = frozenset(
    re.findall(
        r"\w+",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
    )
)
_PARTS = re.compile(r"([^\W\d_]+)(\d*)")
_SPELLED = {"_": r"\_", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", " ": r"\ "}
_PLAIN = frozenset(".,:()[]+-*/=")


def latex_name(name: str) -> str:
    r"""A variable's name: letters slanted, words upright, what follows an underscore or is a number as an index.

    >>> [latex_name(name) for name in ("x", "x1", "w_hidden", "alpha_2", "loss", "net.weight")]
    ['x', 'x_{1}', 'w_{\\mathrm{hidden}}', '\\alpha_{2}', '\\mathrm{loss}', '\\mathrm{net.weight}']
    """
    head, _, index = name.partition("_")
    found = _PARTS.fullmatch(head)
    if found is None or len(name) > _MOST_CHARACTERS or (index and (found[2] or not index.isalnum())):
        return rf"\mathrm{{{upright(name)}}}"
    index = found[2] or index
    return _word(found[1]) + (f"_{{{index if index.isdigit() else _word(index)}}}" if index else "")


def upright(text: str) -> str:
    r"""`text` as it may stand within `\mathrm{…}`: signs of LaTeX's own are escaped, what cannot be set is left out."""
    cut = text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
    return "".join(_SPELLED.get(sign) or (sign if _is_plain(sign) else "") for sign in cut) or "?"


def _is_plain(sign: str) -> bool:
    return sign.isalnum() or sign in _PLAIN or sign == "…"


def _word(word: str) -> str:
    if word in _GREEK:
        return rf"\{word}"
    return word if len(word) == 1 else rf"\mathrm{{{upright(word)}}}"
