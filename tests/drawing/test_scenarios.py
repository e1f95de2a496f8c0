"""The scenarios that ship are drawn right and legibly, from what PyTorch really did."""

import runpy
from itertools import product
from pathlib import Path

import pytest

import graphviz_utils as gu
from graphviz_utils.model import Direction, Look, Preset, Theme, Trace
from tests.drawing.measuring import collisions, crossed_texts, escaping_texts, overlapping_texts, texts

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.py"))
PRESETS: tuple[Preset, ...] = ("circuit", "micrograd", "pytorch")
DIRECTIONS: tuple[Direction, ...] = ("LR", "TB")
THEMES: tuple[Theme, ...] = ("light", "dark")


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def trace(request: pytest.FixtureRequest) -> Trace:
    with gu.record() as run:
        runpy.run_path(str(request.param))
    return run.trace


@pytest.mark.parametrize(("preset", "direction", "theme"), [*product(PRESETS, DIRECTIONS, THEMES)])
def test_a_scenario_is_legible_in_every_look(trace: Trace, preset: Preset, direction: Direction, theme: Theme) -> None:
    svg = gu.draw(trace, Look(preset=preset, direction=direction, theme=theme)).svg

    assert overlapping_texts(svg) == []
    assert crossed_texts(svg) == set()
    assert escaping_texts(svg) == []
    assert collisions(svg) == []
    assert min(text.size for text in texts(svg)) >= 10


@pytest.mark.parametrize("preset", PRESETS)
def test_every_leaf_shows_its_gradient(trace: Trace, preset: Preset) -> None:
    svg = gu.draw(trace, Look(preset=preset)).svg
    leaves = [row.node for row in trace.passes[-1].leaves]

    assert leaves
    for leaf in leaves:
        assert any(text.words.startswith("∂") for text in texts(svg) if text.owner == f"node-{leaf}")
