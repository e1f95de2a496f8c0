"""What is to be proved of a run: every leaf that a pass sent something to, with what really reached it."""

import pytest
import torch

import graphviz_utils as gu
from graphviz_utils.model import Check, Proof, TraceError
from graphviz_utils.running.obligations import merged, unproved


def numbers(rows: tuple[Proof, ...]) -> list[tuple[str, int, object]]:
    return [(row.name, row.backward, row.autograd and row.autograd.data) for row in rows]


def test_every_pass_has_a_row_for_each_leaf_it_reached() -> None:
    """d(xy) by x is 5, by y is 2; d(3x) by x is 3, and y has no part in it."""
    with gu.record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = torch.tensor(5.0, requires_grad=True)
        (x * y).backward()
        torch.autograd.grad(3 * x, x)

    assert numbers(unproved(run.trace)) == [("x", 0, 5.0), ("y", 0, 2.0), ("x", 1, 3.0)]
    assert numbers(unproved(run.trace, 1)) == [("x", 1, 3.0)]


def test_what_a_hook_made_of_the_gradient_is_what_must_be_proved() -> None:
    with gu.record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        x.register_hook(lambda grad: 2 * grad)
        (x * x).backward()

    assert x.grad is not None
    assert numbers(unproved(run.trace)) == [("x", 0, x.grad.item())]


def test_what_was_there_before_a_pass_is_not_its_doing() -> None:
    with gu.record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        (2 * x).backward()
        (5 * x).backward()

    assert numbers(unproved(run.trace)) == [("x", 0, 2.0), ("x", 1, 5.0)]


def test_a_pass_that_does_not_exist_is_refused() -> None:
    with gu.record() as run:
        torch.ones((), requires_grad=True).backward()

    with pytest.raises(TraceError, match=r"pass 1 was asked for, but this run has 1 \(counted from 0\)"):
        unproved(run.trace, 1)


def test_rows_of_one_leaf_and_pass_become_one_row() -> None:
    with gu.record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
    (row,) = unproved(run.trace)
    derived, differences = Check("derived", "equal", ""), Check("differences", "close", "")
    first = merged(run.trace, [Proof(row.node, row.name, 0, row.autograd, (differences,))])
    both = merged(first, [Proof(row.node, row.name, 0, row.autograd, (derived,))])

    assert [proof.checks for proof in both.proofs] == [(derived, differences)]


def test_a_newer_check_takes_the_place_of_an_older_one_of_its_way() -> None:
    with gu.record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
    (row,) = unproved(run.trace)
    older, newer = Check("derived", "open", "no time"), Check("derived", "equal", "")
    first = merged(run.trace, [Proof(row.node, row.name, 0, row.autograd, (older,))])
    second = merged(first, [Proof(row.node, row.name, 0, row.autograd, (newer,))])

    assert [proof.checks for proof in second.proofs] == [(newer,)]
