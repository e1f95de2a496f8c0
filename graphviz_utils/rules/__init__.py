"""The rule of each operator: what it computes and what it sends back, as formulas to be read and reckoned with.

A rule is written once, as expressions of a small language: Python's, over the operator's arguments, `grad` and
`result`. `expressions` reads it, `vocabulary` says what its words compute and how they are set, `folding` puts in what
is known before any number is (an exponent, a shape), `writing` sets it in LaTeX, `evaluation` reckons it out, with
NumPy or with whatever other table of functions. `catalogue` holds the rules, `lookup` finds that of a node,
`application` applies it to a node of a run.

An entry of the catalogue, under autograd's name for the node:

    "SinBackward0": Rule(
        role="scales",
        sentence="The gradient is multiplied by the cosine.",
        forward="sin(self)",
        backward={"self": "conj(cos(self)) * grad"},
    )
"""

from graphviz_utils.rules.application import ODD, Application
from graphviz_utils.rules.evaluation import NUMERIC, UnseenError, array, evaluated, fitted
from graphviz_utils.rules.expressions import Call, Constant, Expression, Name, names_in, parse
from graphviz_utils.rules.folding import Facts, folded, is_pointwise, local
from graphviz_utils.rules.lookup import rule_of
from graphviz_utils.rules.names import latex_name, upright
from graphviz_utils.rules.numerals import number_text
from graphviz_utils.rules.rule import Bend, Rule
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.rules.writing import Scribe, written

__all__ = [
    "NUMERIC",
    "ODD",
    "WORDS",
    "Application",
    "Bend",
    "Call",
    "Constant",
    "Expression",
    "Facts",
    "Name",
    "Rule",
    "Scribe",
    "Strength",
    "Text",
    "UnseenError",
    "array",
    "evaluated",
    "fitted",
    "folded",
    "is_pointwise",
    "latex_name",
    "local",
    "names_in",
    "number_text",
    "parse",
    "rule_of",
    "upright",
    "written",
]
