"""A program's lines around the one that matters."""

__all__ = ["excerpt"]

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
