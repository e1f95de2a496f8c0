"""Nodes that no operator of PyTorch's made: a run may be written by hand, and a rule is found without a mishap."""

from typing import Any

import pytest

from graphviz_utils.model import Argument, Node, OutputMeta
from graphviz_utils.rules import Rule, parse, rule_of
from graphviz_utils.rules.catalogue import RULES

ODD: tuple[Any, ...] = ("x) + (", None, -7, 10**9, (1, "y"), 1.5, float("nan"), 2j, True)
ASKED = ("dim", "p", "ord", "left", "unitriangular", "training", "accumulate", "dropout_p", "sparse", "rounding_mode")
OUTPUTS = ((), (OutputMeta((), "float32"),), (OutputMeta((2, 3), "what"), OutputMeta((1,), "complex64")))


@pytest.mark.parametrize("name", RULES)
def test_whatever_a_call_is_said_to_be_its_node_has_a_rule_that_can_be_read(name: str) -> None:
    for literal in ODD:
        for outputs in OUTPUTS:
            arguments = tuple(Argument(asked, None, literal=literal) for asked in ASKED)
            rule = rule_of(Node("n0", "op", name, "aten.odd.one", "", None, None, None, 0, arguments, outputs, ()))

            assert isinstance(rule, Rule)
            for text in filter(None, (rule.forward, *rule.backward.values())):
                parse(text)


def test_more_formulas_are_not_kept_than_there_is_room_for() -> None:
    for i in range(10_000):
        parse(f"self + {i}")

    assert parse.cache_info().currsize < 5_000
