"""The document that the viewer is fed with says of every node, edge and step what the run recorded."""

import json

import pytest
import torch

from graphviz_utils.model import Look, Snapshot
from graphviz_utils.tracing import record
from graphviz_utils.viewer import Scene, scene

POLYNOMIAL = "x = torch.tensor(2.0, requires_grad=True)\ny = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1\ny.backward()\n"


def shown(source: str, look: Look = Look()) -> Scene:
    """The scene of a program."""
    with record("A program", source=source, filename="<program>", derivatives=2000) as run:
        exec(compile(source, "<program>", "exec"), {"torch": torch})
    return scene(run.trace, look)


def number(of: Scene, index: int | None) -> object:
    found: Snapshot | None = None if index is None else of.tensors[index]
    return None if found is None else found.data


def test_each_step_says_what_was_taken_given_received_and_sent() -> None:
    words = [step.words for step in shown(POLYNOMIAL).steps]

    assert words[:2] == ["x⁴ takes x = 2 and gives 16.", "2 × takes 16 and gives 32."]
    assert words[9:12] == [
        "+ 1 takes 62 and gives y = 63.",
        "y starts with the seed gradient 1 and sends 1 to +.",
        "+ receives 1 and sends 1 to + and 1 to 5 ×.",
    ]
    assert words[-2:] == ["x⁴ receives 2 and sends 64 to x.", "x collects 64 + 12 + 12 + 5 = 93."]


def test_upstream_times_local_is_what_goes_down_each_edge() -> None:
    of = shown(POLYNOMIAL)
    received = {node.id: number(of, node.outputs[0].grads[0]) for node in of.nodes}
    products = [
        (received[edge.target], number(of, edge.locals[0]), number(of, edge.grads[0]))
        for edge in of.edges
        if edge.source == "node-n0"
    ]

    assert products == [(2.0, 32.0, 64.0), (1.0, 12.0, 12.0), (3.0, 4.0, 12.0), (1.0, 5.0, 5.0)]


def test_contributions_stand_in_the_order_in_which_they_arrived() -> None:
    of = shown(POLYNOMIAL)
    x = next(node for node in of.nodes if node.name == "x")

    assert [number(of, each.tensor) for each in x.passes[0].contributions] == [5.0, 12.0, 12.0, 64.0]
    assert number(of, x.passes[0].after) == 93.0


def test_a_second_pass_has_its_own_gradients_steps_and_seed() -> None:
    of = shown(
        "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward(retain_graph=True)\ny.backward(10 * y)\n"
    )
    x, y = of.nodes[:2]

    assert of.passes == ("1 · backward, line 3", "2 · backward, line 4")
    assert [number(of, index) for index in x.outputs[0].grads] == [6.0, 540.0]
    assert [number(of, each.passes[1].contributions[0].tensor) for each in (y,)] == [90.0]
    assert [(number(of, each.before), number(of, each.after)) for each in x.passes] == [(None, 6.0), (6.0, 546.0)]
    assert (x.grad_steps, y.grad_steps) == ((3, 5), (2, 4))
    assert len(of.pictures) == 2


def test_the_numbers_that_drawn_leaves_begin_with_are_inputs() -> None:
    of = shown(
        "unused = torch.tensor(5.0)\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n(x * x).sum().backward()\n"
    )

    assert [(each.name, each.value, each.line) for each in of.inputs] == [("x", [1.0, 2.0], 2)]


def test_a_number_too_long_for_any_tensor_is_no_input() -> None:
    of = shown(f"x = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\nif 0: y = torch.tensor({'9' * 400})\n")

    assert [each.name for each in of.inputs] == ["x"]


def test_a_program_too_long_to_be_run_again_has_no_inputs() -> None:
    of = shown(f"x = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n{'# ' * 10_000}\n")

    assert of.inputs == ()


def test_lines_are_those_that_python_counts() -> None:
    of = shown("x = torch.tensor(2.0, requires_grad=True)  # \x0c\r\n(x * x).backward()\n")

    assert of.lines == ("x = torch.tensor(2.0, requires_grad=True)  # \x0c", "(x * x).backward()")


def test_a_program_with_a_number_that_is_none_is_still_strict_json() -> None:
    of = shown("x = torch.tensor(float('nan'), requires_grad=True)\n(x * x).backward()\n")

    told = json.loads(of.to_json(), parse_constant=pytest.fail)
    assert told["tensors"][told["nodes"][0]["outputs"][0]["value"]]["data"] == "nan"


def test_every_id_is_an_element_of_every_picture() -> None:
    of = shown("x = torch.ones(3, requires_grad=True)\na, b, c = x.unbind()\n(a * b + c).backward()\n")

    ids = [node.id for node in of.nodes] + [edge.id for edge in of.edges]
    for picture in of.pictures:
        assert all(f'id="{id_}"' in picture for id_ in ids)
