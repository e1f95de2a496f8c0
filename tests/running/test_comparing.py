"""Equal, unequal by rounding, or different: what proofs and claims rest on."""

from typing import Any

import pytest
import torch

from graphviz_utils.running.child.comparing import compared, is_all_true


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (torch.tensor(1.0), torch.tensor(1.0), "equal"),
        (torch.tensor(1.0), 1, "equal"),
        (torch.tensor([1.0, 1.0]), 1.0, "equal"),
        (torch.tensor(0.1), 0.1, "equal"),
        (torch.tensor(1.0), torch.tensor(1.0 + 1e-6), "rounding"),
        (torch.tensor(1.0), torch.tensor(1.0 + 1e-5), "different"),
        (torch.tensor(1.0).double(), torch.tensor(1.0).double() + 1e-14, "different"),
        (torch.tensor(1.0).double(), torch.tensor(1.0).double() + 1e-15, "rounding"),
        (torch.tensor(1.0), torch.tensor(1.0).double() + 1e-8, "rounding"),
        (torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1e-8]), "rounding"),
        (torch.tensor([1e6, 1.0]), torch.tensor([1e6, 2.0]), "different"),
        (torch.tensor(3), torch.tensor(4), "different"),
        (torch.tensor(True), torch.tensor(False), "different"),
        (0.1 + 0.2, 0.3, "rounding"),
        (float("inf"), float("inf"), "equal"),
        (torch.tensor(float("inf")), torch.tensor(3.0), "different"),
        (torch.tensor(float("nan")), torch.tensor(float("nan")), "different"),
        (torch.tensor(1 + 1j), torch.tensor(1 + 2j), "different"),
        (torch.tensor(1.0, dtype=torch.bfloat16), torch.tensor(1.0078125), "rounding"),
        (torch.ones(2, 3), torch.ones(3, 2), "different"),
    ],
)
def test_verdicts(left: Any, right: Any, verdict: str) -> None:
    assert compared(left, right).verdict == verdict


def test_shapes_that_do_not_fit_are_named() -> None:
    assert compared(torch.ones(2, 3), torch.ones(3, 2)).sentence("a", "b") == "the shapes (2, 3) and (3, 2) do not fit"


def test_digits_suffice_to_tell_the_two_apart() -> None:
    sentence = compared(torch.tensor(1.0).double(), torch.tensor(1.0).double() + 1e-9).sentence("a", "b")

    assert sentence == "a is 1 and b is 1.0000000010000001"


@pytest.mark.parametrize(
    ("result", "holds"), [(torch.tensor([True, True]), True), (torch.tensor([True, False]), False), (True, True)]
)
def test_a_comparison_holds_when_it_holds_everywhere(result: Any, holds: bool) -> None:
    assert is_all_true(result) is holds
