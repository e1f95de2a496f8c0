"""Every operator of a run that is made again: random ones draw as they did, and in double precision all are wide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_utils.running.child.differences.draws import Drawing, is_random
from graphviz_utils.running.child.differences.ending import Deadline, Ended
from graphviz_utils.tracing.schemas import flat

__all__ = ["Operators", "Shaken", "Shock"]

_WIDE = {
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
    torch.float32: torch.float64,
    torch.complex32: torch.complex128,
    torch.complex64: torch.complex128,
}

_LITERAL = torch.ops.aten.lift_fresh.default
"""What comes from outside of PyTorch goes through this operator first."""


class Operators(TorchDispatchMode):
    """Runs operators as they come.

    `coarsest` is the floating type of them all that rounds most, and `ended` what ended the run here, which the program
    may have caught.
    """

    def __init__(self, draws: Drawing, deadline: Deadline, *, is_wide: bool) -> None:
        super().__init__()
        self.coarsest = torch.float64
        self.ended: Ended | None = None
        self.is_wide = is_wide
        self._draws = draws
        self._deadline = deadline
        self._last: Any = None  # autograd runs another operator if a result is still held here: in all runs it is

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if self.is_wide and kwargs.get("dtype") in _WIDE:
            kwargs = {**kwargs, "dtype": _WIDE[kwargs["dtype"]]}
        try:
            self._deadline.check()
            with torch._C.DisableTorchFunction():
                self._last = self._operate(func, args, kwargs)
                return self._last
        except Ended as ended:
            self.ended = ended
            raise

    def _operate(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = self._ran(func, args, kwargs)
        for tensor in flat(result):
            if tensor.dtype is not self.coarsest and _is_real(tensor):
                self.coarsest = max(self.coarsest, tensor.dtype.to_real(), key=lambda dtype: torch.finfo(dtype).eps)
        return result

    def _ran(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = self._draws.draw(func, args, kwargs) if is_random(func) else func(*args, **kwargs)
        if self.is_wide and isinstance(result, torch.Tensor) and result.dtype in _WIDE and _is_new(func, args, result):
            return result.to(_WIDE[result.dtype])
        return result


@dataclass(frozen=True, slots=True)
class Shock:
    """A rounding unit of size `epsilon`, up or down by chance; with `literals`, of what the program wrote down, too."""

    epsilon: float
    seed: int
    literals: bool


class Shaken(Operators):
    """Moves each number that an operator gives by a `shock`."""

    def __init__(self, draws: Drawing, deadline: Deadline, shock: Shock, *, is_wide: bool) -> None:
        super().__init__(draws, deadline, is_wide=is_wide)
        self._shock = shock
        self._chance = torch.Generator().manual_seed(shock.seed)

    def _operate(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = self._ran(func, args, kwargs)
        if func is _LITERAL:  # which may be memory that the program also has by another name
            return result * self._factors(result) if self._shock.literals and _is_real(result) else result
        for returned, tensor in zip(func._schema.returns, flat(result), strict=False):
            is_view = returned.alias_info is not None and not returned.alias_info.is_write
            if _is_real(tensor) and not is_view:
                tensor.mul_(self._factors(tensor))
        return result

    def _factors(self, tensor: torch.Tensor) -> torch.Tensor:
        signs = 2 * torch.randint(0, 2, tensor.shape, generator=self._chance) - 1
        return (1 + self._shock.epsilon * signs.to(torch.float64)).to(tensor.dtype)


def _is_new(func: Any, args: tuple[Any, ...], result: torch.Tensor) -> bool:
    """Whether `result` is made of no tensor, nor of memory that the program has by another name (NumPy's)."""
    return result.untyped_storage().resizable() if func is _LITERAL else next(flat(args), None) is None


def _is_real(tensor: torch.Tensor) -> bool:
    return (tensor.is_floating_point() or tensor.is_complex()) and not tensor.is_meta
