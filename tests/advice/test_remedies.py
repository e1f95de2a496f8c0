"""Mistakes as students make them: each program is really run, and what it is told must name the way out."""

import pytest

from graphviz_utils.advice import missed_backward, remedy
from graphviz_utils.model import Failure, Trace
from graphviz_utils.running import run
from graphviz_utils.running.kernel import seccomp_available
from tests.running.cells import scenario

X = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"


def recorded(program: str) -> Trace:
    trace = run(scenario(program)).trace
    assert trace is not None
    return trace


def told(program: str) -> str | None:
    """What the author of a failing program reads."""
    trace = recorded(program)
    assert trace.error is not None
    return remedy(trace.error, trace.source)


@pytest.mark.parametrize(
    ("program", "way_out"),
    [
        ("import torch\nx = torch.tensor(2.0)\ny = x * x\ny.backward()", "requires_grad=True"),
        (X + "y = x * x\ny.backward()", "y.sum().backward()"),
        (X + "y = x.exp()\ny += 1\ny.sum().backward()", "what Exp gave"),
        (X + "y = (x * x).sum()\ny.backward()\ny.backward()", "y.backward(retain_graph=True)"),
        (X + "x += 1", "torch.no_grad()"),
        (X + "x[0] = 1", "torch.no_grad()"),
        ("x = 2.0\ny = x ** 2\ny.backward()", "torch.tensor(2.0, requires_grad=True)"),
        (X + "y = x ^ 2", "x ** 2"),
        ("x = 2.0\ny = x ^ 2", "x ** 2"),
        ("import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)", "here they are 3 and 2"),
        ("import torch\ntorch.ones(2) + torch.ones(3)", "here 2 meets 3"),
        ("import torch\ntorch.mv(torch.ones(2, 3), torch.ones(2))", ".shape"),
        ("import torch\ntorch.ones(2, 3) @ torch.ones(3, 1).double()", ".float()"),
        ("import torch\ntorch.nn.Linear(2, 2)(torch.tensor([1, 2]))", ".float()"),
        ("import torch\nF = torch.nn.functional\nF.cross_entropy(torch.ones(2, 3), torch.ones(2))", ".long()"),
        ("import torch\nx = torch.tensor(2, requires_grad=True)", "2.0"),
        ("import torch\nx = torch.tensor(2).requires_grad_()", "2.0"),
        ("x = torch.tensor(2.0)", "import torch"),
        ("x = np.ones(2)", "import numpy as np"),
        ("import no_such_module", "torch, numpy and Python's standard library"),
        ("from IPython.display import display", "display() is there without it"),
        ("x = 2\ny = 3x", "3 * x"),
        ("x = 2 \u2013 1", "Type - instead"),
        ("print(\u201chello\u201d)", 'Type " instead'),
        ("x = 2\ny = x\u00b2", "Type ** 2 instead"),
        ("!pip install torch", "Leave this one out"),
        ("%matplotlib inline", "Leave this one out"),
        ("for i in range(3):\nprint(i)", "Indent this line"),
        ("x = 1\n  y = 2", "Remove the blanks"),
        ("if 1:\n    x = 1\n  y = 2", "Line this one up"),
        (X + "y = x * x\nprint(x.grad * 2)", "Call backward() before this line"),
        (X + "x.grad.zero_()", "x.grad is None"),
        (X + "y = (x * x).sum()\ny.backward\nx.grad + 1", "y.backward without parentheses"),
        (X + "x.numpy()", "x.detach().numpy()"),
        (X + "y = x * x\ny.backward(torch.ones(3))", "torch.ones_like(y)"),
        ("x = 3\ny = 2(x + 1)", "2 * (x + 1)"),
        (X + "x.item()", "tolist()"),
    ],
)
def test_a_mistake_is_told_with_the_way_out(program: str, way_out: str) -> None:
    assert way_out in str(told(program))


@pytest.mark.skipif(not seccomp_available(), reason="no wall around programs on this system")
@pytest.mark.parametrize("program", ["open('data.csv')", "import socket\nsocket.socket()"])
def test_who_looks_for_files_or_networks_is_told_to_write_the_data_down(program: str) -> None:
    assert "Write the data into the program" in str(told(program))


@pytest.mark.parametrize("program", ["1 / 0", "raise ValueError('none of ours')", "x = = 3", "print(y)"])
def test_what_python_says_well_itself_gets_no_advice(program: str) -> None:
    assert told(program) is None


def test_a_failure_whose_line_is_not_in_the_text_is_no_trouble() -> None:
    failure = Failure("RuntimeError", "grad can be implicitly created only for scalar outputs", 7)

    assert "one element" in str(remedy(failure, "one line"))


@pytest.mark.parametrize(
    ("end", "way_out"),
    [
        ("y = x * x\nz = y.sum()", "add  z.backward()"),
        ("y = x * x", "add  y.sum().backward()"),
        ("z = (x * x).sum()\nz.backward", "z.backward()."),
        ("(x * x).sum()", "y.backward()"),
    ],
)
def test_a_program_that_never_goes_back_is_told_how(end: str, way_out: str) -> None:
    assert str(missed_backward(recorded(X + end))).endswith(way_out)


@pytest.mark.parametrize(
    "program",
    [
        "import torch\ny = 2 * torch.ones(2)",
        X + "(x * x).sum().backward()",
        X + "torch.autograd.grad((x * x).sum(), x)",
        "print('hi')",
        X + "1 / 0",
    ],
)
def test_a_program_that_went_back_failed_or_has_no_graph_missed_nothing(program: str) -> None:
    assert missed_backward(recorded(program)) is None
