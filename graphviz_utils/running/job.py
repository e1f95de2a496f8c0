"""What goes into a run and what comes out of it, as frozen plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from graphviz_utils.model import RunError, Scenario, Shown, Subject, Trace

__all__ = ["DTYPES", "Dtype", "Job", "Outcome", "Status", "Want"]

Dtype = Literal["float16", "bfloat16", "float32", "float64"]
Want = Literal["trace", "torchviz", "differences"]
Status = Literal[
    "ok",
    "error",
    "time limit",
    "cpu limit",
    "out of memory",
    "crashed",
    "forbidden operation",
    "refused",
    "ended without a result",
    "result refused",
    "too large",
    "stopped",
    "busy",
]

DTYPES: tuple[str, ...] = get_args(Dtype)
_WANTS = frozenset(get_args(Want))


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a scenario.

    `leaves` maps a variable's name to the number or nested numbers it starts from, in place of the literal that stands
    in the program. `dtype` becomes the program's default floating type. `wants` says what is to come back; with
    "differences", the trace's proofs hold what the pass number `backward` (`None`: the last outermost one) sent to each
    leaf against central differences.

    Raises:
        RunError: `dtype` or `wants` holds a word that means nothing here.
    """

    scenario: Scenario
    leaves: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    dtype: Dtype | None = None
    wants: frozenset[Want] = frozenset({"trace"})
    backward: int | None = None

    def __post_init__(self) -> None:
        if self.dtype is not None and self.dtype not in DTYPES:
            raise RunError(f"a run cannot be asked for dtype {self.dtype!r}; choose one of {', '.join(DTYPES)}")
        if stray := sorted(self.wants - _WANTS):
            raise RunError(f"a run cannot give {stray[0]!r}; ask for {' or '.join(sorted(_WANTS))}")


@dataclass(frozen=True, slots=True)
class Outcome(Shown):
    """How a run ended.

    `trace` is there whenever the program answered, so also where it failed: up to the failure. `torchviz` is DOT text.
    `message` is a sentence to show as it stands, empty when there is nothing to say. `seconds` is what the caller
    waited, `cpu_seconds` what the program is known to have used (0 where that is not known).
    """

    status: Status
    trace: Trace | None = None
    torchviz: str | None = None
    message: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def _to_show(self) -> Subject | None:
        return None if self.trace is None or self.message else Subject(self.trace)
