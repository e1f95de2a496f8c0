"""What was measured, in words: times with their spread, ratios that mean something, aims that are met or not."""

from collections.abc import Sequence

from benchmarks.measuring import Measured

__all__ = ["aim", "per_operation", "ratio", "share", "table", "told"]


def told(one: Measured) -> str:
    """The median and its spread in a fitting unit; marked if the spread is larger than the median."""
    if one.failure:
        return one.failure
    unit, factor = ("s", 1.0) if one.median >= 1 else ("ms", 1e3)
    return _marked(one, f"{_short(one.median * factor)} ± {_short(one.spread * factor)} {unit}")


def per_operation(one: Measured, operations: int) -> str:
    """The same, of one operation."""
    if one.failure:
        return one.failure
    median, spread = (seconds / operations * 1e6 for seconds in (one.median, one.spread))
    return _marked(one, f"{median:.1f} ± {spread:.1f} µs")


def ratio(one: Measured, base: Measured) -> float | None:
    """How many times `base` the median of `one` is; `None` if either is missing or noise."""
    return one.median / base.median if one.is_usable and base.is_usable else None


def share(number: float | None) -> str:
    """A ratio as it stands in a table."""
    return "–" if number is None else f"{number:.2f}"


def aim(what: str, number: float | None, limit: float, *, unit: str = "times", at_least: bool = False) -> Sequence[str]:
    """A row that holds a number against what was aimed at."""
    promised = f"{what}: {'at least' if at_least else 'at most'} {limit:g} {unit}"
    if number is None:
        return promised, "–", "not measured"
    is_met = number >= limit if at_least else number <= limit
    return promised, f"{_short(number)} {unit}", "met" if is_met else "**not met**"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _marked(one: Measured, text: str) -> str:
    return text if one.is_usable else f"not usable ({text})"


def _short(number: float) -> str:
    """Three significant digits, never an exponent."""
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}" if abs(number) >= 0.01 else f"{number:.2f}"
