"""PyTorch's own table of derivatives, read from the file that ships beside torch; torch itself is not imported."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Derivative", "derivative"]

_FILE = Path("packaged", "autograd", "derivatives.yaml")
_ABOUT_THE_ENTRY = frozenset({"name", "dispatch", "output_differentiability"})
_OVERLOAD_OF_A_LIST = re.compile(r"Foreach(.+Backward\d+)(?:[A-Z]\w*)?")


@dataclass(frozen=True, slots=True)
class Derivative:
    """An entry of the table: the arguments of an operator in order, and the formula of each that has a derivative.

    `formulas` is the code as it stands there. Where one formula gives several gradients at once, `places` says which of
    them an argument's is.
    """

    arguments: tuple[str, ...]
    formulas: Mapping[str, str]
    places: Mapping[str, int]
    is_of_a_list: bool = False
    """Whether the formula is to be applied to each tensor of a list."""


def derivative(name: str) -> Derivative | None:
    """What the table says of the node that autograd calls `name`; `None` if it says nothing or is not there."""
    table = _table()
    known = table.get(name) or table.get(name.removesuffix("_copy"))
    of_a_list = _OVERLOAD_OF_A_LIST.fullmatch(name)
    if known is None and of_a_list is not None and of_a_list[1] in table:
        each = table[of_a_list[1]]
        return Derivative(each.arguments, each.formulas, each.places, is_of_a_list=True)
    return known


@cache
def _table() -> Mapping[str, Derivative]:
    """Every node that the table makes, by the name autograd gives it."""
    path = _path()
    if path is None:
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return dict(_named(entries))


def _path() -> Path | None:
    spec = find_spec("torchgen")
    places = spec.submodule_search_locations if spec is not None else None
    return next((path for place in places or () if (path := Path(place) / _FILE).is_file()), None)


def _named(entries: list[dict[str, Any]]) -> Iterator[tuple[str, Derivative]]:
    """The nodes with their names: the operator's in capitals, and which of its overloads with a derivative it is."""
    count: Counter[str] = Counter()
    for entry in entries:
        schema = entry["name"]
        for key, formulas in entry.get("dispatch", {"Default": entry}).items():
            found = _derivative(schema, formulas)
            if found.formulas:
                prefix = _prefix(schema) + (key if key != "Default" else "")
                yield f"{prefix}{count[prefix]}", found
                count[prefix] += 1


def _prefix(schema: str) -> str:
    operator = re.split(r"[.(]", schema, maxsplit=1)[0]
    capitals = "".join(part.title() for part in operator.split("_"))
    return f"{capitals}Backward".replace("ForwardBackward", "Backward")


def _derivative(schema: str, entry: Mapping[str, Any]) -> Derivative:
    arguments = _arguments(schema)
    formulas: dict[str, str] = {}
    places: dict[str, int] = {}
    for key, formula in entry.items():
        names = tuple(name.strip() for name in key.split(","))
        is_backward = key not in _ABOUT_THE_ENTRY and names[0] in arguments  # else it is an output's: forward mode
        if is_backward and formula.strip().lower() != "non_differentiable":
            formulas |= dict.fromkeys(names, formula)
            places |= {name: place for place, name in enumerate(names) if len(names) > 1}
    return Derivative(arguments, formulas, places)


def _arguments(schema: str) -> tuple[str, ...]:
    """The names in `add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`."""
    inside = schema.partition("(")[2].rpartition(") ->")[0]
    parts = re.split(r",\s*(?![^(\[]*[)\]])", inside)
    return tuple(part.split("=")[0].split()[-1] for part in parts if part and part != "*")
