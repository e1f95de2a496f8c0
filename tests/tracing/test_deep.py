"""Graphs deeper than any stack. Each runs in its own process: the danger is the end of the process."""

import subprocess
import sys

import pytest

CHAIN = """
import torch
from graphviz_utils.tracing import record
with record() as run:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range({length}):
        y = y + 1
    y.backward()
trace = run.trace
print(len(trace.nodes), len(trace.edges), x.grad.item(), trace.passes[0].order[-1])
del run, trace, y
print("released")
"""


@pytest.mark.parametrize("length", [60_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_deep_chain_is_recorded_walked_and_released(length: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHAIN.format(length=length)], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == [f"{length + 1} {length} 1.0 n0", "released"]
    assert done.returncode == 0
