"""What moves elements and computes nothing: views, transposes, repeating, joining and cutting."""

from itertools import accumulate

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.calls import given
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_DIM = {"dim": 0}
_DIAGONAL = {"offset": 0, "dim1": 0, "dim2": 1}
_TURN = {"k": 1, "dims": (0, 1)}
_BACK = {"self": "reshape(grad, shape(self))"}


def _view(forward: str) -> Rule:
    return Rule("moves", "A view moves nothing: the gradient takes the old shape again.", forward, _BACK)


_RESHAPED = _view("reshape(self, size)")
_SQUEEZED, _SQUEEZED_DIM = _view("squeezed(self, None)"), _view("squeezed(self, dim)")
_SWAPPED = Rule(
    "moves",
    "A transpose moves: the gradient is transposed back.",
    "swapped(self, dim0, dim1)",
    {"self": "swapped(grad, dim0, dim1)"},
)
_TRANSPOSED = Rule(
    "moves", "A transpose moves: the gradient is transposed back.", "transpose(self)", {"self": "transpose(grad)"}
)


def _parted(sentence: str, word: str) -> Rule:
    return Rule(
        "moves", sentence, f"{word}(self, diagonal)", {"self": f"{word}(grad, diagonal)"}, defaults={"diagonal": 0}
    )


def _pieces(node: Node) -> str:
    """The gradients of all outputs; one that is undefined is zeros of its output's shape."""
    return "".join(f"filled(grads[{i}], {tuple(output.shape)}), " for i, output in enumerate(node.outputs))


def _unbind(node: Node) -> Rule:
    return Rule(
        "moves",
        "`unbind` takes apart: each part's gradient goes back to its place.",
        "unbound(self, dim)",
        {"self": f"stacked(({_pieces(node)}), dim)"},
        defaults=_DIM,
    )


def _split(node: Node) -> Rule | None:
    dim = given(node, "dim", 0)
    if not isinstance(dim, int) or not all(-len(each.shape) <= dim < len(each.shape) for each in node.outputs):
        return None
    sizes = [output.shape[dim] for output in node.outputs]
    ends = list(accumulate(sizes))
    places = (f"span(shape(self), dim, {end - size}, {end}, 1)" for size, end in zip(sizes, ends, strict=True))
    return Rule(
        "moves",
        "`split` cuts: each part's gradient goes back to its place.",
        "".join(["(", *(f"taken(self, {place}), " for place in places), ")"]),
        {"self": f"joined(({_pieces(node)}), dim)"},
        defaults=_DIM,
    )


def _padding(mode: str, dims: int) -> tuple[str, Rule]:
    kind, numpy_s = {"Reflection": ("mirrored", "reflect"), "Replication": ("repeated", "edge")}[mode]
    return f"{mode}Pad{dims}DBackward0", Rule(
        "sums",
        f"The border is {kind}: each element receives the gradients of all its copies, added up.",
        f"bordered(self, padding, '{numpy_s}')",
        {"self": f"border_back(grad, shape(self), padding, '{numpy_s}')"},
    )


RULES: Catalogue = {
    "ViewBackward0": _RESHAPED,
    "UnsafeViewBackward0": _RESHAPED,
    "ReshapeAliasBackward0": _RESHAPED,
    "UnsqueezeBackward0": _view("unsqueezed(self, dim)"),
    "UnsqueezeBackward1": _view("unsqueezed(self, dim)"),
    "SqueezeBackward0": _SQUEEZED,
    "SqueezeBackward1": _SQUEEZED_DIM,
    "SqueezeBackward2": _SQUEEZED_DIM,
    "SqueezeBackward3": _SQUEEZED,
    "SqueezeBackward4": _SQUEEZED_DIM,
    "SqueezeBackward5": _SQUEEZED_DIM,
    "TransposeBackward0": _SWAPPED,
    "TransposeBackward1": _SWAPPED,
    "TBackward0": _TRANSPOSED,
    "TBackward1": _TRANSPOSED,
    "PermuteBackward0": Rule(
        "moves",
        "A permutation π moves: the gradient is permuted back by π⁻¹.",
        "permuted(self, dims)",
        {"self": "permuted_back(grad, dims)"},
    ),
    "ExpandBackward0": Rule(
        "sums",
        "`expand` repeats: each element receives the gradients of all its copies, added up.",
        "expanded(self, size)",
        {"self": "grad"},
    ),
    "RepeatBackward0": Rule(
        "sums",
        "`repeat` repeats: each element receives the gradients of all its copies, added up.",
        "repeated(self, repeats)",
        {"self": "repeats_back(grad, repeats, shape(self))"},
    ),
    "UnfoldBackward0": Rule(
        "sums",
        "Windows overlap: each element receives the gradients of all the windows it is in, added up.",
        "windows(self, dimension, size, step)",
        {"self": "windows_back(grad, shape(self), dimension, size, step)"},
    ),
    "FlipBackward0": Rule(
        "moves",
        "`flip` turns round: the gradient is turned back.",
        "flipped(self, dims)",
        {"self": "flipped(grad, dims)"},
    ),
    "RollBackward0": Rule(
        "moves",
        "`roll` shifts: the gradient is shifted back.",
        "rolled(self, shifts, dims)",
        {"self": "rolled_back(grad, shifts, dims)"},
        defaults={"dims": ()},
    ),
    "Rot90Backward0": Rule(
        "moves",
        "`rot90` turns: the gradient is turned back.",
        "turned(self, k, dims)",
        {"self": "turned(grad, -k, dims)"},
        defaults=_TURN,
    ),
    "TrilBackward0": _parted("`tril` keeps the lower triangle: the gradient is cut to the same.", "lower"),
    "TriuBackward0": _parted("`triu` keeps the upper triangle: the gradient is cut to the same.", "upper"),
    "DiagonalBackward0": Rule(
        "gathers",
        "The diagonal receives the gradient back, all other elements nothing.",
        "diagonal(self, offset, dim1, dim2)",
        {"self": "diagonal_back(grad, shape(self), offset, dim1, dim2)"},
        defaults=_DIAGONAL,
    ),
    "DiagonalScatterBackward0": Rule(
        "routes",
        "The diagonal was written over: what was written receives its gradient, the tensor that of all the rest.",
        None,
        {"self": "without_diagonal(grad, offset, dim1, dim2)", "src": "diagonal(grad, offset, dim1, dim2)"},
        defaults=_DIAGONAL,
    ),
    "DiagEmbedBackward0": Rule(
        "moves",
        "The elements became a diagonal: they receive its gradient.",
        None,
        {"self": "diagonal(grad, offset, dim1, dim2)"},
        defaults={"offset": 0, "dim1": -2, "dim2": -1},
    ),
    "UnbindBackward0": _unbind,
    "SplitBackward0": _split,
    "SplitWithSizesBackward0": _split,
    "UnsafeSplitBackward0": _split,
    "UnsafeSplitWithSizesBackward0": _split,
    "CatBackward0": Rule(
        "moves",
        "`cat` joins: each tensor receives its part of the gradient.",
        "joined(tensors, dim)",
        {"tensors[i]": "reshape(taken(grad, piece(shapes(tensors), dim, i)), shape(tensors[i]))"},
        defaults=_DIM,
    ),
    "StackBackward0": Rule(
        "moves",
        "`stack` joins: each tensor receives its part of the gradient.",
        "stacked(tensors, dim)",
        {"tensors[i]": "taken(grad, part(shape(result), dim, i))"},
        defaults=_DIM,
    ),
    "ConstantPadNdBackward0": Rule(
        "moves",
        "Padding is cut off again: the elements inside receive their gradient.",
        "padded(self, pad, value)",
        {"self": "unpadded(grad, pad)"},
        defaults={"value": 0},
    ),
    **dict(_padding(mode, dims) for mode in ("Reflection", "Replication") for dims in (1, 2, 3)),
}
