"""The error function, the gamma function and their family."""

from graphviz_utils.rules.catalogue.entry import Catalogue, slope
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

RULES: Catalogue = {
    "ErfBackward0": slope(
        "erf(self)", "2 / sqrt(pi) * exp(-self ** 2)", "The slope is a bell curve: the gradient times it."
    ),
    "ErfcBackward0": slope(
        "erfc(self)", "-2 / sqrt(pi) * exp(-self ** 2)", "The slope is a bell curve upside down: the gradient times it."
    ),
    "ErfinvBackward0": slope(
        "erfinv(self)", "sqrt(pi) / 2 * exp(result ** 2)", "One over the bell curve's height at the result."
    ),
    "LgammaBackward0": slope("lgamma(self)", "digamma(self)", "The slope is the digamma function."),
    "DigammaBackward0": slope("digamma(self)", "polygamma(1, self)", "The slope is the trigamma function."),
    "PolygammaBackward0": Rule(
        "scales",
        "The slope is the next polygamma function.",
        forward="polygamma(n, self)",
        backward={"self": "polygamma(n + 1, self) * grad"},
    ),
    "I0Backward0": slope("i0(self)", "i1(self)", "The slope is the next Bessel function."),
    "SpecialI0EBackward0": slope(
        "i0e(self)", "i1e(self) - sign(self) * result", "The next Bessel function, less what the scaling takes away."
    ),
    "SpecialI1Backward0": slope(
        "i1(self)",
        "where(self == 0, 0.5, i0(self) - result / self)",
        "The Bessel function before, less the result over the value.",
    ),
    "SpecialI1EBackward0": slope(
        "i1e(self)",
        "where(self == 0, 0.5, i0e(self) - result * (sign(self) + 1 / self))",
        "The Bessel function before, less what the result and the scaling take away.",
    ),
    "SpecialNdtriBackward0": slope(
        "sqrt(2) * erfinv(2 * self - 1)",
        "sqrt(2 * pi) * exp(result ** 2 / 2)",
        "One over the height of the normal distribution's bell curve at the result.",
    ),
    "SpecialLogNdtrBackward0": slope(
        "log(ndtr(self))",
        "exp(-(result + self ** 2 / 2)) / sqrt(2 * pi)",
        "The bell curve's height over the area left of it.",
    ),
}
