"""Cuts names that are longer than anybody reads, before a run is handed on."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from graphviz_utils.model.trace import Trace

__all__ = ["with_short_names"]

T = TypeVar("T")


def with_short_names(trace: Trace, most: int) -> Trace:
    """`trace` with no name of more than `most` characters; the trace itself if there is none, else its notes say so."""

    def short(rows: Iterable[T], *names: str) -> tuple[T, ...]:
        return tuple(_short(row, names, most) for row in rows)

    shortened = replace(
        _short(trace, ("title",), most),
        nodes=short(trace.nodes, "name", "operator", "label", "variable", "module"),
        cells=short(trace.cells, "title"),
        bindings=short(trace.bindings, "name"),
        claims=short(trace.claims, "name"),
        error=trace.error and _short(trace.error, ("type",), most),
    )
    if shortened == trace:
        return trace
    return replace(shortened, notes=(*trace.notes, f"Names of more than {most:,} characters are cut."))


def _short(row: T, names: Iterable[str], most: int) -> T:
    texts: dict[str, str | None] = {name: getattr(row, name) for name in names}
    long = {name: f"{text[: most - 1]}…" for name, text in texts.items() if text is not None and len(text) > most}
    return replace(row, **long) if long else row  # type: ignore[type-var]
