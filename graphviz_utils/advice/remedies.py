"""What a program's mistake means, and what to do about it: Python's and PyTorch's own words, taught in ours."""

import re
from collections.abc import Callable

from graphviz_utils.advice.reach import AVAILABLE
from graphviz_utils.model import Failure, Node, Trace

__all__ = ["missed_backward", "remedy"]

_IMPORTS = {
    "torch": "import torch",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "math": "import math",
}
_SIGNS = {"–": "-", "—": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "²": "** 2", "³": "** 3"} | {
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚´", "'"),
}
_ROOT = re.compile(r"(?<![\w.)\]])([A-Za-z_][\w.]*?)\.backward\b")
_GRAD = re.compile(r"([A-Za-z_][\w.]*)\.grad\b")
_BARE_BACKWARD = re.compile(r"^[ \t]*([A-Za-z_][\w.]*)\.backward[ \t]*(?:[#;].*)?$", re.MULTILINE)
_FUNCTIONAL = re.compile(r"torch\.func\b|functorch|forward_ad")
_PRODUCT = re.compile(r"(?<![\w.])(\d+\.?\d*)([A-Za-z_]\w*)")

_MEANINGS = (
    (
        r"does not require grad and does not have a grad_fn",
        (
            "{root} does not depend on any tensor with requires_grad=True, or the graph was cut on the way (by "
            "detach(), item(), no_grad() or a new torch.tensor(…)). Ask for the gradient where the leaf is made: x = "
            "torch.tensor(2.0, requires_grad=True)."
        ),
    ),
    (
        r"grad can be implicitly created only for scalar",
        (
            "{root} has more than one element, and backward() begins at a single number. Write {y}.sum().backward(), "
            "or give every element its weight: {y}.backward(torch.ones_like({y}))."
        ),
    ),
    (
        r"modified by an inplace operation(?:.*?output \d+ of (?P<op>\w+?)(?:Backward\d*)?,)?",
        (
            "A value that the backward pass still needs{made} was overwritten after it was used (by +=, y[0] = … or "
            "a method that ends in _). Make a new tensor instead: y = y + 1, not y += 1."
        ),
    ),
    (
        r"backward through the graph a second time",
        (
            "The first backward() used up what this graph had saved. Compute {y} anew before each backward(), or "
            "keep the graph the first time: {y}.backward(retain_graph=True)."
        ),
    ),
    (
        r"leaf Variable that requires grad .* in-place",
        (
            "A leaf that requires a gradient was changed in place, and autograd cannot follow that. Compute a new "
            "tensor, y = x + 1; to update the leaf itself, as a training step does, write it below  with "
            "torch.no_grad():"
        ),
    ),
    (
        r"'(?:float|int|complex|bool)' object has no attribute 'backward'",
        (
            "{root} is a plain Python number, which does not know how it was computed. Begin with a tensor, x = "
            "torch.tensor(2.0, requires_grad=True), and take no numbers out with item() or float() on the way."
        ),
    ),
    (
        r"'(?:float|int|complex|bool)' object has no attribute '(?:grad|requires_grad_?|detach)'",
        (
            "This is a plain Python number, and only tensors have gradients. Write x = torch.tensor(2.0, "
            "requires_grad=True)."
        ),
    ),
    (r"bitwise_xor|for \^=?:", "^ does not mean a power in Python. Write **, as in x ** 2."),
    (
        r"mat1 and mat2 shapes cannot be multiplied \((?P<rows>\d+)x(?P<left>\d+) and (?P<right>\d+)x",
        (
            "A matrix product needs as many columns on the left as rows on the right; here they are {left} and "
            "{right}. Look at the .shape of both; perhaps one must be turned round with .T."
        ),
    ),
    (
        r"size of tensor a \((?P<left>\d+)\) must match the size of tensor b \((?P<right>\d+)\)",
        (
            "Element by element, both sides need the same size in each dimension, or size 1; here {left} meets "
            "{right}. Look at the .shape of both."
        ),
    ),
    (
        r"Mismatch in shape: grad_output",
        (
            "What is given to backward() holds one weight per element, so it has the shape of {root}: "
            "{y}.backward(torch.ones_like({y}))."
        ),
    ),
    (
        r"size mismatch|inconsistent tensor size|cannot be multiplied|shape .* is invalid for input",
        (
            "The shapes of the tensors in this line do not fit together. Print the .shape of each, and bring them "
            "together with .T, reshape() or unsqueeze()."
        ),
    ),
    (
        r"expected target dtype|expected scalar type (?:Long|Int)\b",
        "Whole numbers are needed here, class numbers or indices for example. Convert with .long().",
    ),
    (
        r"expected scalar type|same dtype|dtype mismatch|expected .* dtype",
        (
            "The tensors in this line hold numbers of different types. Write decimals (2.0, not 2), or convert one "
            "side with .float() or .double()."
        ),
    ),
    (
        r"[Oo]nly Tensors of floating point .* require gradients",
        "Whole numbers have no gradient. Write a decimal point, 2.0 in place of 2, or dtype=torch.float32.",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy cannot follow gradients. Take the values out of the graph first: x.detach().numpy().",
    ),
    (
        r"cannot be converted to Scalar|only one element tensors can be converted",
        "item() and float() take a tensor with a single element. Pick one, x[0].item(), or take all with tolist().",
    ),
    (
        r"appears to not have been used in the graph",
        (
            "The result was not computed from one of the tensors that its gradient is asked for. Compute it from "
            "that very tensor, or say allow_unused=True to get None."
        ),
    ),
    (
        r"Operation not permitted|Temporary failure in name resolution",
        (
            "Programs that run here are walled in: no files, no network, no other processes. Write the data into the "
            "program, data = torch.tensor([1.0, 2.0]) for example."
        ),
    ),
)


def remedy(failure: Failure, source: str) -> str | None:
    """What `failure` means and what to do, in one or two sentences; `None` where its own words must do.

    `source` is the program's text, in which `failure.line` counts. No line number is named: editors may count anew.
    """
    lines = source.split("\n")
    line = lines[failure.line - 1] if failure.line and failure.line <= len(lines) else ""
    special = _BY_TYPE.get(failure.type)
    told = special(failure.message, line) if special else None
    if told is None and "NoneType" in failure.message:
        told = _about_no_gradient(failure.message, line, source)
    return told or _about_meaning(failure.message, line)


def missed_backward(trace: Trace) -> str | None:
    """What to add to a program that ran well and built a graph, but never went back through it; `None` for others."""
    ops = [node for node in trace.nodes if node.kind == "op"]
    if trace.error is not None or trace.passes or not ops or _FUNCTIONAL.search(trace.source):
        return None
    bare = _BARE_BACKWARD.search(trace.source)
    if bare:
        return f"{bare[1]}.backward without parentheses calls nothing, so there are no gradients: {bare[1]}.backward()."
    return f"The program never called backward(), so there are no gradients: add  {_beginning(trace, ops)}.backward()"


def _beginning(trace: Trace, ops: list[Node]) -> str:
    """What backward() is to be called on: the last named result that nothing else was computed from."""
    used = {edge.source for edge in trace.edges}
    last = {node.id: node for node in ops if node.id not in used}
    named = [binding for binding in trace.bindings if binding.node in last and binding.name.isidentifier()]
    if not named:
        return "y"
    outputs = last[named[-1].node].outputs
    output = outputs[named[-1].output] if named[-1].output < len(outputs) else None
    is_scalar = output is None or all(size == 1 for size in output.shape)
    return named[-1].name if is_scalar else f"{named[-1].name}.sum()"


def _about_meaning(message: str, line: str) -> str | None:
    root = _ROOT.search(line)
    words = {"root": root[1] if root else "The tensor", "y": root[1] if root else "y"}
    for pattern, sentence in _MEANINGS:
        found = re.search(pattern, message)
        if found:
            groups = found.groupdict()
            made = f" (what {groups['op']} gave)" if groups.get("op") else ""
            return sentence.format(**words, **groups, made=made)
    return None


def _about_name(message: str, _: str) -> str | None:
    name = re.match(r"name '(\w+)' is not defined", message)
    if name and name[1] in _IMPORTS:
        return f"{name[1]} must be imported first. Write  {_IMPORTS[name[1]]}  at the top of the program."
    return None


def _about_module(message: str, _: str) -> str | None:
    name = re.match(r"No module named '([^']+)'", message)
    if name and name[1].startswith("IPython"):
        return "Leave this line out: display() is there without it."
    return f"{name[1]} is not installed here. Programs can use {AVAILABLE}." if name else None


def _about_syntax(message: str, line: str) -> str | None:
    sign = re.match(r"invalid character '(.)'", message)
    product = _PRODUCT.search(line) if "invalid decimal literal" in message else None
    if line.lstrip().startswith(("!", "%")):
        return f"Lines with ! or % belong to notebooks and are not Python. Leave this one out; {AVAILABLE} are there."
    if sign and sign[1] in _SIGNS:
        return (
            f"{sign[1]} looks right but is not a sign of Python's, as in pasted text. Type {_SIGNS[sign[1]]} instead."
        )
    if "invalid non-printable character" in message:
        return "There is an invisible character in this line, as in pasted text. Delete the blanks and type them anew."
    if product:
        return f"Python multiplies only where * stands. Write {product[1]} * {product[2]}, not {product[0]}."
    return None


def _about_indentation(message: str, _: str) -> str:
    if "expected an indented block" in message:
        return "What belongs to for, if, with or def stands below it, four spaces further in. Indent this line."
    if "unexpected indent" in message:
        return "This line stands further in than the one above it, without a reason. Remove the blanks before it."
    return "Lines of one block begin in the same column, with spaces only. Line this one up with those it belongs to."


def _about_call(message: str, line: str) -> str | None:
    if re.search(r"'(?:int|float|Tensor)' object is not callable", message) and re.search(r"[\w.)]\s*\(", line):
        return "A bracket right after a number or a tensor calls it. To multiply write *, as in 2 * (x + 1)."
    return None


def _about_no_gradient(message: str, line: str, source: str) -> str | None:
    grad = _GRAD.search(line) or _GRAD.search(source)
    if not grad or not re.search(r"unsupported operand|has no attribute|must be|not supported|subscriptable", message):
        return None
    name = grad[1]
    bare = _BARE_BACKWARD.search(source)
    if bare:
        return f"{name}.grad is None, because {bare[1]}.backward without parentheses calls nothing. Write ()."
    return (
        f"{name}.grad is None until a backward pass has reached {name}. Call backward() before this line, on a result "
        f"computed from {name}, which must be a leaf with requires_grad=True."
    )


_BY_TYPE: dict[str, Callable[[str, str], str | None]] = {
    "NameError": _about_name,
    "ModuleNotFoundError": _about_module,
    "SyntaxError": _about_syntax,
    "IndentationError": _about_indentation,
    "TabError": _about_indentation,
    "TypeError": _about_call,
}
