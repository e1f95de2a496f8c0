"""What picks elements by their size: maxima, medians, sorting; and norms, which are kin to maxima at p = ∞."""

from collections.abc import Mapping
from math import inf

from graphviz_utils.model import Node, Role
from graphviz_utils.rules.catalogue.calls import given
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]

_GRAD = "spread(grad, dim, keepdim, shape(self))"
_RESULT = "spread(result, dim, keepdim, shape(self))"
_KEPT_GRAD = "as_winners(grad, shape(self), dim, keepdim)"
_LAST = {"dim": -1}
_KEPT = {"keepdim": False}
_LAST_KEPT = {"dim": -1, "keepdim": False}


def _of_all(name: str, forward: str | None) -> Rule:
    """The extreme of all elements, which shares its gradient among ties."""
    return Rule(
        "routes",
        f"`{name}` routes: the element it picked receives the gradient; elements that tie share it evenly.",
        forward,
        {"self": "where(ties(self, result), 1 / tally(ties(self, result)) * grad, 0)"},
        bends={"self": _tie("ties(self, result)", name)} if name in ("max", "min") else {},
    )


def _tie(is_extreme: str, name: str, dim: str = "None") -> Bend:
    """A tied maximum grows with each of its elements, and shrinks with none of them; of a minimum the reverse holds."""
    below, above = ("1", "0") if "min" in name else ("0", "1")
    return Bend(f"{is_extreme} & (tally({is_extreme}, {dim}) > 1)", below, above)


def _along(name: str, word: str) -> Rule:
    """The extreme along some dimensions, ties sharing: `amax` and `amin`."""
    is_extreme = f"(self == {_RESULT})"
    return Rule(
        "routes",
        f"`{name}` routes: the element it picked receives the gradient; elements that tie share it evenly.",
        f"{word}(self, dim, keepdim)",
        {"self": f"where({is_extreme}, 1 / tally({is_extreme}, dim) * {_GRAD}, 0)"},
        defaults={"dim": (), "keepdim": False},
        bends={"self": _tie(is_extreme, name, "dim")},
    )


def _picked(name: str, forward: str | None, defaults: Mapping[str, object]) -> Rule:
    """One element along a dimension, by the index that was found."""
    return Rule(
        "routes",
        f"`{name}` routes: the element it picked receives the gradient, all others along the dimension nothing.",
        forward,
        {"self": f"put({_KEPT_GRAD}, shape(self), winners(shape(self), dim, indices, ('{name}', keepdim)))"},
        defaults=defaults,
    )


def _found(name: str, sentence: str, forward: str, defaults: Mapping[str, object]) -> Rule:
    """Several elements along a dimension, by the indices that were found."""
    place = f"winners(shape(self), dim, indices, ('{name}', True))"
    return Rule("routes", sentence, forward, {"self": f"put(grad, shape(self), {place})"}, defaults=defaults)


def _asked(node: Node) -> float | None:
    """The p of a norm; `None` if it is no number."""
    asked = given(node, "ord", given(node, "p"))
    p = 2 if asked is None else asked
    return p if isinstance(p, (int, float)) else None


def _norm(node: Node) -> Rule | None:
    """‖x‖ₚ, by the p that was asked for, of all elements or along dimensions."""
    p = _asked(node)
    if p is None:
        return None
    is_along = "vector_norm" in (node.operator or "") or any(each.name == "dim" for each in node.arguments)
    dims = "dim, keepdim" if is_along else "None, False"
    spread = f"spread({{}}, {dims}, shape(self))"
    slope, bends = _slope(p, "self", spread.format("result"), dims.partition(",")[0])
    return Rule(
        _role(p),
        _NORMS.get(p, "‖x‖ₚ sends each element sign(x) (|x| / ‖x‖)ᵖ⁻¹ times the gradient."),
        f"norm(self, {p}, {dims})",
        {"self": f"{slope} * {spread.format('grad')}"},
        defaults={"keepdim": False, **({} if "norm.S" in (node.operator or "") else {"dim": None})} if is_along else {},
        bends=bends,
    )


def _distance(node: Node) -> Rule | None:
    """‖x − y‖ₚ, by the p that was asked for."""
    p = _asked(node)
    if p is None:
        return None
    slope, _ = _slope(p, "(self - other)", "result", "None")
    return Rule(
        _role(p),
        "The distance ‖x − y‖ₚ sends what the norm of x − y sends to one side, and minus that to the other.",
        f"norm(self - other, {p})",
        {"self": f"{slope} * grad", "other": f"-({slope}) * grad"},
    )


_NORMS = {
    0: "‖x‖₀ counts what is not zero: it is flat wherever it does not jump, and its slope is 0.",
    1: "‖x‖₁ sends each element the gradient with the element's sign.",
    2: "‖x‖₂ sends the gradient along x / ‖x‖, the direction of x.",
    inf: "The largest |x| routes: the elements it picked by their size share the gradient.",
    -inf: "The smallest |x| routes: the elements it picked by their size share the gradient.",
}


def _role(p: float) -> Role:
    return "cuts" if p == 0 else "routes" if abs(p) == inf else "normalises"


def _slope(p: float, x: str, norm: str, dim: str) -> tuple[str, dict[str, Bend]]:
    """The slope of `norm`, ‖x‖ₚ, by x, and where it has none."""
    if p == 0:
        return "0", {}
    if p == 1:
        return f"sign({x})", {"self": Bend(f"{x} == 0", "-1", "1")}
    if p == 2:
        return f"share({x}, {norm})", {"self": _at_the_tip(norm)}
    if abs(p) == inf:
        picked = f"as_large({x}, {norm})"
        is_tie = f"{picked} & ((tally({picked}, {dim}) > 1) | ({norm} == 0))"
        bend = Bend(is_tie, f"where({x} > 0, 0, -1)", f"where({x} < 0, 0, 1)")
        return f"where({picked}, 1 / tally({picked}, {dim}) * sign({x}), 0)", {"self": bend} if p > 0 else {}
    if p < 1:
        return f"share(sign({x}), abs({x}) ** {1 - p}) * {norm} ** {1 - p}", {}
    return f"sign({x}) * share(abs({x}) ** {p - 1}, {norm} ** {p - 1})", {"self": _at_the_tip(norm)}


def _at_the_tip(norm: str) -> Bend:
    """A norm is a cone: at its tip it rises in every direction."""
    return Bend(f"{norm} == 0", "-1", "1")


def _share(result: str, grad: str) -> str:
    spread, back = (f"spread({each}, dim, keepdim, shape(self))" for each in (result, grad))
    return f"where(self == {spread}, 1 / tally(self == {spread}, dim) * {back}, 0)"


_SORT = Rule(
    "moves",
    "`sort` moves: each gradient goes back to where its element came from.",
    "ordered(self, dim, descending)",
    {"self": "unsorted(grad, shape(self), dim, indices)"},
    defaults={"dim": -1, "descending": False},
)

RULES: Catalogue = {
    "MaxBackward1": _of_all("max", "largest(self)"),
    "MinBackward1": _of_all("min", "smallest(self)"),
    "MedianBackward0": _of_all("median", "median(self)"),
    "NanmedianBackward0": _of_all("nanmedian", None),
    "AmaxBackward0": _along("amax", "largest"),
    "AminBackward0": _along("amin", "smallest"),
    "MaxBackward0": _picked("max", "largest(self, dim, keepdim)", _KEPT),
    "MinBackward0": _picked("min", "smallest(self, dim, keepdim)", _KEPT),
    "MedianBackward1": _picked("median", "median(self, dim, keepdim)", _KEPT),
    "NanmedianBackward1": _picked("nanmedian", None, _KEPT),
    "ModeBackward0": _picked("mode", None, _LAST_KEPT),
    "KthvalueBackward0": _picked("kthvalue", "kth(self, k, dim, keepdim)", _LAST_KEPT),
    "AminmaxBackward0": Rule(
        "routes",
        "`aminmax` routes: the smallest and the largest element receive the gradients of what they became.",
        "(smallest(self, dim, keepdim), largest(self, dim, keepdim))",
        {"self": f"{_share('results[0]', 'grads[0]')} + {_share('results[1]', 'grads[1]')}"},
        defaults={"dim": None, "keepdim": False},
    ),
    "SortBackward0": _SORT,
    "SortBackward1": _SORT,
    "TopkBackward0": _found(
        "top",
        "`topk` routes: the elements it picked receive their gradients, all others nothing.",
        "foremost(self, k, dim, largest)",
        {"dim": -1, "largest": True},
    ),
    "CummaxBackward0": _found(
        "max",
        "A running maximum sends each gradient to the element that was the largest so far.",
        "largest_so_far(self, dim)",
        {},
    ),
    "CumminBackward0": _found(
        "min",
        "A running minimum sends each gradient to the element that was the smallest so far.",
        "smallest_so_far(self, dim)",
        {},
    ),
    "DistBackward0": _distance,
    "LinalgVectorNormBackward0": _norm,
    "NormBackward0": _norm,
    "NormBackward1": _norm,
    "NormBackward2": _norm,
    "NormBackward3": _norm,
}
