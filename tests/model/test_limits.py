"""The table of limits in the documentation tells what holds."""

import ast
import inspect
from pathlib import Path

from graphviz_utils.model import Limits, limits

TABLE = Path(__file__).parents[2] / "docs/limits.md"


def documented() -> list[str]:
    """A row of Markdown for every limit: its name, its default and the line that documents it."""
    tree = ast.parse(inspect.getsource(limits))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Limits").body
    rows = []
    for field, told in zip(body[1::2], body[2::2], strict=True):
        assert isinstance(field, ast.AnnAssign)
        assert isinstance(field.target, ast.Name)
        assert isinstance(told, ast.Expr)
        assert isinstance(told.value, ast.Constant)
        rows.append(f"| `{field.target.id}` | {written(getattr(Limits(), field.target.id))} | {told.value.value!s} |")
    return rows


def written(value: object) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else f"`{value}`"


def test_the_table_has_every_limit_with_its_number_and_its_line() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert "\n".join(rows) == "\n".join(documented())
