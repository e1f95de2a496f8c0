"""The pictures of several backward passes: other numbers, and nothing stands elsewhere."""

import re
from typing import get_args

import pytest
import torch

from graphviz_utils.drawing import draw, draw_series
from graphviz_utils.model import Look, Preset, Trace
from graphviz_utils.tracing import record


def twice() -> Trace:
    """A graph that is gone through twice; the second time with a seed that makes long numbers."""
    with record("Twice") as run:
        x = torch.tensor([3.0, 4.0], requires_grad=True)
        y = x * x
        z = y.sum() * y.mean()
        z.backward(retain_graph=True)
        z.backward(torch.tensor(-123.456))
    return run.trace


def outlines(svg: str) -> list[tuple[str, str]]:
    """Where every box and gate stands; the tip of an arrow gives way to the thickness of its line."""
    return re.findall(r'<g id="(node-[^"]*)"[^>]*>.*?<(?:path|polygon|ellipse) [^>]*(?:d|points|cx)="([^"]*)"', svg)


def texts(svg: str) -> set[str]:
    return set(re.findall(r'class="grad">([^<]*)<', svg))


@pytest.mark.parametrize("preset", get_args(Preset))
def test_nothing_stands_elsewhere_in_the_next_pass(preset: Preset) -> None:
    series = draw_series(twice(), Look(preset=preset))
    first, second = (picture.svg for picture in series.pictures)

    assert series.steps.passes == (0, 1)
    assert outlines(first) == outlines(second) != []
    assert texts(first) != texts(second)


def test_a_single_pass_is_drawn_as_it_always_is() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        (x**3).backward()
    series = draw_series(run.trace)

    assert series.pictures == (draw(run.trace),)


def test_without_a_pass_there_is_one_picture_without_gradients() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        x**3
    series = draw_series(run.trace)

    assert len(series.pictures) == len(series.graphs) == 1
    assert texts(series.last.svg) == set()


def cubed(number: float) -> Trace:
    with record() as run:
        x = torch.tensor(number, requires_grad=True)
        (x**3 + 2 * x).backward()
    return run.trace


def test_what_grew_for_other_numbers_does_not_shrink_again() -> None:
    short = draw_series(cubed(2.0))
    long = draw_series(cubed(-1234.5), before=short)
    again = draw_series(cubed(2.0), before=long)

    assert outlines(short.last.svg) != outlines(long.last.svg) == outlines(again.last.svg)
    assert texts(again.last.svg) == texts(short.last.svg)


def test_another_graph_keeps_no_room_of_the_one_before() -> None:
    assert draw_series(twice(), before=draw_series(cubed(-1234.5))).pictures == draw_series(twice()).pictures
