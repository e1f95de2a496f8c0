"""What shows itself in a notebook: runs and pictures, as HTML from the room that was named for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from graphviz_utils.model.look import Look
from graphviz_utils.model.rows import LAST, Moment

if TYPE_CHECKING:
    from graphviz_utils.model.trace import Trace

__all__ = ["Shown", "Subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: a run, how it is looked at, and when."""

    trace: "Trace"
    look: Look = field(default_factory=Look)
    moment: Moment = LAST


class Shown:
    """Base of what a notebook shows where a cell ends in it.

    What holds a run stands below the rooms that draw one, and does not know them. So the face, which knows all rooms,
    says once who draws; this class only passes on what is asked for.
    """

    __slots__ = ()
    _drawn: ClassVar[Callable[[Subject], str] | None] = None

    @staticmethod
    def drawn_by(drawn: Callable[[Subject], str]) -> None:
        """From now on `drawn` writes the HTML of whatever is shown."""
        Shown._drawn = drawn

    def _to_show(self) -> Subject | None:
        """What to show; `None` leaves a notebook with the plain words of `repr`."""
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        subject = self._to_show()
        return None if subject is None or Shown._drawn is None else Shown._drawn(subject)
