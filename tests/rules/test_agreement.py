"""The great test of the rules: what each says is sent along an edge is what autograd really sent there."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import pytest
import torch

from graphviz_utils.model import Node, Trace
from graphviz_utils.rules import Rule, rule_of
from graphviz_utils.rules.catalogue import RULES
from graphviz_utils.tracing import record
from graphviz_utils.tracing.schemas import literal
from tests.rules.agreement import Verdict, recorded, trials
from tests.rules.programs import PROGRAMS, pointwise
from tests.tracing.database import differentiable

SEEDS = range(3)
SAMPLES = 4


def faults(verdicts: Iterator[Verdict] | list[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.fault]


def run_of(program: Callable[[], object], seed: int = 0) -> Trace:
    torch.manual_seed(seed)
    return recorded(program)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("seed", SEEDS)
def test_rules_send_what_autograd_sends(program: Callable[[], object], seed: int) -> None:
    assert faults(trials(run_of(program, seed))) == []


@pytest.mark.parametrize("program", [name for name in pointwise.PROGRAMS if name not in {"kinks", "slopes of slopes"}])
def test_rules_compute_the_same_without_a_graph(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def used(make: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
        """A leaf is not looked at before it is used with a graph."""

        def made(*args: Any, **kwargs: Any) -> torch.Tensor:
            with torch.enable_grad():
                return make(*args, **kwargs) * 1

        return made

    for name in ("leaf", "numbers"):
        monkeypatch.setattr(pointwise, name, used(getattr(pointwise, name)))
    torch.manual_seed(0)
    with record() as run, torch.no_grad():
        PROGRAMS[program]()
    verdicts = [verdict for verdict in trials(run.trace) if verdict.node.islower()]

    assert faults(verdicts) == []
    assert verdicts


@pytest.fixture(scope="module")
def sweep() -> dict[str, list[Verdict]]:
    """The trials of samples of every operator in PyTorch's own database, by the operator's name."""
    torch.manual_seed(0)
    found: dict[str, list[Verdict]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the database's samples use what is deprecated on purpose
        for op, dtype in differentiable():
            for sample in islice(op.sample_inputs("cpu", dtype, requires_grad=True), SAMPLES):
                program = partial(op, sample.input, *sample.args, **sample.kwargs)
                found.setdefault(op.full_name, []).extend(trials(recorded(program)))
    return found


def test_rules_send_what_autograd_sends_over_pytorch_s_own_samples(sweep: dict[str, list[Verdict]]) -> None:
    wrong = {name: failed for name, verdicts in sweep.items() if (failed := faults(verdicts))}

    assert wrong == {}


def test_every_curated_rule_is_checked_against_autograd(sweep: dict[str, list[Verdict]]) -> None:
    """Along at least one edge; a rule that cuts the graph has none, and says so in its role."""
    verdicts = [verdict for found in sweep.values() for verdict in found]
    for program in PROGRAMS.values():
        verdicts += trials(run_of(program))
    checked = Counter(verdict.node.removesuffix("_copy") for verdict in verdicts if verdict.argument is not None)

    assert sorted(set(RULES) - set(checked)) == []


def schema_of(operator: str) -> Any:
    namespace, name, overload = operator.split(".")
    return getattr(getattr(getattr(torch.ops, namespace), name), overload)._schema


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_what_a_call_leaves_out_is_what_the_schema_takes(program: Callable[[], object]) -> None:
    for node in run_of(program).nodes:
        rule = rule_of(node)
        if node.operator is None or rule.source != "curated":
            continue
        given = {argument.name for argument in node.arguments}
        left_out = [each for each in schema_of(node.operator).arguments if each.name not in given]
        taken = {each.name: literal(each.default_value) for each in left_out}
        assumed = {name: value for name, value in rule.defaults.items() if name not in given}

        assert assumed == {name: taken.get(name, "no such argument") for name in assumed}


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [("self", "other * grad * 1.001"), ("self", "self * grad"), ("other", "-self * grad"), ("other", "grad")],
)
def test_a_wrong_rule_is_caught(argument: str, wrong: str) -> None:
    def mistaken(node: Node) -> Rule:
        rule = rule_of(node)
        return replace(rule, backward={**rule.backward, argument: wrong}) if node.name == "MulBackward0" else rule

    caught = faults(list(trials(run_of(PROGRAMS["products"]), mistaken)))

    assert {(verdict.node, verdict.argument) for verdict in caught} == {("MulBackward0", argument)}


def test_a_wrong_forward_formula_is_caught() -> None:
    def mistaken(node: Node) -> Rule:
        rule = rule_of(node)
        return replace(rule, forward="self + other") if node.name == "MulBackward0" else rule

    caught = faults(list(trials(run_of(PROGRAMS["products"]), mistaken)))

    assert {(verdict.node, verdict.argument) for verdict in caught} == {("MulBackward0", None)}
