"""What happens in a step, in one sentence: for the line under the picture and for those who cannot see it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphviz_utils.dot import Sheet, Use, is_changed, number_text, sum_text
from graphviz_utils.model import Node, Snapshot

__all__ = ["Teller"]

_WHOLE = 6
_MOST_OUTPUTS = 4
_UNSEEN = "a value that was not seen"


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of what is on a sheet. `outputs` are the program's names for the outputs of nodes that have several."""

    sheet: Sheet
    outputs: Mapping[tuple[str, int], str]

    def called(self, id_: str) -> str:
        """What a node is called: by the program's name, by what it does, or by how many it stands for."""
        return (self._name(id_, 0) if self._outputs(id_) < 2 else "") or self._deed(id_)

    def carried(self, use: Use) -> str:
        """What is taken, where it is taken; of two tensors that bear the same name, it is the earlier one."""
        name = self._name(use.source, use.output)
        if name:
            return f"the earlier {name}" if name == self.called(use.target) else name
        deed = self._deed(use.source)
        return f"output {use.output} of {deed}" if self._outputs(use.source) > 1 else deed

    def forward(self, id_: str) -> str:
        """What a node took and gave."""
        taken = [
            " = ".join(filter(None, (self._name(use.source, use.output), self._number(use.reading.value, ""))))
            for use in self.sheet.takes(id_)
        ]
        takes = f" takes {_listed([each or 'a tensor' for each in taken])}" if taken else " is computed"
        given = list(self._given(id_))
        return f"{self._deed(id_)}{takes}{f' and gives {_listed(given)}' if given else ''}."

    def backward(self, id_: str, seeds: Sequence[Snapshot | None]) -> str:
        """What a node received and sent; for a leaf, what it collected, and what that made of its `.grad`."""
        node, received = self._node(id_), self._received(id_)
        if node is not None and node.kind == "leaf":
            return f"{self.called(id_)} collects {received}.{self._accumulated(id_)}"
        sent = [
            f"{self._number(use.reading.grad, 'nothing')} to {self.carried(use)}"
            for use in self.sheet.takes(id_)
            if use.differentiable and use.merged == 1
        ]
        is_start = bool(seeds) and len(self.sheet.contributions(id_)) == 1
        begins = "starts with the seed gradient" if is_start else "receives"
        comma = "," if ", which" in received else ""
        return f"{self.called(id_)} {begins} {received}{f'{comma} and sends {_listed(sent)}' if sent else ''}."

    def _node(self, id_: str) -> Node | None:
        """The node itself; none for a box that stands for several."""
        return self.sheet.node(id_) if self.sheet.fold(id_) is None else None

    def _outputs(self, id_: str) -> int:
        node = self.sheet.node(id_)
        return 0 if node is None else len(node.outputs)

    def _name(self, id_: str, output: int) -> str:
        """The program's name for an output; empty where it has none."""
        node = self._node(id_)
        if node is None:
            return ""
        return (self.outputs.get((node.id, output)) if len(node.outputs) > 1 else node.variable) or ""

    def _deed(self, id_: str) -> str:
        """What a node does: the sign in its picture, with a word for one that is brackets alone."""
        node, fold = self._node(id_), self.sheet.fold(id_)
        if node is None:
            return "a node" if fold is None else fold.label
        sign = node.label or node.name
        return f"index {sign}" if sign.startswith("[") else sign

    def _given(self, id_: str) -> Iterator[str]:
        count = self._outputs(id_)
        for output in range(min(count, _MOST_OUTPUTS)):
            name, number = self._name(id_, output), self._number(self.sheet.reading(id_, output).value)
            yield f"{name} = {number}" if name else number
        if count > _MOST_OUTPUTS:
            yield f"{count - _MOST_OUTPUTS:,} more"

    def _received(self, id_: str) -> str:
        """What arrived, by output where there are several."""
        count = self._outputs(id_)
        if count == 1:
            return self._arrived(id_)
        parts = [
            f"{self._number(grad)} for {self._name(id_, output) or f'output {output}'}"
            for output in range(min(count, _MOST_OUTPUTS))
            if (grad := self.sheet.reading(id_, output).grad) is not None
        ]
        return _listed(parts) if parts else "gradients"

    def _arrived(self, id_: str) -> str:
        """What arrived at the only output: the sum of several numbers is written out, a hook's change is told."""
        terms, used = self.sheet.contributions(id_), self.sheet.reading(id_).grad
        total = self.sheet.total(id_) or used
        if total is None or used is None:
            return self._number(used, "a gradient that was not seen")
        told = sum_text(terms, total, total, self.sheet.look.digits) if total.shape == () else ""
        hook = f", which a hook makes {self._number(used)}" if is_changed(total, used, terms) else ""
        return f"{told or self._number(total)}{hook}"

    def _accumulated(self, id_: str) -> str:
        """Of a leaf that had a gradient before the pass: what became of it."""
        before, after = (self.sheet.graph.nodes[id_].get(name) for name in ("grad_before", "grad_after"))
        if before is None or after is None:
            return ""
        return f" Its .grad was {self._number(before)} and is now {self._number(after)}."

    def _number(self, tensor: Snapshot | None, unseen: str = _UNSEEN) -> str:
        """A number, a short vector, or the shape of anything larger."""
        if tensor is None:
            return unseen
        if tensor.data is not None and tensor.numel <= _WHOLE:
            return tensor.text(lambda number: number_text(number, self.sheet.look.digits), _WHOLE)
        return f"a tensor of shape {tuple(tensor.shape)}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
