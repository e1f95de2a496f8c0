"""A tensor in words is written out as long as it is small."""

import pytest

from graphviz_utils.model import Snapshot, Stats
from tests.building import snapshot


def in_words(tensor: Snapshot, whole: int) -> str:
    return tensor.text(lambda number: f"{number:g}", whole)


def test_a_small_tensor_is_written_out() -> None:
    assert in_words(snapshot(((1.0, 2.5), (3.0, float("nan")))), 4) == "[[1, 2.5], [3, nan]]"


def test_a_tensor_with_more_elements_is_told_by_its_statistics() -> None:
    """3 and 4 have the norm 5."""
    assert in_words(snapshot((3.0, 4.0, float("inf"))), 2) == "min 3, mean 3.5, max 4, norm 5, 1 inf"


@pytest.mark.parametrize("data", [(), None])
def test_a_tensor_of_which_nothing_is_known_is_called_empty(data: object) -> None:
    assert in_words(Snapshot((0,), "float32", "cpu", data, Stats(None, None, None, None, 0, 0)), -1) == "empty"
