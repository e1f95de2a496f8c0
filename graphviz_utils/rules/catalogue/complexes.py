"""Complex numbers, and their parts."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_MIRROR = Rule(
    "passes on",
    "A conjugate mirrors, and so is the gradient mirrored.",
    forward="conj(self)",
    backward={"self": "conj(grad)"},
)

RULES: Catalogue = {
    "ConjBackward0": _MIRROR,
    "ConjPhysicalBackward0": _MIRROR,
    "AngleBackward0": Rule(
        "scales",
        "The angle turns with what is across the direction; a real number's angle does not move.",
        forward="angle(self)",
        backward={
            "self": "where(self == 0, 0, complex(-imag(self), real(self)) / abs(self) ** 2 * grad) "
            "if is_complex(self) else 0"
        },
    ),
    "ComplexBackward0": Rule(
        "distributes",
        "Each part receives its own part of the gradient.",
        forward="complex(real, imag)",
        backward={"real": "real(grad)", "imag": "imag(grad)"},
    ),
    "PolarBackward0": Rule(
        "distributes",
        "The length receives what lies along the direction, the angle what lies across it.",
        forward="complex(abs * cos(angle), abs * sin(angle))",
        backward={
            "abs": "real(conj(grad) * sign(result))",
            "angle": "real(conj(grad) * complex(0, 1) * result)",
        },
    ),
    "ViewAsRealBackward0": Rule(
        "moves",
        "Both parts stand side by side: the gradients of the two become one complex number again.",
        forward="parts(self)",
        backward={"self": "whole(grad)"},
    ),
    "ViewAsComplexBackward0": Rule(
        "moves",
        "Two numbers become one: each receives its part of the gradient.",
        forward="whole(self)",
        backward={"self": "parts(grad)"},
    ),
}
