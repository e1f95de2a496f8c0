"""The kinds of numbers and texts that stand in a trace, each with the bounds that a decoder holds it to."""

from typing import Annotated

from msgspec import Meta

from graphviz_utils.model.limits import Limits

__all__ = ["Count", "Id", "Index", "Line", "Name", "Shape", "Sizes", "Text"]

_LIMITS = Limits()

Count = Annotated[int, Meta(ge=0, le=2**53)]
"""A moment, a version, how many of something: whole numbers that readers in other languages tell apart, too."""
Index = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A slot, an output, a pass."""
Line = Annotated[int, Meta(ge=0, le=10_000_000)]
"""A line of the program, counted from 1."""
Shape = Annotated[tuple[Annotated[int, Meta(ge=0, le=2**62)], ...], Meta(max_length=64)]
"""The sizes of a tensor; PyTorch knows no more than 64 dimensions."""
Sizes = Annotated[tuple[Annotated[int, Meta(ge=-1, le=2**62)], ...], Meta(max_length=64)]
"""The same of an output, with -1 for a size that varies."""
Id = Annotated[str, Meta(max_length=20)]
"""What a node is called: `n` and a number."""
Name = Annotated[str, Meta(max_length=_LIMITS.name_characters)]
"""What stands on one line: a variable, a type, an operator, a device."""
Text = Annotated[str, Meta(max_length=_LIMITS.code_upload_mb * 1_000_000)]
"""A program, or what it said."""
