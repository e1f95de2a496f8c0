"""The scenario files that come with the package: each runs alone, and its numbers are right."""

import json
import re
import runpy
import subprocess
import sys
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from graphviz_utils import draw
from graphviz_utils.model import Claim, Level, Snapshot, Trace
from graphviz_utils.running import run
from graphviz_utils.scenario import load_scenario
from tests.conftest import ROOT
from tests.scenario.mathematics import MATHEMATICS, Array, one_sided, slopes

FILES = sorted((ROOT / "scenarios").glob("*.py"))
BY_NAME = {path.stem: path for path in FILES}
by_name = attrgetter("stem")
AT_A_KINK = {"12_kinks": 1, "30_nan_trap": 1, "59_norm_at_zero": 2}  # and how many elements of the leaf are

NUMBERS: dict[str, dict[str, Any]] = {
    "01_polynomial": {"y": 63.0, "x.grad": 93.0},
    "02_matrix_sum": {
        "C": [[11.0, 22.0, 33.0], [44.0, 55.0, 66.0]],
        "A.grad": [[1.0] * 3] * 2,
        "B.grad": [[1.0] * 3] * 2,
    },
    "03_multistep_seed": {
        "y": [[5.0, 8.0, 11.0], [11.0, 8.0, 5.0]],
        "z": [[50.0, 128.0, 242.0], [242.0, 128.0, 50.0]],
        "x.grad": [[60.0, 96.0, 132.0], [132.0, 96.0, 60.0]],
    },
    "04_multistep_mean": {
        "out": 140.0,
        "x.grad": [[pytest.approx(number, abs=1e-5) for number in row] for row in ([10, 16, 22], [22, 16, 10])],
    },
}

ALONE = """
import json, pathlib, runpy, sys

told = {}
for path in map(pathlib.Path, sys.argv[1:]):
    try:
        runpy.run_path(str(path), run_name="__main__")
        told[path.stem] = "ran"
    except BaseException as error:
        told[path.stem] = repr(error)
print(json.dumps(told))
"""


@cache
def recorded(path: Path) -> Trace:
    """The file's run; one worker runs them all."""
    outcome = run(load_scenario(path))
    assert outcome.trace is not None, outcome.message
    assert outcome.trace.error is None
    return outcome.trace


def closed_forms(path: Path) -> list[Claim]:
    return [claim for claim in recorded(path).claims if claim.kind == "closed_form"]


def numbers(snapshot: Snapshot | None) -> Array:
    assert snapshot is not None
    if snapshot.dtype.startswith("complex"):
        return np.array(snapshot.data, np.complex128)
    return np.array(snapshot.data, np.float64)


def leaves_at(trace: Trace, backward: int | None) -> dict[str, Array]:
    """Every leaf's value at a backward pass; of one that came later, its last value."""
    assert backward is not None
    ids = {node.variable: node.id for node in trace.nodes if node.kind == "leaf" and node.variable}
    at = trace.passes[backward].at
    return {name: numbers(trace.value(id_, 0, at) or trace.value(id_)) for name, id_ in ids.items()}


def paragraphs(path: Path) -> list[str]:
    return load_scenario(path).story.split("\n\n")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each file ended as a program of its own, in an empty folder, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, *FILES],
        cwd=tmp_path_factory.mktemp("empty"),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_scenario_runs_without_this_package(path: Path, alone: dict[str, str]) -> None:
    assert alone[path.stem] == "ran"


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_scenario_runs_alone(path: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", path], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(("name", "quantity"), [(name, key) for name, row in NUMBERS.items() for key in row])
def test_a_scenarios_numbers_are_those_worked_out_by_hand(name: str, quantity: str) -> None:
    variable, _, attribute = quantity.partition(".")
    tensor = runpy.run_path(str(BY_NAME[name]))[variable]
    tensor = getattr(tensor, attribute) if attribute else tensor

    assert tensor.tolist() == NUMBERS[name][quantity]


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_scenario_has_a_title_a_story_a_formula_and_a_proof(path: Path) -> None:
    scenario = load_scenario(path)

    assert scenario.title not in {"Untitled", path.stem}
    assert scenario.story
    assert scenario.tags
    assert scenario.closed_forms
    assert scenario.expectations
    assert scenario.cells[-1].title.startswith("Proof")


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_every_proof_is_judged_and_holds(path: Path) -> None:
    verdicts = {cell.title: cell.verdict for cell in recorded(path).cells if cell.title.startswith("Proof")}

    assert set(verdicts.values()) == {True}, verdicts


def test_every_claim_holds() -> None:
    broken = [(path.stem, claim) for path in FILES for claim in recorded(path).claims if claim.verdict is not True]

    assert broken == []


@pytest.mark.parametrize("name", [path.stem for path in FILES if path.stem not in AT_A_KINK])
def test_autograd_and_the_closed_forms_agree_with_central_differences(name: str) -> None:
    claims = closed_forms(BY_NAME[name])

    assert claims
    for claim in claims:
        leaves = leaves_at(recorded(BY_NAME[name]), claim.backward)
        wanted = slopes(MATHEMATICS[name], leaves, claim.name)
        tolerance = 1e-5 * (np.abs(wanted).max() or 1)
        assert numbers(claim.actual) == pytest.approx(wanted, rel=0, abs=tolerance), claim.name
        assert numbers(claim.expected) == pytest.approx(wanted, rel=0, abs=tolerance), claim.name


@pytest.mark.parametrize("name", AT_A_KINK)
def test_at_a_kink_the_slope_lies_between_the_one_sided_ones(name: str) -> None:
    (claim,) = closed_forms(BY_NAME[name])
    right, left = one_sided(MATHEMATICS[name], leaves_at(recorded(BY_NAME[name]), claim.backward), claim.name)
    chosen = numbers(claim.actual)
    kinks = np.abs(right - left) > 1e-3

    assert kinks.sum() == AT_A_KINK[name]
    assert ((left < chosen + 1e-6) & (chosen < right + 1e-6))[kinks].all()
    assert chosen[~kinks] == pytest.approx(((left + right) / 2)[~kinks], rel=1e-4)


def test_nothing_is_shipped_whose_mathematics_are_not_here() -> None:
    assert list(MATHEMATICS) == [path.stem for path in FILES]


def test_there_is_enough_for_a_course() -> None:
    assert len(FILES) >= 30


def test_files_are_numbered_without_a_gap() -> None:
    assert [path.stem[:3] for path in FILES] == [f"{number:02}_" for number in range(1, len(FILES) + 1)]


def test_each_round_of_files_goes_from_the_easy_to_the_hard() -> None:
    levels = [level for level, _ in groupby(load_scenario(path).level for path in FILES)]

    assert levels == list(get_args(Level)) * 2


def test_titles_are_short_and_differ() -> None:
    titles = [load_scenario(path).title for path in FILES]

    assert max(map(len, titles)) <= 40
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_story_ends_in_a_question_and_its_answer(path: Path) -> None:
    *story, question, answer = paragraphs(path)

    assert re.fullmatch(r"Question: .*\?", question, re.DOTALL)
    assert re.fullmatch(r"Answer: .*[.!]", answer, re.DOTALL)
    assert not [paragraph for paragraph in story if paragraph.startswith(("Question:", "Answer:"))]


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_storys_formulas_are_closed_and_its_lines_are_no_lists_by_accident(path: Path) -> None:
    for paragraph in paragraphs(path):
        lines = [] if paragraph.startswith("$$") else paragraph.split("\n")

        assert re.sub(r"`[^`]*`", "", paragraph).count("$") % 2 == 0, paragraph
        assert paragraph.startswith("- ") or not [line for line in lines if re.match(r"[-+*] |\d+\. |#|>", line)]


def rows_of_the_docs() -> str:
    """The tables of the section about the ready scenarios, without the words around them."""
    section = (ROOT / "docs/scenarios.md").read_text("utf-8").partition("## The ready scenarios")[2]
    return re.sub(r"(?m)^(?!\| ).*$", "", section.partition("\n## ")[0])


def test_each_scenario_has_its_place_among_the_topics() -> None:
    told = re.findall(r"\b\d\d\b", rows_of_the_docs())

    assert sorted(told) == [path.stem[:2] for path in FILES]


def test_tags_are_those_that_are_told() -> None:
    told = set(re.findall(r"`([^`]+)`", rows_of_the_docs()))

    assert {tag for path in FILES for tag in load_scenario(path).tags} == told


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_picture_is_legible_on_a_small_screen(path: Path) -> None:
    """At 1,800 points its smallest letters, of ten points, are seven pixels high when 1,280 pixels show all of it."""
    width = re.search(r'<svg[^>]* width="([\d.]+)pt"', draw(recorded(path)).svg)

    assert width is not None
    assert float(width[1]) <= 1800
