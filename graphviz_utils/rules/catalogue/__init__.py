"""The curated rules, by the name that autograd has for a node."""

from collections.abc import Mapping
from types import MappingProxyType

from graphviz_utils.rules.catalogue import (
    activations,
    arithmetic,
    choosing,
    complexes,
    extremes,
    gates,
    indexing,
    losses,
    matrices,
    normalising,
    passing,
    powers,
    reductions,
    rounding,
    sliding,
    special,
    trigonometry,
    views,
)
from graphviz_utils.rules.catalogue.entry import Catalogue, Entry

__all__ = ["RULES", "Catalogue", "Entry"]

RULES: Mapping[str, Entry] = MappingProxyType(
    arithmetic.RULES
    | powers.RULES
    | trigonometry.RULES
    | special.RULES
    | rounding.RULES
    | activations.RULES
    | gates.RULES
    | choosing.RULES
    | complexes.RULES
    | passing.RULES
    | reductions.RULES
    | extremes.RULES
    | matrices.RULES
    | sliding.RULES
    | normalising.RULES
    | losses.RULES
    | indexing.RULES
    | views.RULES
)
"""A module of rules is one more `|` here; a node that stands in two of them is caught by a test."""
