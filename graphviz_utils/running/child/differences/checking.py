"""From what was found out about a leaf to the check that stands in its proof."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from graphviz_utils.model import Check, Snapshot, Verdict
from graphviz_utils.running.child.differences import wording
from graphviz_utils.running.child.differences.judging import Judged, judged
from graphviz_utils.running.child.differences.mirroring import with_mirror_images
from graphviz_utils.running.child.differences.probing import Probe
from graphviz_utils.running.child.differences.slopes import Slope
from graphviz_utils.running.child.differences.suspects import Suspects
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["Subject", "check_of"]

_WORST: tuple[Verdict, ...] = ("differs", "open", "kink", "close", "equal")
_SHARED = "PyTorch shares the gradient of a symmetric matrix between both triangles: they are right together"
_ALONG = "along a direction that moves all numbers at once"
_NAN = "nan comes of a zero times an infinite slope, as behind a branch that `where` did not choose"


@dataclass(frozen=True, slots=True)
class Subject:
    """A leaf and its gradient, in the program's own types and in those that were tried.

    `own` and `wide` are these two, in one row; `beyond` are the numbers of the elements where rounding does not
    explain how they differ. `dtype` is the coarsest type of the program, and `is_wide` says that double precision was
    tried, `is_known` that the program was seen taking the leaf. `suspects` knows who may have changed the gradient.
    """

    node: str
    name: str
    shape: tuple[int, ...]
    is_complex: bool
    own: torch.Tensor
    wide: torch.Tensor
    beyond: Sequence[int]
    dtype: str
    is_wide: bool
    is_known: bool
    suspects: Suspects


def check_of(subject: Subject, probe: Probe) -> Check:
    """The check of one leaf."""
    if not probe.sent.numel():
        return Check("differences", "equal", "the leaf is empty")
    if not subject.is_known:
        return Check("differences", "open", "how the program goes on from this leaf could not be seen")
    if not probe.findings:
        return Check("differences", "open", "there was no time to run the program once more")
    rows = _judged(subject, probe)
    verdicts = {row.verdict for row in rows.values()} | ({"differs"} if subject.beyond else set())
    verdict = next(each for each in _WORST if each in verdicts)
    note = _Note(subject, rows).text()
    count = probe.sent.numel()
    if count > len(probe.findings) - (Probe.ALONG in probe.findings) or "open" in verdicts:
        return Check("differences", verdict, note)
    slopes = [rows[place].slope for place in range(count)]
    return Check(
        "differences",
        verdict,
        note,
        expected=_snapshot(subject, [rows[place].finding.slope.value for place in range(count)]),
        error=max((slope.error for slope in slopes if math.isfinite(slope.error)), default=None),
        below=_snapshot(subject, [_or(slope.below, slope) for slope in slopes]) if verdict == "kink" else None,
        above=_snapshot(subject, [_or(slope.above, slope) for slope in slopes]) if verdict == "kink" else None,
    )


def _judged(subject: Subject, probe: Probe) -> Mapping[int, Judged]:
    """Every finding judged."""
    scale = _largest(probe.sent)
    rows = {place: judged(finding, scale, probe.inner) for place, finding in probe.findings.items()}
    is_mirrored = any(row.verdict == "differs" for row in rows.values()) and subject.suspects.are_mirrored(subject.node)
    return with_mirror_images(rows, subject.shape, scale) if is_mirrored else rows


def _largest(numbers: torch.Tensor) -> float:
    """The size of the largest finite number; 0 where there is none."""
    return float(numbers[numbers.isfinite()].abs().amax()) if bool(numbers.isfinite().any()) else 0.0


class _Note:
    """What is said of one leaf, sentence by sentence: the worst first."""

    def __init__(self, subject: Subject, rows: Mapping[int, Judged]) -> None:
        self._subject = subject
        self._rows = rows
        self._naming = wording.Naming(subject.name, subject.shape, subject.is_complex)
        self._scale = _largest(subject.wide)

    def text(self) -> str:
        """All sentences."""
        parts = [*self._troubles(), self._agreement(), self._shared(), self._tried(), self._precision()]
        return "; ".join(filter(None, parts))

    def _of(self, verdict: Verdict) -> list[int]:
        """The elements with `verdict`, a direction last."""
        return sorted((place for place, row in self._rows.items() if row.verdict == verdict), key=lambda i: (i < 0, i))

    def _troubles(self) -> Iterator[str]:
        if different := self._of("differs"):
            yield self._difference(different[0])
        elif self._subject.beyond:
            yield self._rounding(self._subject.beyond[0])
        if unsettled := self._of("open"):
            yield f"{self._where(unsettled[0])} {wording.unsettled(self._rows[unsettled[0]])}"
        if (kinks := self._of("kink")) and not different:
            yield wording.kink(self._where(kinks[0]), len(kinks) - 1, self._rows[kinks[0]], self._sent(kinks[0]))

    def _difference(self, place: int) -> str:
        sent = self._sent(place)
        why = _NAN if math.isnan(sent) else self._subject.suspects.of(self._subject.node)
        return wording.difference(self._where(place), self._rows[place], sent) + (f": {why}" if why else "")

    def _where(self, place: int) -> str:
        return _ALONG if place == Probe.ALONG else f"at {self._naming(place)}"

    def _sent(self, place: int) -> float:
        """What the picture shows that autograd sent."""
        return self._rows[place].finding.sent if place == Probe.ALONG else float(self._subject.own[place])

    def _rounding(self, place: int) -> str:
        own, wide = (float(numbers[place]) for numbers in (self._subject.own, self._subject.wide))
        words = f"at {self._naming(place)} {self._subject.dtype} gives {own:.6g}, and double precision {wide:.6g}"
        return words if not math.isfinite(own) else f"{words}, which rounding does not explain"

    def _agreement(self) -> str:
        agreeing = [row for row in self._rows.values() if row.verdict in ("equal", "close")]
        if not agreeing:
            return ""
        words = wording.agreement(agreeing, self._scale)
        if self._subject.beyond:
            return " ".join(filter(None, ("double precision and differences are equal", words)))
        return words if len(agreeing) == len(self._rows) else " ".join(filter(None, ("equal elsewhere", words)))

    def _shared(self) -> str:
        return _SHARED if any(row.is_shared for row in self._rows.values()) else ""

    def _tried(self) -> str:
        has_direction = Probe.ALONG in self._rows
        return wording.tried(len(self._rows) - has_direction, self._naming.count, has_direction)

    def _precision(self) -> str:
        subject = self._subject
        if not subject.is_wide:
            return f"all in {subject.dtype}: in double precision the program takes another way"
        agreeing = [place for place, row in self._rows.items() if place >= 0 and row.verdict in ("equal", "close")]
        if subject.beyond or not agreeing:
            return ""
        off = (subject.own - subject.wide).abs()[agreeing].nan_to_num(posinf=0.0)
        return wording.off(subject.dtype, float(off.max()), self._scale)


def _or(side: float, slope: Slope) -> float:
    return slope.value if math.isnan(side) else side


def _snapshot(subject: Subject, numbers: Sequence[float]) -> Snapshot | None:
    """`numbers` in the shape of the leaf."""
    tensor = torch.tensor(numbers, dtype=torch.float64)
    if subject.is_complex:
        tensor = torch.view_as_complex(tensor.reshape(-1, 2))
    return Camera(1).snapshot(tensor.reshape(subject.shape))
