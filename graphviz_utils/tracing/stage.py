"""What the two modes of a recording share: whether it is open, where the program is, and which module and pass run."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from graphviz_utils.model import RecordingError
from graphviz_utils.tracing.frames import Location, is_in_compiled_call, located

__all__ = ["Stage"]


class Stage:
    """The state of a recording that changes as the program moves.

    `paused` counts the reasons to look away; `engine_depth` the backward passes that run now; `modules` is the stack
    of modules whose `forward` runs.
    """

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.paused = 0
        self.engine_depth = 0
        self.modules: list[torch.nn.Module] = []
        self.roots: dict[torch.nn.Module, None] = {}
        self.faults: Counter[tuple[str, str]] = Counter()
        self._checked: set[object] = set()

    @contextmanager
    def guarded(self, what: str) -> Iterator[None]:
        """Whatever goes wrong inside is noted and not raised: a recorder never raises into the program it watches."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # tensor subclasses and wrapped tensors may raise anything
            self.faults[what, type(error).__name__] += 1

    @property
    def is_open(self) -> bool:
        """Whether what happens now is to be recorded."""
        return self.paused == 0

    @property
    def is_outside_engine(self) -> bool:
        """Whether no backward pass is running."""
        return self.engine_depth == 0

    @property
    def module(self) -> torch.nn.Module | None:
        """The innermost module whose forward runs."""
        return self.modules[-1] if self.modules else None

    def locate(self, look_for_custom_function: bool = False) -> Location:
        """Where the program is now."""
        return located(self.filename, look_for_custom_function)

    def enter_module(self, module: torch.nn.Module, _inputs: object) -> None:
        """A module's forward begins."""
        if not self.modules:
            self.roots[module] = None
        self.modules.append(module)

    def leave_module(self, module: torch.nn.Module, _inputs: object, _output: object) -> None:
        """A module's forward ended, also by an exception; those inside that never said so ended with it."""
        while self.modules:
            if self.modules.pop() is module:
                break

    def refuse_compiled(self, location: Location) -> None:
        """RecordingError if a function made by torch.compile runs: its operators cannot be seen one by one."""
        code = None if location.frame is None else location.frame.f_code
        if code in self._checked:
            return
        self._checked.add(code)
        if is_in_compiled_call():
            torch._dynamo.reset()  # a function first called under a recorder would stay uncompiled for good
            raise RecordingError(
                "a function compiled by torch.compile was called while recording; compiled code hides its operators, "
                "so call the function as it was before torch.compile"
            )
