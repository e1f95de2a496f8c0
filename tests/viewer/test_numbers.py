"""The viewer's numbers are the pictures' numbers."""

import json
import math
import random
import struct

import pytest

from graphviz_utils.dot import number_text
from tests.viewer.conftest import Opened
from tests.viewer.scenes import TWICE, scene_of_program

pytestmark = pytest.mark.browser


def many_numbers() -> list[float]:
    """Floats of every size, ties of rounding, and those beside a change of notation."""
    draw = random.Random(1)
    bits = [struct.unpack("d", draw.randbytes(8))[0] for _ in range(4000)]
    singles = [struct.unpack("f", draw.randbytes(4))[0] for _ in range(4000)]
    scaled = [draw.uniform(-1, 1) * 10 ** draw.randint(-9, 9) for _ in range(6000)]
    ties = [(draw.randint(0, 10**6) + 0.5) / 2 ** draw.randint(0, 12) for _ in range(4000)]
    edges = [
        sign * 10.0**n * d
        for n in range(-6, 9)
        for d in (1, 0.99994999, 0.99995, 0.9999500001, 9.5)
        for sign in (1, -1)
    ]
    beside = [math.nextafter(edge, to) for edge in edges for to in (0.0, math.inf)]
    return [n for n in (*bits, *singles, *scaled, *ties, *edges, *beside, 0.0, -0.0) if math.isfinite(n)]


@pytest.mark.parametrize("digits", [2, 4, 6])
def test_a_number_reads_as_in_the_picture(mounted: Opened, digits: int) -> None:
    numbers = many_numbers()
    expected = [number_text(number, digits) for number in numbers]
    tab = mounted(scene_of_program(TWICE).to_json())

    shown = tab.evaluate(
        "([text, digits]) => JSON.parse(text).map((n) => numberText(n, digits))", [json.dumps(numbers), digits]
    )

    assert [row for row in zip(numbers, shown, expected, strict=True) if row[1] != row[2]] == []


def test_what_is_no_number_is_said_in_words(mounted: Opened) -> None:
    tab = mounted(scene_of_program(TWICE).to_json())

    said = tab.evaluate("['nan', 'inf', '-inf', true, false, [1, -2], [0.5, 2]].map((n) => numberText(n))")

    odd = [math.nan, math.inf, -math.inf, True, False, 1 - 2j, 0.5 + 2j]
    assert said == [number_text(number) for number in odd]


def test_a_copied_tensor_is_python_that_makes_it_again(mounted: Opened) -> None:
    torch = pytest.importorskip("torch")
    tab = mounted(scene_of_program(TWICE).to_json())
    rows = [
        {"shape": [2, 2], "dtype": "float32", "data": [[1, -0.5], ["nan", "-inf"]]},
        {"shape": [], "dtype": "int64", "data": 7},
        {"shape": [2], "dtype": "bool", "data": [True, False]},
        {"shape": [1], "dtype": "complex64", "data": [[1, -2]]},
        {"shape": [2, 0], "dtype": "float64", "data": [[], []]},
    ]

    written = tab.evaluate("(rows) => rows.map((row) => pythonText(row))", rows)

    expected = [
        torch.tensor([[1.0, -0.5], [math.nan, -math.inf]]),
        torch.tensor(7),
        torch.tensor([True, False]),
        torch.tensor([1 - 2j]),
        torch.zeros(2, 0, dtype=torch.float64),
    ]
    made = [eval(line, {"torch": torch}) for line in written]
    for tensor, wanted in zip(made, expected, strict=True):
        torch.testing.assert_close(tensor, wanted, equal_nan=True, rtol=0, atol=0)
