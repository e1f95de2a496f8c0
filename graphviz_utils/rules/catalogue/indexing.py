"""Taking elements by their place, and writing to places."""

from collections.abc import Mapping

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.calls import given
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_DIM = {"dim": 0}
_SPAN = {"dim": 0, "start": None, "end": None, "step": 1}

_PART = "part(shape(self), dim, index)"
_BETWEEN = "span(shape(self), dim, start, end, step)"
_LENGTH = "span(shape(self), dim, start, start + length, 1)"
_EVERY = "every(shape(self), dim, index)"
_ALONG = "along(shape(self), dim, index)"
_LISTED = "listed(indices)"
_MASKED = "masked(shape(self), mask)"
_FLAT = "flat(shape(self), index)"


def _taking(sentence: str, place: str, defaults: Mapping[str, object] | None = None) -> Rule:
    return Rule(
        "gathers",
        sentence,
        f"taken(self, {place})",
        {"self": f"put(grad, shape(self), {place})"},
        defaults=defaults or {},
    )


def _back(place: str, what: str) -> str:
    """The gradient from a place; that of one number for many places is added up."""
    return f"sum(taken(grad, {place})) if ndim({what}) == 0 else taken(grad, {place})"


def _writing(sentence: str, place: str, what: str, defaults: Mapping[str, object] | None = None) -> Rule:
    """What is written over receives nothing; what was written receives the gradient from its place."""
    return Rule(
        "routes",
        sentence,
        f"written(self, {place}, {what})",
        {"self": f"spared(grad, {place})", what: _back(place, what)},
        defaults=defaults or {},
    )


def _adding(sentence: str, place: str, what: str, defaults: Mapping[str, object] | None = None) -> Rule:
    """What is added to receives everything; what was added receives the gradient from its place."""
    factor = "alpha * " if defaults and "alpha" in defaults else ""
    return Rule(
        "distributes",
        sentence,
        f"added(self, {place}, {factor}{what})",
        {"self": "grad", what: f"{factor}({_back(place, what)})"},
        defaults=defaults or {},
    )


_TAKEN = "{} takes elements: they receive the gradient back, all others nothing."
_TAKEN_OFTEN = "{} takes elements: each receives the gradients of all its copies, added up."
_WRITTEN = "{} writes over: what was written receives the gradient from there, what stood there before nothing."
_ADDED = "{} adds: the tensor receives all of the gradient, what was added the gradient from its place."
_FILLED = "{} writes over: what stood there before receives nothing, all the rest its gradient."

_INDEXED = _taking(_TAKEN_OFTEN.format("Indexing"), _LISTED)
_PUT = _writing(_WRITTEN.format("`x[i] = v`"), _LISTED, "values")
_PUT_ON_TOP = _adding(_ADDED.format("`index_put`"), _LISTED, "values")
_OF_SOURCE = f"reshape(taken(grad, {_FLAT}), shape(source))"
_PUT_FLAT = Rule(
    "routes",
    _WRITTEN.format("`put`"),
    f"written(self, {_FLAT}, reshape(source, shape(index)))",
    {"self": f"spared(grad, {_FLAT})", "source": _OF_SOURCE},
)
_PUT_FLAT_ON_TOP = Rule(
    "distributes",
    _ADDED.format("`put`"),
    f"added(self, {_FLAT}, reshape(source, shape(index)))",
    {"self": "grad", "source": _OF_SOURCE},
)


def _index_put(node: Node) -> Rule:
    return _PUT_ON_TOP if given(node, "accumulate", False) else _PUT


def _put(node: Node) -> Rule:
    return _PUT_FLAT_ON_TOP if given(node, "accumulate", False) else _PUT_FLAT


_EMBEDDING = Rule(
    "gathers",
    "An embedding takes rows: each row receives the gradients of all the places it was taken to, added up.",
    "taken(weight, listed((indices,)))",
    {"weight": "embedded_back(grad, shape(weight), indices, padding_idx)"},
    defaults={"padding_idx": -1},
)


def _embedding(node: Node) -> Rule | None:
    return None if given(node, "scale_grad_by_freq", False) or given(node, "sparse", False) else _EMBEDDING


def _masked_fill(value: dict[str, str]) -> Rule:
    return Rule(
        "gates",
        "`masked_fill` shuts off: where the mask is true nothing goes back, elsewhere the gradient passes.",
        "where(mask, value, self)",
        {"self": "where(mask, 0, grad)", **value},
    )


RULES: Catalogue = {
    "SelectBackward0": _taking(_TAKEN.format("Indexing"), _PART),
    "SliceBackward0": _taking(_TAKEN.format("A slice"), _BETWEEN, _SPAN),
    "NarrowCopyBackward0": _taking(_TAKEN.format("`narrow`"), _LENGTH),
    "IndexBackward0": _INDEXED,
    "UnsafeIndexBackward0": _INDEXED,
    "IndexSelectBackward0": _taking(_TAKEN_OFTEN.format("`index_select`"), _EVERY),
    "GatherBackward0": _taking(_TAKEN_OFTEN.format("`gather`"), _ALONG),
    "TakeBackward0": _taking(_TAKEN_OFTEN.format("`take`"), _FLAT),
    "MaskedSelectBackward0": _taking(_TAKEN.format("A mask"), _MASKED),
    "EmbeddingBackward0": _embedding,
    "SelectScatterBackward0": _writing(_WRITTEN.format("`select_scatter`"), _PART, "src"),
    "SliceScatterBackward0": _writing(_WRITTEN.format("`slice_scatter`"), _BETWEEN, "src", _SPAN),
    "IndexPutBackward0": _index_put,
    "UnsafeIndexPutBackward0": _index_put,
    "IndexPutImplBackward0": _index_put,
    "IndexCopyBackward0": _writing(_WRITTEN.format("`index_copy`"), _EVERY, "source"),
    "IndexAddBackward0": _adding(_ADDED.format("`index_add`"), _EVERY, "source", {"alpha": 1}),
    "PutBackward0": _put,
    "ScatterBackward0": _writing(_WRITTEN.format("`scatter`"), _ALONG, "src"),
    "ScatterBackward1": Rule(
        "routes",
        _FILLED.format("`scatter`"),
        f"written(self, {_ALONG}, value)",
        {"self": f"spared(grad, {_ALONG})"},
    ),
    "ScatterAddBackward0": _adding(_ADDED.format("`scatter_add`"), _ALONG, "src"),
    "IndexFillBackward0": Rule(
        "routes",
        _FILLED.format("`index_fill`"),
        f"written(self, {_EVERY}, value)",
        {"self": f"spared(grad, {_EVERY})"},
    ),
    "IndexFillBackward1": Rule(
        "routes",
        _WRITTEN.format("`index_fill`"),
        f"written(self, {_EVERY}, value)",
        {"self": f"spared(grad, {_EVERY})", "value": "sum(taken(grad, every(shape(self), dim, distinct(index))))"},
    ),
    "MaskedFillBackward0": _masked_fill({}),
    "MaskedFillBackward1": _masked_fill({"value": "sum(where(mask, grad, 0))"}),
    "MaskedScatterBackward0": Rule(
        "routes",
        _WRITTEN.format("`masked_scatter`"),
        None,
        {"self": "where(mask, 0, grad)", "source": f"first_of(taken(grad, {_MASKED}), shape(source))"},
    ),
}
