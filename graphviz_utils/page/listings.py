"""The lines of a program that matter, as its editor counts them."""

from dataclasses import replace

from graphviz_utils.advice import obstacles

__all__ = ["excerpt", "foreseen"]

_AROUND = 2
_WIDEST = 160


def excerpt(code: str, line: int) -> str:
    """The lines around `line` (1-based), numbered, with an arrow at it; empty if the code has no such line."""
    lines = code.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    first, last = max(1, line - _AROUND), min(len(lines), line + _AROUND)
    width = len(str(last))
    return "\n".join(
        f"{'→' if number == line else ' '} {number:>{width}} │ {lines[number - 1][:_WIDEST]}"
        for number in range(first, last + 1)
    )


def foreseen(source: str, hidden_lines: int = 0, told: int | None = None) -> str:
    """What in a program cannot work where programs run, a line each; empty if nothing is known.

    `source` is the whole text, of which the editor does not show the first `hidden_lines`. `told` is a line of it that
    enough was said about.
    """
    found = (obstacle for obstacle in obstacles(source) if obstacle.line > hidden_lines and obstacle.line != told)
    return "\n".join(str(replace(obstacle, line=obstacle.line - hidden_lines)) for obstacle in found)
