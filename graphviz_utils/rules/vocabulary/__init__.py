"""Every word of the rules' language: what it computes, and how it is set."""

from collections.abc import Mapping
from types import MappingProxyType

from graphviz_utils.rules.vocabulary import (
    arithmetic,
    choices,
    convolutions,
    elementary,
    matrices,
    moving,
    normalising,
    pairs,
    placing,
    reductions,
    shapes,
    special,
)
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary
from graphviz_utils.rules.vocabulary.reductions import same

__all__ = ["WORDS", "Function", "Pen", "Vocabulary", "same"]

WORDS: Mapping[str, Function] = MappingProxyType(
    arithmetic.WORDS
    | elementary.WORDS
    | choices.WORDS
    | shapes.WORDS
    | reductions.WORDS
    | matrices.WORDS
    | convolutions.WORDS
    | normalising.WORDS
    | placing.WORDS
    | moving.WORDS
    | pairs.WORDS
    | special.WORDS
)
"""By name. A module of words is one more `|`; a name that stands in two of them is caught by a test."""
