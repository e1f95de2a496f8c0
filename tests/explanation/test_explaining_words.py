"""Explanations call things as the line under the picture does."""

from collections.abc import Callable

import pytest
import torch

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import Sheet
from graphviz_utils.explanation import Explainer
from graphviz_utils.graph import build_graph
from graphviz_utils.model import Look, Trace
from graphviz_utils.tracing import record
from graphviz_utils.viewer.sentences import Teller
from tests.building import scenario_1_trace


def recorded(program: Callable[[], object]) -> Trace:
    with record() as run:
        program()
    return run.trace


def several_outputs() -> None:
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    first, second = x.unbind()
    values, _ = (first * second).sort()
    values[0].backward()


def same_name_again() -> None:
    h = torch.tensor(0.5, requires_grad=True)
    for _ in range(3):
        h = (2 * h).tanh()
    h.backward()


RUNS = {
    "polynomial": scenario_1_trace(),
    "several outputs": recorded(several_outputs),
    "same name again": recorded(same_name_again),
}


@pytest.mark.parametrize("trace", RUNS.values(), ids=RUNS)
def test_nodes_and_what_is_taken_from_them_are_called_as_under_the_picture(trace: Trace) -> None:
    sheet = Sheet.of(annotate(build_graph(trace), trace), Look())
    several = {node.id for node in trace.nodes if len(node.outputs) > 1}
    teller = Teller(sheet, {(row.node, row.output): row.name for row in trace.bindings if row.node in several})
    explainer = Explainer.of(trace)
    for id_ in sheet.graph:
        told = explainer.explain(id_)
        taken = {use.key: teller.carried(use) for use in sheet.takes(id_) if use.differentiable}

        assert told.called == teller.called(id_)
        assert {rule.slot: rule.called for rule in told.slots} == taken
