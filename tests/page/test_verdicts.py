"""What the page says of claims: those that hold, that fail, and that nobody could check."""

from dataclasses import replace

import pytest

from graphviz_utils.model import Check, Claim, Proof, Verdict
from graphviz_utils.page import claims_html, verdict_sentence
from tests.building import scenario_1_trace

UNCHECKED = Claim("closed_form", "x", "2 * x", None, None, None, None, "x took part in no backward pass")
HELD = Claim("expectation", "y", "63", None, None, None, True, "equal")
BROKEN = replace(HELD, verdict=False, note="PyTorch's y is 63 and expected is 64")


def test_a_claim_that_was_not_checked_gets_a_dash_and_is_called_so() -> None:
    shown = claims_html([UNCHECKED])

    assert ("–" in shown, "not checked" in shown, "≈" in shown) == (True, True, False)


def test_a_claim_that_was_checked_keeps_its_sign() -> None:
    shown = claims_html([HELD, BROKEN])

    assert ("✓" in shown, "✗" in shown, "not checked" in shown) == (True, True, False)


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ((UNCHECKED,), (None, "")),
        ((HELD,), (True, "proved")),
        ((HELD, UNCHECKED), (True, "1 of 2 checks hold, 1 not checked")),
        ((BROKEN, UNCHECKED), (False, "1 of 2 checks failed")),
    ],
)
def test_what_was_not_checked_counts_neither_as_held_nor_as_rounding(
    claims: tuple[Claim, ...], sentence: tuple[bool | None, str]
) -> None:
    trace = replace(scenario_1_trace(), cells=(), claims=claims)

    assert verdict_sentence(trace) == sentence


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (("equal", "equal"), (True, "all 3 checks hold")),
        (("equal", "open"), (True, "2 of 3 checks hold, 1 not checked")),
        (("close", "kink"), (True, "1 of 3 checks hold, 1 but for rounding, 1 at a kink")),
        (("equal", "differs"), (False, "1 of 3 checks failed")),
    ],
)
def test_proofs_are_counted_with_what_else_was_checked(
    verdicts: tuple[Verdict, Verdict], sentence: tuple[bool | None, str]
) -> None:
    checks = Check("derived", verdicts[0], ""), Check("differences", verdicts[1], "")
    trace = replace(scenario_1_trace(), cells=(), claims=(HELD,), proofs=(Proof("n0", "x", 0, None, checks),))

    assert verdict_sentence(trace) == sentence
