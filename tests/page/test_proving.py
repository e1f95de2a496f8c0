"""What a page proves of the run it shows: when it is asked to, of that run alone, and in words where it cannot."""

import threading
from dataclasses import replace

import pytest

from graphviz_utils.model import Limits, Look, Moment, Proof, RunError, TraceError, Verdict
from graphviz_utils.page import Drawn, Program, Proving, Ran, Visit, drawn, proved
from graphviz_utils.page.runs import ran

PATIENCE = 60.0
SQUARE = "import torch\nx = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)\ny = x * x\ny.backward()\n"
CHANCE = f"import time, torch\ntorch.manual_seed(time.time_ns())\n{SQUARE.replace('x * x', 'x * torch.rand(())')}"
LONG = Limits(derivation_seconds=20)


def run(code: str, limits: Limits = LONG) -> Ran:
    """How a visitor's program ran."""
    return ran(Program.of(code, "p.py", "typed"), compared=False, limits=limits, stop=threading.Event())


def brought(code: str) -> Ran:
    """The same run, brought along as a file."""
    trace = run(code).trace
    assert trace is not None
    program = Program.of(code, "p.json", "trace", trace)
    return ran(program, compared=False, limits=LONG, stop=threading.Event())


def picture(of: Ran) -> Drawn:
    assert of.trace is not None
    return drawn(of.trace, Look(), Moment())


def verdicts(proofs: tuple[Proof, ...]) -> dict[str, Verdict]:
    """By way, of the only leaf."""
    (proof,) = proofs
    return {check.way: check.verdict for check in proof.checks}


def until_stopped(stop: threading.Event) -> tuple[Proof, ...]:
    """Work without end."""
    stop.wait(PATIENCE)
    return ()


def test_a_run_is_proved_in_every_way() -> None:
    """d(x²)/dx is 2x."""
    assert verdicts(proved(run(SQUARE), Moment(), LONG))["differences"] == "equal"


def test_of_a_run_that_was_brought_along_no_program_is_run() -> None:
    assert set(verdicts(proved(brought(SQUARE), Moment(), LONG))) == {"derived"}


def test_the_pass_that_is_shown_is_proved() -> None:
    two = run(f"{SQUARE}(5 * x).backward()\n")
    (first,), (last,) = (proved(two, Moment(backward=index), LONG) for index in (0, None))

    assert (first.backward, first.autograd and first.autograd.item()) == (0, 6.0)
    assert (last.backward, last.autograd and last.autograd.item()) == (1, 5.0)


def test_a_run_without_a_backward_pass_has_no_proofs() -> None:
    assert proved(run(SQUARE.replace("y.backward()", "")), Moment(), LONG) == ()


def test_another_run_of_a_program_of_chance_proves_nothing_of_the_one_that_is_shown() -> None:
    with pytest.raises(RunError, match="computes something else each time it runs"):
        proved(run(CHANCE), Moment(), LONG)


def test_a_session_s_budget_counts_its_proofs() -> None:
    square, little = run(SQUARE), Limits(budget_seconds=0.001, budget_per_minute=0.001)
    proved(square, Moment(), LONG, session="a")

    with pytest.raises(RunError, match=r"^Not proved: "):
        proved(square, Moment(), little, session="a")


def asked(of: Ran, proving: Proving, limits: Limits = LONG) -> None:
    """Somebody asks, and what comes of it is taken over."""
    proving.begin(of.key, lambda stop: proved(of, Moment(), limits, stop))
    proving.settle()


def test_proofs_join_the_picture_that_stands() -> None:
    square, proving = run(SQUARE), Proving(PATIENCE)
    shown = picture(square)
    asked(square, proving)
    whole, joined = proving.joined(square.key, square, shown)

    assert joined.series is shown.series
    assert joined.scene.pictures == shown.scene.pictures
    assert [check.way for check in joined.scene.proofs[0].checks] == ["derived", "differences"]
    assert whole.trace is not None
    assert whole.trace.proofs != ()
    assert shown.scene.proofs == ()


def test_a_document_with_proofs_is_made_once() -> None:
    square, proving = run(SQUARE), Proving(PATIENCE)
    shown = picture(square)
    asked(square, proving)

    assert proving.joined(square.key, square, shown)[1] is proving.joined(square.key, square, shown)[1]


def test_proofs_of_one_run_are_none_of_another() -> None:
    square, other, proving = run(SQUARE), run(SQUARE.replace("3.0", "4.0")), Proving(PATIENCE)
    shown = picture(other)
    asked(square, proving)

    assert proving.joined(other.key, other, shown) == (other, shown)


def test_a_stopped_proof_says_so_and_leaves_the_picture() -> None:
    square, proving = run(SQUARE), Proving(0.0)
    shown = picture(square)
    proving.begin(square.key, until_stopped)
    assert proving.attempt is not None
    proving.attempt.stop()
    proving.settle()

    assert proving.words == "The proof was stopped."
    assert proving.joined(square.key, square, shown) == (square, shown)


def test_what_cannot_be_proved_is_said_in_words() -> None:
    chance, proving = run(CHANCE), Proving(PATIENCE)
    asked(chance, proving)

    assert proving.words.startswith("Not proved: the program computes something else")


def test_an_error_of_ours_is_told_and_kept_for_the_log() -> None:
    def broken(_: threading.Event) -> tuple[Proof, ...]:
        raise ZeroDivisionError

    proving = Proving(PATIENCE)
    proving.begin("key", broken)

    assert isinstance(proving.settle(), ZeroDivisionError)
    assert "Something in this page itself went wrong" in proving.words


def test_asking_again_for_what_goes_on_begins_nothing() -> None:
    proving = Proving(0.0)
    proving.begin("key", until_stopped)
    first = proving.attempt
    proving.begin("key", lambda _: ())

    assert proving.attempt is first
    proving.forget()


def test_a_new_run_ends_the_proof_of_the_one_before() -> None:
    visit = Visit(Program.of(SQUARE, "p.py", "typed"), 0.0)
    visit.proving.begin("key", until_stopped)
    attempt = visit.proving.attempt
    visit.run(compared=False)

    assert attempt is not None
    assert attempt.is_stopped
    assert visit.proving.attempt is None


def test_a_visitor_who_has_left_ends_the_proof() -> None:
    ended = threading.Event()

    def work(stop: threading.Event) -> tuple[Proof, ...]:
        if stop.wait(PATIENCE):
            ended.set()
        return ()

    visit = Visit(Program.of(SQUARE, "p.py", "typed"), 0.0)
    visit.proving.begin("key", work)
    del visit

    assert ended.wait(PATIENCE)


def test_a_pass_that_there_is_not_is_refused() -> None:
    with pytest.raises(TraceError, match="pass 7 was asked for"):
        proved(run(SQUARE), Moment(backward=7), LONG)


def test_a_forged_key_joins_nothing() -> None:
    """The run that is made again must be the one that is shown."""
    with pytest.raises(RunError, match="computes something else"):
        proved(replace(run(SQUARE), key="0" * 32), Moment(), LONG)
