"""The scenario files that come with the package: each runs alone, and its numbers are right."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graphviz_utils.scenario import load_scenario

FILES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.py"))

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


def by_name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_scenario_runs_alone(path: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", path], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(("name", "quantity"), [(name, key) for name, row in NUMBERS.items() for key in row])
def test_a_scenarios_numbers_are_those_worked_out_by_hand(name: str, quantity: str) -> None:
    path = next(path for path in FILES if path.stem == name)
    variable, _, attribute = quantity.partition(".")
    tensor = runpy.run_path(str(path))[variable]
    tensor = getattr(tensor, attribute) if attribute else tensor

    assert tensor.tolist() == NUMBERS[name][quantity]


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_scenario_has_a_title_a_story_a_formula_per_leaf_and_a_proof(path: Path) -> None:
    scenario = load_scenario(path)

    assert scenario.title not in {"Untitled", path.stem}
    assert scenario.story
    assert scenario.tags
    assert scenario.closed_forms
    assert scenario.expectations
    assert scenario.cells[-1].title.startswith("Proof")
