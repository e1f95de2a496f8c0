"""How many of PyTorch's nodes have which kind of rule, over its own database of operators."""

import warnings
from functools import partial
from itertools import islice

import pytest
import torch

from graphviz_utils.model import Node, RuleSource
from graphviz_utils.rules import rule_of
from graphviz_utils.rules.catalogue import RULES
from tests.rules.agreement import recorded
from tests.tracing.database import differentiable

SAMPLES = 4
LEAST_CURATED = 120
QUOTED = 80
"""At most so many of the nodes that occur may have PyTorch's formula alone."""


@pytest.fixture(scope="module")
def met() -> dict[str, list[Node]]:
    """The nodes of samples of every operator, by their name."""
    torch.manual_seed(0)
    found: dict[str, list[Node]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the database's samples use what is deprecated on purpose
        for op, dtype in differentiable():
            for sample in islice(op.sample_inputs("cpu", dtype, requires_grad=True), SAMPLES):
                trace = recorded(partial(op, sample.input, *sample.args, **sample.kwargs))
                for node in trace.nodes:
                    if node.kind == "op":
                        found.setdefault(node.name, []).append(node)
    return found


def names(met: dict[str, list[Node]], source: RuleSource) -> set[str]:
    """The names of nodes whose rule comes from `source`, always or for some arguments."""
    return {name for name, nodes in met.items() if any(rule_of(node).source == source for node in nodes)}


@pytest.mark.slow
def test_no_node_of_the_database_is_without_a_rule(met: dict[str, list[Node]]) -> None:
    """A part of a tensor written over has a sentence of its own, and no formula."""
    fallback = rule_of(Node("n0", "op", "NobodyKnows0", None, "", None, None, None, 0, (), (), ()))
    left = {name for name, nodes in met.items() if any(rule_of(node) == fallback for node in nodes)}

    assert fallback.source == "unknown"
    assert left == set()
    assert names(met, "unknown") == {"CopySlices"}


@pytest.mark.slow
def test_what_is_left_to_the_program_is_the_program_s_own(met: dict[str, list[Node]]) -> None:
    """Two operators of PyTorch's own are written as custom functions, in Python."""
    own = {node.operator for name in names(met, "program") for node in met[name]}

    assert own == {None}


@pytest.mark.slow
def test_most_nodes_of_the_database_have_a_curated_rule(met: dict[str, list[Node]]) -> None:
    quoted = names(met, "PyTorch")

    assert len(quoted) <= QUOTED, sorted(quoted)
    assert len(names(met, "curated")) >= len(met) - QUOTED


def test_more_rules_are_curated_than_were_asked_for() -> None:
    assert len(RULES) >= LEAST_CURATED
