"""What the names in a program mean, as far as its text tells."""

import ast
import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from graphviz_utils.advice.reach import COMPUTING_NAMES

__all__ = ["Meanings"]

_LONGEST = 200
_BUILT_IN = frozenset(dir(builtins)) | {"__builtins__", "__file__"}


@dataclass(frozen=True)
class Meanings:
    """A program's syntax tree, and what its names mean."""

    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in it."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def own(self) -> frozenset[str]:
        """Names that the program itself gives a meaning."""
        stored = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
        defined = {node.name for node in self.nodes if isinstance(node, named) and node.name}
        return frozenset(stored | defined | {node.arg for node in self.nodes if isinstance(node, ast.arg)})

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """What the names mean that it imports, by name."""
        meant: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    meant[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module:
                meant |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return meant

    @cached_property
    def prepared(self) -> frozenset[ast.AST]:
        """What stands where the program is prepared for its failing."""
        return frozenset(inner for node in self.nodes if _asks_first(node) for inner in ast.walk(node))

    @cached_property
    def looks_for_gpus(self) -> bool:
        """Whether it asks somewhere if there is a GPU: then it knows what to do without one."""
        asked = (node.attr for node in self.nodes if isinstance(node, ast.Attribute))
        return not {"is_available", "device_count", "is_built"}.isdisjoint(asked)

    @cached_property
    def names(self) -> tuple[tuple[ast.expr, str], ...]:
        """Every name and every attribute that is used, by what it means: `np.load` is `numpy.load`."""
        inner = {node.value for node in self.nodes if isinstance(node, ast.Attribute)}
        ends = (node for node in self.nodes if isinstance(node, (ast.Name, ast.Attribute)) and node not in inner)
        meant = ((node, self.meaning(node)) for node in ends)
        return tuple((node, name) for node, name in meant if name)

    @cached_property
    def named_classes(self) -> frozenset[ast.AST]:
        """Each `x.__class__` of which nothing but its name is asked."""
        asked = (node for node in self.nodes if isinstance(node, ast.Attribute) and node.attr in COMPUTING_NAMES)
        classes = (node.value for node in asked if isinstance(node.value, ast.Attribute))
        return frozenset(node for node in classes if node.attr == "__class__")

    def meaning(self, node: ast.expr) -> str:
        """What a name or an attribute means, in dotted names; empty where the text does not tell."""
        return self._known.get(node, "")

    @cached_property
    def _known(self) -> Mapping[ast.expr, str]:
        """The meanings of all names, attributes and calls, the inner ones first: chains may be of any length."""
        known: dict[ast.expr, str] = {}
        for node in reversed(self.nodes):
            match node:
                case ast.Name(id=name):
                    known[node] = self.imported.get(name) or (name if self._is_built_in(name) else "")
                case ast.Attribute(value=value, attr=name):
                    known[node] = _joined(known.get(value, ""), f".{name}")
                case ast.Call(func=called):
                    known[node] = _joined(known.get(called, ""), "()")
        return known

    def _is_built_in(self, name: str) -> bool:
        return name in _BUILT_IN and name not in self.own


def _joined(owner: str, more: str) -> str:
    return owner + more if owner and len(owner) < _LONGEST else owner


def _asks_first(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return bool(re.search(r"is_available|TYPE_CHECKING|find_spec", ast.unparse(node.test)))
    if isinstance(node, ast.Try):
        caught = " ".join(ast.unparse(handler.type) for handler in node.handlers if handler.type)
        return any(handler.type is None for handler in node.handlers) or "Error" in caught or "Exception" in caught
    return False
