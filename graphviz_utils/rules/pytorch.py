"""The rule of a node as PyTorch itself states it, for nodes of which nothing better is known."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from graphviz_utils.model import Node
from graphviz_utils.rules.derivatives import Derivative, derivative
from graphviz_utils.rules.plain_code import is_one_call, plain_code
from graphviz_utils.rules.rule import Rule

__all__ = ["pytorch_rule"]

_SENTENCE = "What goes back is computed by PyTorch's own formula, quoted from its table of derivatives."
_SENTENCE_OF_A_LIST = (
    "What goes back is computed for each tensor of the lists by PyTorch's own formula, quoted from its table of "
    "derivatives."
)


def pytorch_rule(node: Node) -> Rule | None:
    """PyTorch's own formula for each argument of `node`; `None` where its table has none or does not exist.

    What only complex numbers need is left out of the formulas where none are met.
    """
    known = derivative(node.name)
    if known is None:
        return None
    is_complex = _is_complex(node)
    return Rule(
        role="computes",
        sentence=_SENTENCE_OF_A_LIST if known.is_of_a_list else _SENTENCE,
        source="PyTorch",
        text=MappingProxyType(dict(_formulas(known, _names(node, known), is_complex))),
    )


def _formulas(known: Derivative, names: Mapping[str, str], is_complex: bool) -> Iterator[tuple[str, str]]:
    for argument, code in known.formulas.items():
        text = plain_code(code, is_complex)
        if argument in known.places:
            text = f"{text if is_one_call(text) else f'({text})'}[{known.places[argument]}]"
        for name, new in names.items():
            text = re.sub(rf"(?<![\w.]){name}(?!\w|\()", new, text)
        yield names.get(argument, argument), text


def _names(node: Node, known: Derivative) -> Mapping[str, str]:
    """What the node calls the arguments that the table knows by other names: those of the operators on lists."""
    if not known.is_of_a_list:
        return {}
    own = dict.fromkeys(argument.name.partition("[")[0] for argument in node.arguments)
    return {name: new for name, new in zip(known.arguments, own, strict=False) if name != new}


def _is_complex(node: Node) -> bool:
    """Whether complex numbers are met at the node, as far as it tells."""
    kept = (saved.tensor.dtype for saved in node.saved if saved.tensor is not None)
    return any(dtype.startswith("complex") for dtype in (*kept, *(output.dtype for output in node.outputs)))
