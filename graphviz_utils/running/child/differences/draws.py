"""Random numbers: drawn in one run, and given out alike in all that follow."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import torch

from graphviz_utils.running.child.differences.ending import Astray, Unrepeatable
from graphviz_utils.tracing.schemas import flat

__all__ = ["Drawing", "Draws", "is_random"]

_Args = Sequence[Any]
_Kwargs = dict[str, Any]
_Drawn = tuple[torch.Tensor, ...]


class Drawing(Protocol):
    """Answers a random operator."""

    def draw(self, func: Any, args: _Args, kwargs: _Kwargs) -> Any:
        """What the operator `func` gives."""
        ...


@cache
def is_random(func: Any) -> bool:
    """Whether the operator `func` gives other numbers each time."""
    return _word(func) in _REPEATING


class Draws:
    """Lets random operators run, and remembers what they drew."""

    def __init__(self) -> None:
        self._drawn: list[tuple[Any, _Drawn]] = []

    def draw(self, func: Any, args: _Args, kwargs: _Kwargs) -> Any:
        """What `func` gives."""
        result = func(*args, **kwargs)
        noise = [args[1]] if _word(func) == "rrelu_with_noise" else result
        self._drawn.append((func, tuple(tensor.clone() for tensor in flat(noise))))
        return result

    def again(self) -> Drawing:
        """Gives out the same numbers, from the first on."""
        return _Replayed(self._drawn)


class _Replayed:
    def __init__(self, drawn: Sequence[tuple[Any, _Drawn]]) -> None:
        self._drawn = iter(drawn)

    def draw(self, func: Any, args: _Args, kwargs: _Kwargs) -> Any:
        """What `func` gave then, in the type that is asked for now; what is past the pass draws as it likes."""
        known, drawn = next(self._drawn, (None, ()))
        if known is None:
            return func(*args, **kwargs)
        if known is not func:
            raise Astray
        return _REPEATING[_word(func)](func, args, kwargs, drawn)


@cache
def _word(func: Any) -> str:
    """The name of an operator without the sign that it works in place."""
    return str(func.overloadpacket.__name__).rstrip("_")


def _drawn_anew(func: Any, args: _Args, kwargs: _Kwargs, drawn: _Drawn) -> Any:
    """What does not depend on what it is given, as far as autograd knows: its gradient is zero or none."""
    if func.overloadpacket.__name__.endswith("_"):
        return args[0].copy_(drawn[0])
    if "out" in kwargs:
        return kwargs["out"].copy_(drawn[0])
    if not drawn[0].is_floating_point():
        return drawn[0].clone()
    like = next(flat(args), None)
    given = torch.get_default_dtype() if like is None else like.dtype
    return drawn[0].to(kwargs.get("dtype") or given, copy=True)


def _shaped(func: Any, args: _Args, kwargs: _Kwargs, drawn: _Drawn) -> Any:
    """What has a gradient that goes through the numbers it drew."""
    if any(tensor.requires_grad for tensor in flat(args)):
        raise Unrepeatable(f"{func} draws random numbers that change with what it is given")
    return _drawn_anew(func, args, kwargs, drawn)


def _leaky(func: Any, args: _Args, kwargs: _Kwargs, drawn: _Drawn) -> Any:
    """A leaky relu whose slopes, where it leaks, were drawn."""
    if args[4:5] != (True,):
        return func(*args, **kwargs)
    noise = args[1].copy_(drawn[0])
    return args[0].mul_(noise) if func.overloadpacket.__name__.endswith("_") else args[0] * noise


def _dropped_out(func: Any, args: _Args, kwargs: _Kwargs, drawn: _Drawn) -> Any:
    share, trains = args[1], args[2]
    if trains is False:
        return func(*args, **kwargs)
    return args[0] * drawn[1] * (0.0 if share == 1 else 1 / (1 - share)), drawn[1].clone()


_Repeating = Callable[[Any, _Args, _Kwargs, _Drawn], Any]
_REPEATING: dict[str, _Repeating] = {
    **dict.fromkeys(("bernoulli", "binomial", "cauchy", "exponential", "geometric", "log_normal"), _drawn_anew),
    **dict.fromkeys(("multinomial", "normal", "poisson", "rand", "rand_like", "randint", "randint_like"), _drawn_anew),
    **dict.fromkeys(("randn", "randn_like", "random", "randperm", "uniform"), _drawn_anew),
    **dict.fromkeys(("_sample_dirichlet", "_standard_gamma"), _shaped),
    "native_dropout": _dropped_out,
    "rrelu_with_noise": _leaky,
}
