"""Each step is a sentence that a student can take at its word."""

import pytest

from graphviz_utils.model import Look
from tests.viewer.test_documents import shown

STEPS = [
    # What a hook makes of a gradient is no part of the sum.
    (
        "x = torch.tensor(2.0, requires_grad=True)\nh = x * 3\nh.register_hook(lambda g: 10 * g)\n(h * h).backward()\n",
        "h receives 6 + 6 = 12, which a hook makes 120, and sends 360 to x.",
    ),
    # A second pass adds to what is there: 6 and 6.
    (
        "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward(retain_graph=True)\ny.backward()\n",
        "x collects 3 + 3 = 6. Its .grad was 6 and is now 12.",
    ),
    # Operands stand in the order of the program, whether they need a gradient or not.
    (
        "X = torch.tensor([[1.0, 2.0]])\nw = torch.tensor([3.0, 4.0], requires_grad=True)\n(X @ w).sum().backward()\n",
        "@ takes X = [[1, 2]] and w = [3, 4] and gives [11].",
    ),
    # Of several outputs each has its own name and its own gradient.
    (
        "x = torch.tensor([4.0, 5.0], requires_grad=True)\na, b = x.unbind()\n(a * b).backward()\n",
        "unbind takes x = [4, 5] and gives a = 4 and b = 5.",
    ),
    (
        "x = torch.tensor([4.0, 5.0], requires_grad=True)\na, b = x.unbind()\n(a * b).backward()\n",
        "unbind receives 5 for a and 4 for b and sends [5, 4] to x.",
    ),
    (
        "x = torch.tensor([4.0, 5.0], requires_grad=True)\na, b = x.unbind()\ny = a / b\ny.backward()\n",
        "y starts with the seed gradient 1 and sends 0.2 to a and −0.16 to b.",
    ),
    # A name that was given again means two tensors.
    (
        "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny = y * 5\ny.backward()\n",
        "y starts with the seed gradient 1 and sends 5 to the earlier y.",
    ),
    # Brackets alone are no word.
    (
        "x = torch.tensor([3.0, 4.0], requires_grad=True)\n(2 * x[1]).backward()\n",
        "index [1] receives 2 and sends [0, 2] to x.",
    ),
]


@pytest.mark.parametrize(("program", "sentence"), STEPS, ids=[sentence for _, sentence in STEPS])
def test_a_step_says(program: str, sentence: str) -> None:
    assert sentence in [step.words for step in shown(program).steps]


def test_a_leaf_stands_in_the_line_of_its_numbers() -> None:
    of = shown("x = torch.tensor(2.0, requires_grad=True)\ny = 3 * x\ny.backward()\n")

    assert {node.name: node.line for node in of.nodes} == {"x": 1, "y": 2}


def test_a_box_is_called_after_what_it_holds() -> None:
    run = "x = torch.tensor(0.5, requires_grad=True)\ny = x\nfor _ in range(50):\n    y = torch.sin(y)\ny.backward()\n"
    of = shown(run, Look(budget=10))
    boxes = [node for node in of.nodes if node.members > 1]

    assert boxes
    assert all(node.called == node.label and "×" in node.called for node in boxes)
    assert any(step.words.startswith(f"{boxes[0].called} takes") for step in of.steps)
