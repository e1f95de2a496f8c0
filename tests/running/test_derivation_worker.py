"""`derive()`: in a child that is walled in and can be killed, of a run that may come from anywhere."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from graphviz_utils.model import Check, Limits, Proof, Trace, TraceError
from graphviz_utils.running import derive, warm_up
from graphviz_utils.running.obligations import merged, unproved
from tests.running.derived import PATIENT, SCENARIOS, checks, leaf, proofs, recorded, scenario_run
from tests.running.watching import forking


def square() -> None:
    x = leaf(3.0)
    y = x * x
    y.backward()


def never_ending() -> None:
    """SymPy takes the factorial of a hundred million to the last digit, in one step that nothing interrupts."""
    x = leaf(2.0)
    torch.lgamma(x * 0 + 1e8).backward()


def derived(trace: Trace, **choices: Any) -> dict[str, Check]:
    outcome = derive(trace, **choices)

    assert outcome.status == "ok"
    assert outcome.trace is not None
    return {row.name: check for row in outcome.trace.proofs for check in row.checks if check.way == "derived"}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_behind_its_walls_the_child_derives_what_is_derived_without(path: Path) -> None:
    """Nothing is imported late, and no order depends on a hash."""
    trace = scenario_run(path)
    outcome = derive(trace, limits=PATIENT)

    assert outcome.trace is not None
    assert outcome.trace.proofs == proofs(trace)


DIFFERING = {("30_nan_trap", "x"), ("58_log_sum_exp", "x")}
"""The scenarios about a backward pass that is wrong, and a formula can say so."""

OPEN = {
    ("38_custom_function", "x"),
    ("38_custom_function", "w"),
    ("41_complex", "z"),
    ("59_norm_at_zero", "x"),
    ("59_norm_at_zero", "s"),
    ("62_chance", "m"),
    ("62_chance", "s"),
}
"""Functions of the program's own, complex numbers, points without a derivative, operators without a formula."""


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_other_leaf_of_a_ready_scenario_has_a_closed_form(path: Path) -> None:
    verdicts = {(path.stem, row.name, check.verdict) for row in proofs(scenario_run(path)) for check in row.checks}

    assert {(scenario, name) for scenario, name, verdict in verdicts if verdict == "differs"} <= DIFFERING
    assert {(scenario, name) for scenario, name, verdict in verdicts if verdict == "open"} <= OPEN


def test_a_run_from_a_file_is_derived_without_its_program(tmp_path: Path) -> None:
    recorded(square).save(tmp_path / "run.json")

    check = derived(Trace.load(tmp_path / "run.json"))["x"]

    assert (check.verdict, check.latex) == ("equal", r"\frac{\partial y}{\partial x} = 2 x")


def test_what_others_proved_of_the_same_leaf_stays_in_its_row() -> None:
    trace = recorded(square)
    (row,) = unproved(trace)
    differences = Check("differences", "equal", "")
    outcome = derive(merged(trace, [replace(row, checks=(differences,))]))

    assert outcome.trace is not None
    assert [[check.way for check in proof.checks] for proof in outcome.trace.proofs] == [["derived", "differences"]]


def test_nothing_else_of_the_run_changes() -> None:
    trace = recorded(square)
    outcome = derive(trace)

    assert outcome.trace is not None
    assert replace(outcome.trace, proofs=()) == trace


def test_only_the_pass_that_is_asked_for_is_derived() -> None:
    def program() -> None:
        x = leaf(3.0)
        (x * x).backward()
        (5 * x).backward()

    outcome = derive(recorded(program), backward=1)

    assert outcome.trace is not None
    assert [(proof.backward, proof.checks[0].latex) for proof in outcome.trace.proofs] == [
        (1, r"\frac{\partial L}{\partial x} = 5")
    ]


def test_a_pass_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TraceError, match="pass 3 was asked for"):
        derive(recorded(square), backward=3)


def test_a_run_without_a_pass_needs_no_proof() -> None:
    trace = recorded(lambda: leaf(3.0) * 2)

    assert derive(trace).trace == trace


def test_at_its_deadline_the_child_is_killed_and_the_worker_lives_on() -> None:
    warm_up()
    limits = Limits(derivation_seconds=0.5)
    begun = time.monotonic()
    check = derived(recorded(never_ending), limits=limits)["x"]

    assert time.monotonic() - begun < 10  # and not the hours that it would take
    assert check == Check("derived", "open", "no closed form found within 0.5 seconds")
    assert derived(recorded(square))["x"].verdict == "equal"


def test_what_is_ready_before_the_deadline_is_answered() -> None:
    """The last pass is looked at first, and was derived long before the first one would be."""

    def program() -> None:
        never_ending()
        square()

    trace = recorded(program)
    outcome = derive(trace, limits=Limits(derivation_seconds=0.5), backward=1)

    assert outcome.trace is not None
    assert [check.verdict for proof in outcome.trace.proofs for check in proof.checks] == ["equal"]


def test_a_formula_too_long_to_be_finished_is_left_open_in_time() -> None:
    """Sums multiplied two hundred times: multiplied out, more terms than there are atoms."""

    def program() -> None:
        x = leaf([0.5, -0.25, 0.75])
        y = x.sum()
        for _ in range(100):
            y = (y + x.sum() * x[0]) * (1 - y * x[1] + x[2])
        y.backward()

    warm_up()
    begun = time.monotonic()
    check = derived(recorded(program))["x"]

    assert time.monotonic() - begun < 10
    assert check.verdict in ("equal", "close", "open")
    assert check.latex is None or len(check.latex) < 5_000


def test_stop_ends_a_derivation() -> None:
    stop = threading.Event()
    stop.set()
    trace = recorded(never_ending)
    outcome = derive(trace, stop=stop, limits=PATIENT)

    assert (outcome.status, outcome.trace) == ("stopped", trace)


def test_a_worker_of_ones_own_derives_as_well() -> None:
    with forking() as (worker, _):
        assert derived(recorded(square), worker=worker)["x"].verdict == "equal"


def test_astronomic_powers_take_neither_time_nor_memory() -> None:
    def program() -> None:
        x = leaf(1.0)
        (x**10**9 + (x + 1) ** 900 + 3.0 ** (x * 10**6 - 10**6)).backward()

    check = derived(recorded(program), limits=Limits(derivation_seconds=5, memory_mb=64))["x"]

    assert check.verdict in ("equal", "close")


def test_names_that_would_act_in_latex_do_not() -> None:
    trace = recorded(square)
    nodes = tuple(replace(node, variable=r"}\input{secret}" if node.kind == "leaf" else "y") for node in trace.nodes)
    (check,) = derived(replace(trace, nodes=nodes)).values()

    assert check.latex is not None
    unescaped = re.sub(r"\\[{}]", "", check.latex)

    assert "\\input" not in check.latex
    assert unescaped.count("{") == unescaped.count("}")


def without_values(data: dict[str, Any]) -> None:
    data["values"] = []


def other_value(data: dict[str, Any]) -> None:
    data["values"][-1]["tensor"]["data"] = 5.0


def other_operator(data: dict[str, Any]) -> None:
    for node in data["nodes"]:
        node["name"] = "SvdHelperBackward7" if node["kind"] == "op" else node["name"]


def other_shape(data: dict[str, Any]) -> None:
    for node in data["nodes"]:
        node["outputs"][0]["shape"] = [2, 3]


def crossed_argument(data: dict[str, Any]) -> None:
    for node in data["nodes"]:
        for argument in node["arguments"]:
            argument["slot"] = 7


def without_arguments(data: dict[str, Any]) -> None:
    for node in data["nodes"]:
        node["arguments"] = []


def strange_literals(data: dict[str, Any]) -> None:
    for node in data["nodes"]:
        node["arguments"] += [{"name": "alpha", "slot": None, "literal": [["x", None], 1e300]}]


def unknown_type(data: dict[str, Any]) -> None:
    for row in data["values"]:
        row["tensor"]["dtype"] = "quint4x2"


@pytest.mark.parametrize(
    "forge",
    [
        without_values,
        other_value,
        other_operator,
        other_shape,
        crossed_argument,
        without_arguments,
        strange_literals,
        unknown_type,
    ],
)
def test_a_forged_run_is_left_open_or_proved_and_never_breaks_anything(forge: Callable[[dict[str, Any]], None]) -> None:
    def program() -> None:
        x, w = leaf(3.0), leaf(2.0)
        y = x * w + x
        y.backward()

    data = json.loads(recorded(program).to_json())
    forge(data)
    found = checks(Trace.from_json(json.dumps(data)))

    assert set(found) == {"x", "w"}
    assert all(check.verdict != "differs" for check in found.values())


def test_the_gradient_of_a_forged_run_has_another_shape_than_its_leaf() -> None:
    trace = recorded(square)
    (row,) = unproved(trace)
    assert row.autograd is not None
    longer = replace(row.autograd, shape=(2,), data=(1.0, 2.0))
    grads = tuple(replace(grad, sum=longer, tensor=longer) for grad in trace.passes[0].node_grads)
    forged = replace(trace, passes=(replace(trace.passes[0], node_grads=grads),))

    assert checks(forged)["x"] == Check("derived", "open", "no closed form here: what autograd sent to x is not known")


def test_a_run_of_very_many_nodes_is_left_open_without_a_look() -> None:
    trace = recorded(square)
    many = tuple(replace(trace.nodes[0], id=f"n{number}", kind="constant") for number in range(3, 6_000))
    check = derived(replace(trace, nodes=(*trace.nodes, *many)))["x"]

    assert check.verdict == "open"
    assert "nodes, and up to 5,000 are looked at" in check.note


def test_rows_keep_their_order_whichever_leaf_was_easier() -> None:
    def program() -> None:
        A, x = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf(2.0)  # noqa: N806 - matrices are called so
        (A * x).sum().backward()

    assert [row.name for row in proofs(recorded(program))] == ["A", "x"]


def test_a_proof_has_the_gradient_that_it_is_about() -> None:
    (row,) = proofs(recorded(square))

    assert isinstance(row, Proof)
    assert row.autograd is not None
    assert row.autograd.item() == 6.0
