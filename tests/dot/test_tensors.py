"""A tensor is told in the shortest form that still says what matters."""

import math

from graphviz_utils.dot.tensors import matrix_rows, statistics_lines
from graphviz_utils.model import Snapshot, Stats
from tests.building import snapshot


def test_columns_of_a_small_matrix_are_aligned() -> None:
    rows = matrix_rows(snapshot(((1.0, -20.5), (300.0, 4.0))), 4)

    assert rows == ("  1  −20.5", "300      4")


def test_a_vector_is_one_row() -> None:
    assert matrix_rows(snapshot((3.0, 2.0, -1.0)), 4) == ("3  2  −1",)


def test_nan_stands_among_the_elements_in_words() -> None:
    assert matrix_rows(snapshot((math.nan, -math.inf)), 4) == ("nan  −inf",)


def test_more_than_four_rows_are_told_by_their_statistics() -> None:
    tall = snapshot(tuple((float(i),) for i in range(5)))

    assert matrix_rows(tall, 4) == ()
    assert statistics_lines(tall, 4) == ("(5, 1) float32", "mean 2", "norm 5.477")


def test_nan_and_infinity_are_counted_first() -> None:
    broken = Snapshot((1000, 3), "float16", "cpu", None, Stats(0.0, 1.0, 0.5, 2.0, 1200, 1))

    assert statistics_lines(broken, 4)[:2] == ("(1000, 3) float16", "1,200 nan · 1 inf")


def test_an_empty_tensor_says_so() -> None:
    empty = Snapshot((0, 3), "float32", "cpu", (), Stats(None, None, None, None, 0, 0))

    assert statistics_lines(empty, 4) == ("(0, 3) float32", "empty")
