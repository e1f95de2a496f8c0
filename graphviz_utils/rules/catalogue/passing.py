"""What hands on a tensor as it is: copies, other types, other names for it; and what overwrites one."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]


def _same(sentence: str) -> Rule:
    return Rule("passes on", sentence, forward="self", backward={"self": "grad"})


_OVERWRITTEN = "What was overwritten is gone: no gradient comes back to it."

_FILLED = Rule("cuts", _OVERWRITTEN, forward="value", backward={"self": "0"})
_FILLED_BY_A_TENSOR = Rule(
    "routes",
    "One number everywhere: it receives the sum of the gradients, and what was overwritten nothing.",
    forward="value",
    backward={"self": "0", "value": "grad"},
)
_DRAWN = Rule("cuts", "Random draws do not move with their odds: the slope is 0.", backward={"self": "0", "p": "0"})
_SCATTERED = Rule(
    "cuts",
    "Random draws are taken as they fell: no gradient comes back to their mean or spread.",
    backward={"mean": "0", "std": "0"},
)

RULES: Catalogue = {
    "CloneBackward0": _same("A copy passes the gradient on as it is."),
    "AliasBackward0": _same("Another name for the same tensor passes the gradient on as it is."),
    "LiftBackward0": _same("The same tensor passes the gradient on as it is."),
    "ToCopyBackward0": _same("Another type or device passes the gradient on as it is, in the type of what was copied."),
    "NegViewBackward0": Rule("scales", "A minus sign turns the gradient around.", "-self", {"self": "-grad"}),
    "CopyBackwards": Rule(
        "routes",
        "A copy over a tensor: the gradient goes to what was copied, and nothing to what was there.",
        forward="src",
        backward={"self": "0", "src": "grad"},
    ),
    "FillBackward0": _FILLED,
    "FillBackward1": _FILLED_BY_A_TENSOR,
    "FillBackward2": _FILLED,
    "FillBackward3": _FILLED_BY_A_TENSOR,
    "ZeroBackward0": Rule("cuts", _OVERWRITTEN, forward="0", backward={"self": "0"}),
    "BernoulliBackward0": _DRAWN,
    "BernoulliBackward1": _DRAWN,
    "NormalBackward0": Rule("cuts", _OVERWRITTEN, backward={"self": "0"}),
    "NormalBackward1": _SCATTERED,
    "NormalBackward2": _SCATTERED,
    "NormalBackward3": _SCATTERED,
    "UniformBackward0": Rule("cuts", _OVERWRITTEN, backward={"self": "0"}),
    "NativeDropoutBackward0": Rule(
        "gates",
        "What was kept receives the gradient times the same factor as its value; what was dropped receives 0.",
        backward={"input": "result1 / (1 - p) * grad if train else grad"},
    ),
}
