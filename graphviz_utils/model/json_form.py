"""The JSON form of the words: strict JSON out, checked data in."""

import math
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, TypeVar

import msgspec

from graphviz_utils.model.errors import TraceError
from graphviz_utils.model.signs import legible, legible_json

__all__ = ["decoded", "encoded", "is_finite", "plain", "shallow"]

T = TypeVar("T")

SCHEMA = 1
"""The version of the JSON form that is written and read."""

_LONGEST_REASON = 300


def encoded(members: Mapping[str, Any], is_finite: bool) -> str:
    """`members` as one strict JSON object; NaN and infinities become words, complex numbers pairs.

    Members known to be finite are spared the search for such numbers.
    """
    data = msgspec.to_builtins(members, enc_hook=_pair)
    try:
        return msgspec.json.encode(data if is_finite else _strict(data)).decode()
    except UnicodeEncodeError:  # half a surrogate pair in a program's text has no place in UTF-8
        return msgspec.json.encode(_strict(data)).decode()


class Head(msgspec.Struct):
    """What every trace file must say of itself."""

    schema: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)]


def decoded(text: str | bytes, kind: type[T]) -> T:
    """The `kind` that `text` spells, its types checked and its texts legible; TraceError says where it is not one."""
    try:
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text.removeprefix(BOM_UTF8)
        data = legible_json(data)
        found = msgspec.json.decode(data, type=Head).schema
        if found != SCHEMA:
            raise TraceError(
                f"not a trace file of this version: it has schema {found}, and schema {SCHEMA} is read here; "
                f"{'update graphviz_utils' if found > SCHEMA else 'record the run again'}"
            )
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        reason = legible(str(error))
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"
        raise TraceError(
            f"not a trace file: {reason}; a trace is what Trace.save or `python -m graphviz_utils run` writes"
        ) from None


def shallow(words: Any) -> dict[str, Any]:
    """The fields of one dataclass by name, as they are."""
    return {field.name: getattr(words, field.name) for field in fields(words)}


def plain(part: Any) -> Any:
    """Any part of a trace as the dicts, lists, numbers and words of its strict JSON form."""
    return _strict(msgspec.to_builtins(part, enc_hook=_pair))


def is_finite(literal: Any) -> bool:
    """Whether an argument, or every part of one, is anything but NaN or infinite."""
    if isinstance(literal, (list, tuple)):
        return all(map(is_finite, literal))
    return not isinstance(literal, float) or math.isfinite(literal)


def _pair(number: Any) -> tuple[float, float]:
    if isinstance(number, complex):
        return number.real, number.imag
    raise NotImplementedError(type(number).__name__)


def _strict(data: Any) -> Any:
    if isinstance(data, float) and not math.isfinite(data):
        return "nan" if math.isnan(data) else "inf" if data > 0 else "-inf"
    if isinstance(data, str):
        return data.encode(errors="replace").decode()
    if isinstance(data, dict):
        return {_strict(key): _strict(part) for key, part in data.items()}
    if isinstance(data, (list, tuple)):
        return [_strict(part) for part in data]
    return data
