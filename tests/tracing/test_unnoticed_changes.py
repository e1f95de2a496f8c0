"""Values where PyTorch makes it easy to write down a wrong one; the right ones are worked out by hand."""

import copy
from typing import Any

import pytest
import torch

from graphviz_utils.model import RecordingError, Trace
from graphviz_utils.tracing import record, trace_of


class Sigmoid(torch.autograd.Function):
    """Several operators inside; the last one gives the result."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        result = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        (result,) = ctx.saved_tensors
        slope: torch.Tensor = grad * result * (1 - result)
        return slope


def shown(trace: Trace, name: str) -> Any:
    """What the picture of the last pass shows for a variable."""
    binding = trace.names[name]
    value = trace.value(binding.node, binding.output, trace.moment()[0])
    assert value is not None
    return value.data


def test_a_custom_function_shows_its_result_and_its_input() -> None:
    with record() as run:
        v = torch.tensor([0.0], requires_grad=True)
        y = Sigmoid.apply(v)
        y.sum().backward()

    assert shown(run.trace, "y") == (0.5,)
    assert shown(run.trace, "v") == (0.0,)


def test_a_reentrant_checkpoint_shows_its_result() -> None:
    with record() as run:
        t = torch.tensor([1.0, 2.0], requires_grad=True)
        y = torch.utils.checkpoint.checkpoint(lambda u: u * 2 + 1, t, use_reentrant=True)
        y.sum().backward()

    assert shown(run.trace, "y") == (3.0, 5.0)


def test_an_operator_on_a_conjugate_shows_its_own_result() -> None:
    with record() as run:
        matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]]) + 0j
        z = torch.tensor([1 + 1j, 2 - 3j], requires_grad=True)
        y = matrix @ z.conj()
        y.abs().sum().backward()
    (node,) = [node for node in run.trace.nodes if node.name == "MvBackward0"]

    assert shown(run.trace, "y") == (5 + 5j, 11 + 9j)
    assert node.operator == "aten.mv.default"
    assert [each.kind for each in run.trace.nodes if each.name == "clone"] == []


def test_clipping_through_data_is_seen_by_the_next_forward() -> None:
    with record() as run:
        w = torch.tensor([3.0, -4.0], requires_grad=True)
        (w * 2).sum().backward()
        w.data.clamp_(-1, 1)
        (w * 2).sum().backward()

    assert shown(run.trace, "w") == (1.0, -1.0)


def test_a_step_through_data_is_seen() -> None:
    with record() as run:
        w = torch.tensor(1.0, requires_grad=True)
        for _ in range(2):
            loss = (w - 3) ** 2
            loss.backward()
            w.data -= 0.25 * w.grad  # type: ignore[operator]  # backward has run
            w.grad = None
    values = [value.tensor.item() for value in run.trace.values if value.node == "n0" and value.tensor is not None]

    assert values == [1.0, 2.0, 2.5]


def test_memory_shared_with_numpy_is_looked_at_again() -> None:
    array = torch.ones(1).numpy()
    with record() as run:
        x = torch.tensor([1.0], requires_grad=True)
        c = torch.from_numpy(array)
        first = x + c  # noqa: F841
        array[:] = 7
        (x + c).sum().backward()

    assert shown(run.trace, "c") == (7.0,)


def test_a_copied_leaf_shows_what_was_copied() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        twin = copy.deepcopy(x)
        (x * twin).sum().backward()
    node = run.trace.names["twin"].node
    values = [value.tensor.data for value in run.trace.values if value.node == node and value.tensor]

    assert values == [(1.0, 2.0)]


def test_memory_that_is_about_to_be_filled_is_no_constant() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        buffer = torch.empty(2)
        buffer.copy_(x)
    (constant,) = [node for node in run.trace.nodes if node.kind == "constant"]

    assert run.trace.value(constant.id) is None
    assert shown(run.trace, "buffer") == (1.0, 2.0)


def test_writing_into_a_part_of_a_parameter_makes_no_leaf() -> None:
    with record() as run:
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        (w * 2).sum().backward()
        with torch.no_grad():
            w[0] -= 0.5
            w[1] = 7.0
        (w * 2).sum().backward()
    leaves = [node.variable for node in run.trace.nodes if node.kind == "leaf"]

    assert leaves == ["w"]
    assert run.trace.notes == ()
    assert shown(run.trace, "w") == (0.5, 7.0)


def test_a_hook_that_writes_through_data_changes_what_the_node_used() -> None:
    def clip(grad: torch.Tensor) -> None:
        grad.data.clamp_(max=0.5)

    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 2
        y.register_hook(clip)
        (y * 3).sum().backward()
    (row,) = [row for row in run.trace.passes[0].node_grads if run.trace.node(row.node).variable == "y"]

    assert row.sum is not None
    assert row.tensor is not None
    assert (row.sum.data, row.tensor.data) == ((3.0, 3.0), (0.5, 0.5))


def test_a_gradient_that_could_not_be_looked_at_is_no_undefined_gradient() -> None:
    with record(film=3) as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        (x * 3).sum().backward()

    assert run.trace.passes[0].edge_grads == ()
    assert "only the structure" in run.trace.notes[0]


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_sizes_that_vary_are_written_as_minus_one() -> None:
    with record() as run:
        a = torch.ones(2, 3, requires_grad=True)
        nested = torch.nested.as_nested_tensor([a, torch.ones(4, 3)], layout=torch.jagged)
        (nested * 2).values().sum().backward()

    assert any(-1 in output.shape for node in run.trace.nodes for output in node.outputs)
    assert Trace.from_json(run.trace.to_json()).to_json() == run.trace.to_json()


def test_a_recording_is_used_once() -> None:
    recording = record()
    with recording:
        pass

    with pytest.raises(RecordingError, match="call record"), recording:
        pass


def test_a_backward_pass_that_cannot_run_is_refused_in_words() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x.exp()
    y.backward()

    with pytest.raises(RecordingError, match="cannot be run"):
        trace_of(y, backward=True)
