import math
import threading

import pytest
import torch

from graphviz_utils import record
from graphviz_utils.model import Look, Moment, Trace
from graphviz_utils.page import (
    Attempt,
    calm_story,
    described,
    drawn,
    excerpt,
    image_html,
    leaf_rows,
    parted,
    pass_titles,
    set_story,
    tensor_text,
    verdict_html,
)
from tests.building import scenario_1_trace, snapshot


def traced(code: str) -> Trace:
    with record() as run:
        exec(code, {"torch": torch})
    return run.trace


def test_a_leaf_s_gradient_is_shown_with_what_it_was_added_up_from() -> None:
    (row,) = leaf_rows(scenario_1_trace())

    assert (row.name, row.value, row.grad, row.norm) == ("x", "2", "93", 93.0)
    assert sorted(row.contributions.split(" + ")) == ["12", "12", "5", "64"]


@pytest.mark.parametrize(
    ("backward", "grad", "note"),
    [
        ("(x * 0).backward()", "0", "every element is zero"),
        ("(x * 2).detach()", "None", "there was no backward pass"),
        ("(x * float('nan')).backward()", "nan", "1 of 1 are NaN"),
        ("(x * float('inf')).backward()", "inf", "1 of 1 are infinite"),
        (
            "y = torch.tensor(1.0, requires_grad=True); z = x * 2; y.exp().backward()",
            "None",
            "this pass sent it no",
        ),
        ("(x * 2).backward(); (x * 3).backward()", "5", "added to the .grad of an earlier pass"),
    ],
)
def test_what_is_odd_about_a_gradient_is_said(backward: str, grad: str, note: str) -> None:
    rows = leaf_rows(traced(f"x = torch.tensor(3.0, requires_grad=True)\n{backward}"))
    row = next(row for row in rows if row.value == "3")

    assert row.grad == grad
    assert note in row.note


def test_a_leaf_is_shown_as_of_the_chosen_pass() -> None:
    trace = traced("x = torch.tensor(3.0, requires_grad=True)\n(x * 2).backward()\n(x * 3).backward()")

    assert [leaf_rows(trace, Moment(backward=number))[0].grad for number in (0, 1)] == ["2", "5"]


def test_what_a_pass_adds_to_an_earlier_gradient_is_shown_apart_from_it() -> None:
    """3 from the first pass; x and x, so 2 + 2, from the second: 7."""
    x3_then_xx = "x = torch.tensor(2.0, requires_grad=True)\n(x * 3).backward()\n(x * x).backward()"
    (first,), (second,) = (leaf_rows(traced(x3_then_xx), Moment(backward=number)) for number in (0, 1))

    assert (first.before, first.contributions, first.grad) == ("", "", "3")
    assert (second.before, second.contributions, second.grad) == ("3", "2 + 2", "7")


def test_a_hook_that_changed_what_a_pass_adds_is_named() -> None:
    """x * x at 2 sends 2 + 2, and the hook makes 40 of it."""
    code = "x = torch.tensor(2.0, requires_grad=True)\nx.register_hook(lambda g: 10 * g)\n(x * x).backward()"
    (row,) = leaf_rows(traced(code))

    assert (row.contributions, row.grad, row.note) == ("2 + 2", "40", "a hook made 40 of what this pass added")


def test_numbers_have_four_digits_and_a_true_minus() -> None:
    assert tensor_text(snapshot((-1 / 3, 2.0, math.nan))) == "[−0.3333, 2, nan]"


def test_the_picture_is_told_in_words() -> None:
    assert described(scenario_1_trace()).endswith("It ends in y = 63. The gradient of x is 93.")


def test_a_leaf_whose_name_was_bound_anew_is_told_in_words_too() -> None:
    trace = traced("x = torch.tensor(3.0, requires_grad=True)\ny = x * 2\ny.backward()\nx = y * 5")

    assert "2 operators, 1 leaves" in described(trace)


def test_each_pass_has_its_number_call_and_the_editor_s_line() -> None:
    trace = scenario_1_trace()
    line = trace.passes[0].line or 0

    assert pass_titles(trace, line - 1) == (f"1 · {trace.passes[0].call}" + (", line 1" if line else ""),)


def test_a_line_is_marked_among_its_neighbours() -> None:
    assert excerpt("a\nb\nc\nd\ne", 4) == "  2 │ b\n  3 │ c\n→ 4 │ d\n  5 │ e"


def test_a_line_that_is_not_there_has_no_excerpt() -> None:
    assert excerpt("a", 7) == ""


def test_a_displayed_formula_stands_on_lines_of_its_own() -> None:
    assert set_story("so $$a\n= b$$ and `$$`") == "so \n\n$$\na\n= b\n$$\n\n and `$$`"


@pytest.mark.parametrize(
    ("story", "calm"),
    [
        ("![x](http://evil.test/a.png)", "![x] (http~://evil.test/a.png)"),
        ("[x](javascript:alert(1))", "[x] (javascript~:alert(1))"),
        ("![x][r]\n\n[r]: /a.png", "![x] [r]\n\n[r] : /a.png"),
        ("<HTTPS://evil.test>", "<HTTPS~://evil.test>"),
        ("www.evil.test", "www~.evil.test"),
        ("a@evil.test", "a@~evil.test"),
    ],
)
def test_a_stranger_s_story_leads_nowhere(story: str, calm: str) -> None:
    assert calm_story(story) == calm.replace("~", "\u2060")


def test_a_stranger_s_mathematics_stays_as_it_is() -> None:
    assert calm_story(r"$$\frac{a}{b} = [1, 2]$$ and $x_i$") == r"$$\frac{a}{b} = [1, 2]$$ and $x_i$"


def test_what_a_program_says_cannot_become_markup() -> None:
    assert "<img" not in verdict_html(False, "<img src=x>", "<script>")
    assert "<script" not in verdict_html(False, "<img src=x>", "<script>")


def test_torchviz_s_drawing_is_an_image_that_cannot_act() -> None:
    shown = image_html('<svg xmlns="http://www.w3.org/2000/svg"/>', 'a "quoted" <picture>')

    assert shown.count("<img") == 1
    assert 'alt="a &quot;quoted&quot; &lt;picture&gt;"' in shown
    assert "<svg" not in shown


def test_a_drawing_of_torchviz_that_fails_costs_us_nothing() -> None:
    both = drawn(scenario_1_trace(), Look(), Moment(), "this is no DOT")

    assert both.torchviz is None
    assert "could not be laid out" in both.remark
    assert "<svg" in both.picture.svg


def test_an_attempt_gives_what_its_work_gave() -> None:
    assert Attempt(lambda stop: 6 * 7).result() == 42


def test_an_attempt_raises_what_its_work_raised() -> None:
    attempt = Attempt(lambda stop: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        attempt.result()


def test_an_attempt_that_is_stopped_tells_its_work() -> None:
    attempt: Attempt[bool] = Attempt(lambda stop: stop.wait(60))
    assert not attempt.wait(0.01)
    attempt.stop()

    assert attempt.result() is True


def test_nobody_waits_for_an_attempt_longer_than_asked() -> None:
    release = threading.Event()
    attempt = Attempt(lambda stop: release.wait(60))
    is_over = attempt.wait(0.05)
    release.set()

    assert not is_over
    assert attempt.result() is True


def test_an_answer_is_parted_from_its_story() -> None:
    assert parted("Look.\n\nQuestion: why?\n\nAnswer: so.\n\nAnd so.") == ("Look.\n\nQuestion: why?", "so.\n\nAnd so.")
    assert parted("Look.") == ("Look.", "")
