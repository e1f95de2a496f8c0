"""Products of matrices and vectors, and what linear algebra makes of one matrix."""

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.calls import given
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_SCALES = {"alpha": 1, "beta": 1}
_SWAPS = "A matrix product swaps: each side receives the gradient times the other side transposed."
_ADDED = "A matrix product swaps: each side receives the gradient times the other transposed; what is added, all of it."

_LEFT = "matmul(grad, conj(transpose({})))"
_RIGHT = "matmul(conj(transpose({})), grad)"


def _product(left: str, right: str) -> Rule:
    return Rule(
        "swaps",
        _SWAPS,
        f"matmul({left}, {right})",
        {left: _LEFT.format(right), right: _RIGHT.format(left)},
    )


def _added_product(left: str, right: str) -> Rule:
    """beta · self + alpha · left @ right."""
    return Rule(
        "swaps",
        _ADDED,
        f"beta * self + alpha * matmul({left}, {right})",
        {
            "self": "conj(beta) * grad",
            left: f"conj(alpha) * {_LEFT.format(right)}",
            right: f"conj(alpha) * {_RIGHT.format(left)}",
        },
        defaults=_SCALES,
    )


_IS_VECTOR = "(ndim(B) == 1 or shape(B) == shape(A)[:-1])"
_SOLUTION = "matmul(conj(transpose(inverse(A))), {})"
_SOLVED = f"({_SOLUTION.format('column(grads[0])')} if {_IS_VECTOR} else {_SOLUTION.format('grads[0]')})"
_SOLVE = Rule(
    "mixes",
    "Solving A X = B sends A⁻ᵀ times the gradient to B, and minus that times Xᵀ to A.",
    f"without_column(matmul(inverse(A), column(B))) if {_IS_VECTOR} else matmul(inverse(A), B)",
    {
        "A": f"-matmul({_SOLVED}, conj(transpose(column(results[0]) if {_IS_VECTOR} else results[0])))",
        "B": f"without_column({_SOLVED}) if {_IS_VECTOR} else {_SOLVED}",
    },
)


def _solve(node: Node) -> Rule | None:
    return _SOLVE if given(node, "left", True) else None


_TRIANGLE = "(upper({}, 0) if upper else lower({}, 0))"
_OF_TRIANGLE = _TRIANGLE.format("self", "self")
_SOLVED_TRIANGLE = f"matmul(conj(transpose(inverse({_OF_TRIANGLE}))), grad)"
_TO_TRIANGLE = f"-matmul({_SOLVED_TRIANGLE}, conj(transpose(result)))"
_SOLVE_TRIANGLE = Rule(
    "mixes",
    "Solving A X = B sends A⁻ᵀ times the gradient to B, and minus that times Xᵀ to the triangle of A.",
    f"matmul(inverse({_OF_TRIANGLE}), B)",
    {"self": _TRIANGLE.format(_TO_TRIANGLE, _TO_TRIANGLE), "B": _SOLVED_TRIANGLE},
)


def _solve_triangle(node: Node) -> Rule | None:
    return _SOLVE_TRIANGLE if given(node, "left", True) and not given(node, "unitriangular", False) else None


_LOG_DETERMINANT = Rule(
    "mixes",
    "The logarithm of a determinant sends A⁻ᵀ times the gradient; the sign is flat.",
    "(sign(determinant(A)), log_determinant(A))",
    {"A": "transpose(inverse(A)) * column(column(grads[1]))"},
)


def _log_determinant(node: Node) -> Rule | None:
    is_complex = any(output.dtype.startswith("complex") for output in node.outputs)
    return None if is_complex else _LOG_DETERMINANT


_CHOLESKY_OF_LOWER = (
    "symmetric(matmul(matmul(transpose(inverse({l})), lower_half(matmul(transpose({l}), {g}))), inverse({l})))"
)
_TO_CHOLESKY = (
    f"{_CHOLESKY_OF_LOWER.format(l='transpose(result)', g='transpose(grad)')} if upper "
    f"else {_CHOLESKY_OF_LOWER.format(l='result', g='grad')}"
)
_CHOLESKY = Rule(
    "mixes",
    "Cholesky's factor L sends L⁻ᵀ Φ(Lᵀ ḡ) L⁻¹ made symmetric; Φ takes the lower half.",
    "transpose(conj(cholesky(self))) if upper else cholesky(self)",
    {"self": _TO_CHOLESKY},
    defaults={"upper": False},
)

RULES: Catalogue = {
    "MmBackward0": _product("self", "mat2"),
    "BmmBackward0": _product("self", "mat2"),
    "AddmmBackward0": _added_product("mat1", "mat2"),
    "BaddbmmBackward0": _added_product("batch1", "batch2"),
    "AddbmmBackward0": Rule(
        "swaps",
        "Each product of the batch swaps, and all receive the same gradient.",
        "beta * self + alpha * sum(matmul(batch1, batch2), 0)",
        {
            "self": "conj(beta) * grad",
            "batch1": f"conj(alpha) * {_LEFT.format('batch2')}",
            "batch2": f"conj(alpha) * {_RIGHT.format('batch1')}",
        },
        defaults=_SCALES,
    ),
    "MvBackward0": Rule(
        "swaps",
        "Matrix times vector swaps: the matrix receives ȳ vᵀ, the vector the matrix transposed times the gradient.",
        "matmul(self, vec)",
        {"self": "outer(grad, conj(vec))", "vec": _RIGHT.format("self")},
    ),
    "AddmvBackward0": Rule(
        "swaps",
        "Matrix times vector swaps: each receives the gradient times the other; what is added receives all of it.",
        "beta * self + alpha * matmul(mat, vec)",
        {
            "self": "conj(beta) * grad",
            "mat": "conj(alpha) * outer(grad, conj(vec))",
            "vec": f"conj(alpha) * {_RIGHT.format('mat')}",
        },
        defaults=_SCALES,
    ),
    "AddrBackward0": Rule(
        "swaps",
        "An outer product swaps: each vector receives the gradient times the other; what is added receives all of it.",
        "beta * self + alpha * outer(vec1, vec2)",
        {
            "self": "conj(beta) * grad",
            "vec1": "conj(alpha) * matmul(grad, conj(vec2))",
            "vec2": "conj(alpha) * matmul(transpose(grad), conj(vec1))",
        },
        defaults=_SCALES,
    ),
    "DotBackward0": Rule(
        "swaps",
        "The dot product swaps: each vector receives the other, times the gradient.",
        "dot(self, tensor)",
        {"self": "conj(tensor) * grad", "tensor": "conj(self) * grad"},
    ),
    "VdotBackward0": Rule(
        "swaps",
        "The dot product swaps: each vector receives the other, times the gradient.",
        "dot(conj(self), other)",
        {"self": "other * conj(grad)", "other": "self * grad"},
    ),
    "LinalgCrossBackward0": Rule(
        "swaps",
        "The cross product swaps: each side receives the cross product of the other with the gradient.",
        "cross(self, other, dim)",
        {"self": "cross(conj(other), grad, dim)", "other": "cross(grad, conj(self), dim)"},
        defaults={"dim": -1},
    ),
    "TraceBackward0": Rule(
        "spreads",
        "The trace spreads: every element of the diagonal receives the gradient, all others nothing.",
        "trace(self)",
        {"self": "grad * identity(shape(self))"},
    ),
    "LinalgInvExBackward0": Rule(
        "mixes",
        "The inverse sends −A⁻ᵀ ḡ A⁻ᵀ, as the quotient does for numbers.",
        "inverse(A)",
        {"A": "-matmul(matmul(conj(transpose(results[0])), grads[0]), conj(transpose(results[0])))"},
    ),
    "LinalgDetBackward0": Rule(
        "mixes",
        "The determinant sends det(A) A⁻ᵀ times the gradient; where det(A) is 0, PyTorch sends 0.",
        "determinant(A)",
        {"A": "conj(cofactors(A)) * column(column(grads[0]))"},
    ),
    "LinalgSlogdetBackward0": _log_determinant,
    "LinalgSolveExBackward0": _solve,
    "LinalgSolveTriangularBackward0": _solve_triangle,
    "CholeskyBackward0": _CHOLESKY,
    "LinalgCholeskyExBackward0": _CHOLESKY,
}
