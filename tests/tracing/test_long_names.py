"""Names that nobody reads to their end are cut, so that a record of them can be read again."""

import torch

from graphviz_utils import Trace, record


def test_a_run_with_endless_names_is_saved_and_read_again() -> None:
    Endless = type("E" * 3_000, (torch.nn.Linear,), {})  # noqa: N806 - a class
    with record("t" * 3_000, source="") as run:
        net = torch.nn.Sequential(Endless(2, 1))
        net(torch.ones(1, 2)).sum().backward()

    trace = Trace.from_json(run.trace.to_json())

    assert trace == run.trace
    assert trace.title == "t" * 999 + "…"
    assert "Names of more than 1,000 characters are cut." in trace.notes


def test_other_runs_have_no_such_note() -> None:
    with record("t" * 1_000, source="") as run:
        torch.ones(1, requires_grad=True).sum().backward()

    assert (run.trace.title, run.trace.notes) == ("t" * 1_000, ())
