"""A program can forge the record of its run: whatever stands in it, it is refused in words or shown like any other."""

import json
import math
import random
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.drawing import draw_series
from graphviz_utils.exporting import to_json
from graphviz_utils.graph import build_graph, folded, leaves_per_use
from graphviz_utils.model import Limits, Look, Moment, Preset, Trace, TraceError
from graphviz_utils.page import (
    claims_html,
    described,
    exported,
    leaf_rows,
    notes_html,
    pass_titles,
    verdict_sentence,
)
from graphviz_utils.running.answers import outcome_of
from graphviz_utils.slides import pages
from graphviz_utils.viewer import scene_of, standalone
from tests.building import scenario_1_trace

PRESETS: tuple[Preset, ...] = get_args(Preset)

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=4_000)

DIGITS = "a number of 5,000 digits, which Python itself does not write"
WORDS = (
    "",
    "nan",
    "inf",
    "-inf",
    "n0",
    "n1",
    "n99",
    "float32",
    "complex64",
    "\ud800",
    "\u202egnp",
    "\x00\x1b[31m",
    DIGITS,
)
NUMBERS = (0, 1, -1, 2, 17, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400)
FLOATS = (0.5, -0.0, 5e-324, 1.8e308, 1e400, math.inf, -math.inf, math.nan)
NESTED: tuple[Any, ...] = (
    [],
    {},
    [[]],
    [[[0.5]], []],
    [[1.0, 2.0], [3.0, 4.0]],
    [None],
    {"x": [1]},
    ["nan", "inf"],
    [10**400],
)
NASTY: tuple[Any, ...] = (
    *(None, True, False, *WORDS, *NUMBERS, *FLOATS, *NESTED),
    *("w" * count for count in (999, 1_001, 30_000, 1_000_001)),
    *(json.loads("[" * depth + "]" * depth) for depth in (9, 70, 400)),
)


@cache
def honest() -> tuple[str, ...]:
    """Runs as they are recorded: numbers of all kinds, tensors of all sizes, passes, hooks, names and errors."""
    import torch

    from graphviz_utils import record

    with record("Every kind", source="x = torch.tensor(1.0)\n", derivatives=2_000) as run:
        x = torch.tensor([[1.0, float("nan")], [float("inf"), 4.0]], requires_grad=True)
        z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
        big = torch.linspace(0, 1, 1100, requires_grad=True)
        x.register_hook(lambda grad: grad * 2)
        first, second = x.unbind()
        w = torch.ones(2, requires_grad=True) * 2
        w.mul_(first)
        loss = (w * second + (z * z.conj()).real + big.sum() + big[torch.tensor([1, 5])]).sum()
        loss.backward(retain_graph=True)
        torch.autograd.grad(loss, (x, big))
        loss.detach()
    whole = run.trace.to_json()
    assert Trace.from_json(whole).to_json() == whole
    return (scenario_1_trace().to_json(), whole)


def forged(seed: int) -> str:
    """The JSON of an honest run with some values changed, dropped, repeated or exchanged, as `seed` has it."""
    chance = random.Random(seed)
    data = json.loads(chance.choice(honest()))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place, last = somewhere(data, chance)
        way = chance.choice(("replace", "replace", "drop", "repeat", "exchange"))
        if way == "drop":
            del place[last]
        elif way == "repeat" and isinstance(place, list):
            place.insert(chance.randint(0, len(place)), deepcopy(place[last]))
        elif way == "exchange":
            there, key = somewhere(data, chance)
            place[last] = deepcopy(there[key])
        else:
            place[last] = chance.choice(NASTY)
    text = json.dumps(data, ensure_ascii=chance.random() < 0.5)
    return text.replace(json.dumps(DIGITS), "9" * 5_000)


def somewhere(data: Any, chance: random.Random) -> tuple[Any, Any]:
    """A list or table in nested JSON, and a key in it; what lies deep is found as often as what lies high."""
    while True:
        key = chance.choice(list(data)) if isinstance(data, dict) else chance.randrange(len(data))
        inner = data[key]
        if not isinstance(inner, (dict, list)) or not inner or chance.random() < 0.1:
            return data, key
        data = inner


def show(trace: Trace) -> None:
    """Everything that the page does with a run, but for Graphviz itself."""
    assert Trace.from_json(trace.to_json()).to_json() == trace.to_json()
    graph = build_graph(trace)
    for moment in (Moment(), Moment(at=3), *(Moment(backward=number) for number in range(min(3, len(trace.passes))))):
        annotated = annotate(folded(leaves_per_use(graph), 30), trace, moment)
        for preset in PRESETS:
            to_dot(annotated, Look(preset=preset)).encode()
        exported(trace, Look(), moment).encode()
        leaf_rows(trace, moment)
        described(trace, moment).encode()
    to_json(annotate(graph, trace)).encode()
    pass_titles(trace)
    verdict_sentence(trace)
    claims_html(trace.claims).encode()
    notes_html(trace.notes).encode()
    for cell in trace.cells:
        f"{cell.title}{cell.stdout}{cell.display}{cell.note}".encode()


def taken(data: bytes) -> Trace | str:
    """The run that `data` holds, or why it is none."""
    try:
        return Trace.from_json(data, Limits())
    except TraceError as refusal:
        return str(refusal)


def shown_or_refused(text: str) -> None:
    found = taken(text.encode("utf-8", "surrogatepass"))
    if isinstance(found, Trace):
        show(found)
    else:
        assert len(found) < 1_000
        assert found.isprintable()


@FEW
@given(st.integers(0, 2**64).map(forged))
def test_a_forged_run_is_shown_or_refused(text: str) -> None:
    shown_or_refused(text)


@pytest.mark.slow
@given(st.integers(0, 2**64).map(forged))
@settings(FEW, max_examples=200)
def test_a_forged_run_can_be_stepped_through_or_is_refused(text: str) -> None:
    found = taken(text.encode("utf-8", "surrogatepass"))
    if isinstance(found, Trace):
        series = draw_series(found)
        standalone(scene_of(found, series, Look())).encode()
        assert list(pages(series))


@pytest.mark.slow
@MANY
@given(st.integers(0, 2**64).map(forged))
def test_however_a_run_is_forged_it_is_shown_or_refused(text: str) -> None:
    shown_or_refused(text)


ANY = st.sampled_from(NASTY)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=10,
)


@FEW
@given(st.one_of(st.binary(), JSON.map(lambda data: json.dumps(data).encode())))
@example(b'{"schema": 1, "title": "\xff"}')
@example(b'{"schema": ' + b"9" * 10_000 + b"}")
@example(b"[" * 200_000)
def test_what_is_no_run_is_refused(data: bytes) -> None:
    with pytest.raises(TraceError, match="not a trace file"):
        Trace.from_json(data, Limits())


@FEW
@given(
    st.fixed_dictionaries(
        {"status": st.one_of(st.sampled_from(("ok", "error", "busy")), ANY)},
        optional={"message": ANY, "torchviz": ANY, "cpu_seconds": ANY, "trace": st.one_of(ANY, JSON)},
    )
)
@example({"status": "ok", "message": "m" * 10_000_000})
@example({"status": "ok", "torchviz": "d" * 10_000_000})
@example({"status": "ok", "cpu_seconds": -1})
def test_a_forged_answer_is_an_outcome_that_can_be_shown(answer: dict[str, Any]) -> None:
    outcome = outcome_of(json.dumps(answer).encode(), Limits())

    assert outcome.status in ("ok", "error", "busy", "result refused")
    assert len(outcome.message.encode()) < 50_000
    assert 0 <= outcome.cpu_seconds <= 1e6


def circle(data: dict[str, Any]) -> None:
    data["edges"].append({"source": "n10", "source_output": 0, "target": "n1", "slot": 7})


def stray_output(data: dict[str, Any]) -> None:
    data["values"][0]["output"] = 3


def negative_shape(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["shape"] = [-1]


def shape_of_no_tensor(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"].update(shape=[2**40, 2**40], data=None)


def number_of_many_digits(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["data"] = 10**4_000


def uncounted_nan(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["data"] = "nan"


def moments_out_of_order(data: dict[str, Any]) -> None:
    data["passes"][0]["fired_at"].reverse()


def parent_that_comes_later(data: dict[str, Any]) -> None:
    data["passes"][0]["parent"] = 0


def claim_about_nothing(data: dict[str, Any]) -> None:
    data["claims"] = [
        {"kind": "closed_form", "name": "x", "text": "1", "backward": 5, "expected": None, "actual": None}
    ]
    data["claims"][0] |= {"verdict": None, "note": ""}


def table_for_a_literal(data: dict[str, Any]) -> None:
    data["nodes"][1]["arguments"][1]["literal"] = {"a": 1}


def leaf_without_output(data: dict[str, Any]) -> None:
    data["nodes"].append({**data["nodes"][0], "id": f"n{len(data['nodes'])}", "outputs": []})


def leaf_that_is_computed(data: dict[str, Any]) -> None:
    data["nodes"][1]["kind"] = "leaf"


def constant_that_is_computed(data: dict[str, Any]) -> None:
    data["nodes"][-1]["kind"] = "constant"
    data["edges"] = []


def number_without_a_number(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["data"] = None


def many_nodes(data: dict[str, Any]) -> None:
    data["nodes"] = [{**data["nodes"][0], "id": f"n{i}", "kind": "op", "outputs": []} for i in range(50_001)]
    data |= {"edges": [], "values": [], "bindings": [], "passes": []}


def endless_name(data: dict[str, Any]) -> None:
    data["nodes"][0]["variable"] = "x" * 1_001


def many_lists(data: dict[str, Any]) -> None:
    data["nodes"][1]["arguments"][1]["literal"] = [[]] * 4_000_001


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (circle, "its edges form a circle"),
        (stray_output, "something refers to output 3 of 'n0'"),
        (negative_shape, "Expected `int` >= 0"),
        (shape_of_no_tensor, "is that of no tensor"),
        (number_of_many_digits, "not a number of up to 64 bits"),
        (uncounted_nan, "an element is nan, but the statistics count none"),
        (moments_out_of_order, "moments of a pass do not stand in the order"),
        (parent_that_comes_later, "pass 0 names parent 0, which does not come before it"),
        (claim_about_nothing, "a claim is about pass 5"),
        (table_for_a_literal, "a literal is a dict"),
        (leaf_without_output, "is a leaf: nothing flows into one, and it has one output"),
        (leaf_that_is_computed, "n1 is a leaf: nothing flows into one"),
        (constant_that_is_computed, "is a constant: nothing flows into one"),
        (number_without_a_number, "a tensor without dimensions holds one number"),
        (many_nodes, "this run has 50,001 nodes, and up to 50,000 are shown here"),
        (endless_name, "Expected `str` of length <= 1000"),
        (many_lists, "lists and tables, and a recorded run may have 4,000,000"),
    ],
)
def test_what_no_recorder_writes_is_refused_with_the_reason(forge: Any, words: str) -> None:
    data = json.loads(scenario_1_trace().to_json())
    forge(data)

    with pytest.raises(TraceError) as refusal:
        Trace.from_json(json.dumps(data), Limits())
    assert words in str(refusal.value)


@pytest.mark.parametrize("escaped", [True, False])
def test_hidden_characters_are_spelled_out_wherever_they_stand(escaped: bool) -> None:
    steering = "\x00\x1b[31m\x7f\x9b\u202e\u2066\u200f\ufeff\uffff\U000e0041"
    data = json.loads(scenario_1_trace().to_json().replace("Scalar", "HERE").replace('"y"', '"HERE"'))
    text = json.dumps(data, ensure_ascii=escaped).replace("HERE", json.dumps(steering, ensure_ascii=escaped)[1:-1])

    trace = Trace.from_json(text)

    spelled = r"\x00\x1b[31m\x7f\x9b\u202e\u2066\u200f\ufeff\uffff\U000e0041"
    assert trace.title == f"{spelled} polynomial"
    assert trace.nodes[10].variable == spelled


def test_half_a_surrogate_pair_is_spelled_out_and_a_whole_one_stays() -> None:
    text = scenario_1_trace().to_json().replace("Scalar", r"\ud800 \ud83d\ude00 \\ud800")

    assert Trace.from_json(text).title == r"\ud800 😀 \ud800 polynomial"


def test_text_that_is_too_long_is_cut_and_says_so() -> None:
    trace = scenario_1_trace()
    long = replace(trace, cells=tuple(replace(cell, stdout="p" * 15_000, display="d" * 30_000) for cell in trace.cells))

    first, second, third = Trace.from_json(long.to_json(), Limits()).cells

    assert first.stdout == "p" * 15_000
    assert second.stdout == "p" * 5_000 + "\n… cut after 5,000 characters"
    assert third.stdout == "\n… cut after 0 characters"
    assert first.display == "d" * 20_000 + "\n… cut after 20,000 characters"
