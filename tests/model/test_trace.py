"""The Trace and its JSON form, from data built by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphviz_utils.model import LAST, Argument, Failure, Moment, Trace, TraceError
from tests.building import scenario_1_trace


def changed(change: Callable[[dict[str, Any]], None]) -> str:
    data = json.loads(scenario_1_trace().to_json())
    change(data)
    return json.dumps(data)


def test_save_and_load_give_an_equal_run(tmp_path: Path) -> None:
    trace = scenario_1_trace()
    trace.save(tmp_path / "run.json")

    assert Trace.load(tmp_path / "run.json") == trace


def test_the_sizes_that_an_operator_was_given_come_back_as_they_were() -> None:
    """JSON knows lists only."""
    trace = scenario_1_trace()
    sizes = Argument("size", None, (2, (3, None)))
    viewed = replace(trace, nodes=(*trace.nodes[:-1], replace(trace.nodes[-1], arguments=(sizes,))))

    assert Trace.from_json(viewed.to_json()).nodes[-1].arguments == (sizes,)


def test_the_json_form_names_the_last_binding_of_each_variable() -> None:
    data = json.loads(scenario_1_trace().to_json())

    assert data["schema"] == 1
    assert data["names"]["x"] == {"node": "n0", "output": 0}


def test_half_a_surrogate_pair_is_replaced() -> None:
    trace = replace(scenario_1_trace(), error=Failure("ValueError", "a\ud800b", 1))

    assert json.loads(trace.to_json())["error"]["message"] == "a?b"


def missing_source(data: dict[str, Any]) -> None:
    del data["source"]


def wrong_type(data: dict[str, Any]) -> None:
    data["nodes"][0]["at"] = "soon"


def stray_edge(data: dict[str, Any]) -> None:
    data["edges"][0]["source"] = "n99"


def twins(data: dict[str, Any]) -> None:
    data["nodes"][1]["id"] = "n0"


def newer_schema(data: dict[str, Any]) -> None:
    data["schema"] = 2


def no_schema(data: dict[str, Any]) -> None:
    del data["schema"]


def wrong_shape(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["shape"] = [3]


def word_for_a_number(data: dict[str, Any]) -> None:
    data["values"][0]["tensor"]["data"] = "two"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (missing_source, "source"),
        (wrong_type, "Expected `int`, got `str`"),
        (stray_edge, "'n99'"),
        (twins, "where node n1 is due stands 'n0'"),
        (newer_schema, "it has schema 2, and schema 1 is read here; update graphviz_utils"),
        (no_schema, "schema"),
        (wrong_shape, "shape"),
        (word_for_a_number, "'two', not a number"),
    ],
)
def test_a_text_that_is_no_trace_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], None], words: str
) -> None:
    text = changed(change)

    with pytest.raises(TraceError, match="not a trace file") as caught:
        Trace.from_json(text)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000, b"\xff\xfe", '{"schema": 1e999}'])
def test_anything_else_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(TraceError, match="not a trace file"):
        Trace.from_json(text)


def test_the_last_moment_is_the_end_of_the_last_pass() -> None:
    trace = scenario_1_trace()

    assert trace.moment(LAST) == (trace.passes[0].ended, 0)


def test_a_pass_that_does_not_exist_is_refused_in_words() -> None:
    with pytest.raises(TraceError, match="this run has 1"):
        scenario_1_trace().moment(Moment(backward=3))


def test_asking_for_an_unknown_leaf_names_the_known_ones() -> None:
    with pytest.raises(TraceError, match="with names are: x"):
        scenario_1_trace().leaf("w")


def test_asking_for_an_unknown_node_names_the_range() -> None:
    with pytest.raises(TraceError, match="n0 to n10"):
        scenario_1_trace().node("n11")


def test_a_run_shows_itself_in_one_line() -> None:
    assert repr(replace(scenario_1_trace(), title="P")) == "<Trace 'P': 11 nodes, backward passes: 1>"
