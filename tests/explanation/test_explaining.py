"""What is said of a node: its rule with names and numbers, held against hand calculations and against autograd."""

import time
from collections.abc import Callable

import pytest
import torch

from graphviz_utils.explanation import Explainer, explain
from graphviz_utils.model import LAST, Explanation, Moment, SlotRule, Trace, TraceError
from graphviz_utils.tracing import record, trace_of
from tests.building import Run, chain_trace, from_node, literal, scenario_1_trace


def recorded(program: Callable[[], object], derivatives: int = 0) -> Trace:
    with record(derivatives=derivatives) as run:
        program()
    return run.trace


def explained(program: Callable[[], object], name: str) -> Explanation:
    """What is said of the only node that autograd calls `name`."""
    trace = recorded(program)
    (id_,) = [node.id for node in trace.nodes if node.name == name]
    return explain(trace, id_)


def formulas(rule: SlotRule) -> tuple[str | None, str | None, str | None]:
    sent, derivative = (None if each is None else each.names for each in (rule.sent, rule.local))
    return sent, derivative, rule.numbers


def test_the_power_of_the_polynomial_is_explained_with_its_numbers() -> None:
    """d(x⁴)/dx = 4x³ = 32 at 2, and the node received 2: 64 goes back."""
    told = explain(scenario_1_trace(), "n1")

    assert (told.called, told.latex, told.role, told.source) == ("x⁴", "x^{4}", "scales", "curated")
    assert (told.forward and told.forward.names, told.numbers) == ("x^{4}", "2^{4} = 16")
    assert formulas(told.slots[0]) == (r"4 x^{3} \cdot \overline{x^{4}}", "4 x^{3}", r"4 \cdot 2^{3} \cdot 2 = 64")


def test_a_leaf_collects_what_arrives_in_the_order_of_firing() -> None:
    told = explain(scenario_1_trace(), "n0")

    assert (told.role, told.uses, told.collected) == ("collects", 4, "5 + 12 + 12 + 64 = 93")
    assert (told.forward, told.numbers, told.slots) == (None, None, ())


def test_a_root_s_seed_is_part_of_what_was_collected() -> None:
    """s feeds y and is a root itself: 1 + 2 arrive."""

    def program() -> None:
        x = torch.tensor(3.0, requires_grad=True)
        s = 5 * x
        torch.autograd.backward([s, s * 2])

    assert [each.collected for each in all_of(recorded(program)) if each.called == "s"] == ["1 + 2 = 3"]


def all_of(trace: Trace, moment: Moment = LAST) -> list[Explanation]:
    explainer = Explainer.of(trace, moment)
    return [explainer.explain(node.id) for node in trace.nodes]


def test_each_side_of_a_product_receives_the_other_s_value() -> None:
    def program() -> None:
        a, b = torch.tensor(-2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
        y = a * b
        y.backward()

    told = explained(program, "MulBackward0")

    assert (told.called, told.latex, told.role) == ("y", "y", "swaps")
    assert told.numbers == r"\left(-2\right) \cdot 3 = -6"
    assert [(rule.argument, rule.called) for rule in told.slots] == [("self", "a"), ("other", "b")]
    assert [formulas(rule) for rule in told.slots] == [
        (r"b \cdot \bar{y}", "b", r"3 \cdot 1 = 3"),
        (r"a \cdot \bar{y}", "a", r"\left(-2\right) \cdot 1 = -2"),
    ]


def test_x_times_x_has_two_slots_that_add_up() -> None:
    def program() -> None:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()

    trace = recorded(program)

    assert [rule.numbers for rule in explain(trace, "n1").slots] == [r"3 \cdot 1 = 3"] * 2
    assert explain(trace, "n0").collected == "3 + 3 = 6"


def test_what_was_broadcast_is_summed_again() -> None:
    """b is spread over two rows: 1·1 + 4·1 = 5, 2 + 5 = 7, 3 + 6 = 9 come back."""

    def program() -> None:
        a = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
        b = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
        c = a * b
        c.sum().backward()

    whole, spread = explained(program, "MulBackward0").slots

    assert (whole.sums, spread.sums) == (False, True)
    assert spread.sent is not None
    assert spread.sent.names == r"\sum_{\text{dim } 0} a \odot \bar{c}"
    assert spread.numbers is not None
    assert spread.numbers.endswith(r"= \begin{pmatrix} 5 & 7 & 9 \end{pmatrix}")


def test_a_number_that_was_spread_over_a_tensor_receives_the_whole_sum() -> None:
    def program() -> None:
        k = torch.tensor(1.0, requires_grad=True)
        c = k + torch.zeros(2, 3)
        c.sum().backward()

    (rule,) = explained(program, "AddBackward0").slots

    assert formulas(rule)[0] == r"\sum \bar{c}"
    assert rule.numbers is not None
    assert rule.numbers.endswith("= 6")


def test_one_gradient_for_many_elements_goes_to_each_of_them() -> None:
    def program() -> None:
        x = torch.zeros(3, requires_grad=True)
        y = x.sum()
        y.backward(torch.tensor(2.0))

    (rule,) = explained(program, "SumBackward0").slots

    assert rule.numbers == r"2 \to \begin{pmatrix} 2 & 2 & 2 \end{pmatrix}"


def test_a_view_has_a_gradient_of_its_own_although_it_is_called_like_what_it_shows() -> None:
    """In another's formula it is x; what it received itself is no gradient of x."""

    def program() -> None:
        x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        y = x.reshape(2, 2) * 3
        y.sum().backward()

    view, product = explained(program, "ViewBackward0"), explained(program, "MulBackward0")

    assert (view.latex, view.forward and view.forward.names) == ("v_{1}", "x")
    assert formulas(view.slots[0])[0] == r"\bar{v}_{1}"
    assert product.forward is not None
    assert product.forward.names == "3 x"


def test_numbers_of_large_tensors_are_left_out() -> None:
    def program() -> None:
        x = torch.ones(5, 2, requires_grad=True)
        x.exp().sum().backward()

    told = explained(program, "ExpBackward0")

    assert (told.numbers, told.slots[0].numbers) == (None, None)


def test_a_program_s_own_function_decides_itself() -> None:
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
            return 2 * x

        @staticmethod
        def backward(ctx: object, grad: torch.Tensor) -> torch.Tensor:
            return 2 * grad

    def program() -> None:
        Twice.apply(torch.tensor(3.0, requires_grad=True)).backward()

    told = explained(program, "TwiceBackward")

    assert (told.source, told.sentence) == (
        "program",
        "A function of the program's own: its backward decides what goes back.",
    )
    assert [(rule.sent, rule.tensor and rule.tensor.item()) for rule in told.slots] == [(None, 2.0)]


def test_pytorch_s_own_formula_stands_in_where_there_is_no_other() -> None:
    def program() -> None:
        torch.special.log_ndtr(torch.ones(2, requires_grad=True)).cummax(0).values.sum().backward()
        x = torch.ones(2, 2, requires_grad=True)
        torch.linalg.eigvalsh(x @ x.T).sum().backward()

    told = explained(program, "LinalgEighBackward0")

    assert told.source == "PyTorch"
    assert [(rule.sent, bool(rule.text)) for rule in told.slots] == [(None, True)]


def test_the_value_is_that_before_a_change_in_place() -> None:
    """s is 1 + 1 = 2 when it is doubled, whatever it holds afterwards."""

    def program() -> None:
        u = torch.tensor(1.0, requires_grad=True)
        s = u + 1
        s *= 2
        s.backward()

    told = explained(program, "MulBackward0")

    assert (told.forward and told.forward.names, told.numbers) == (r"2 s^{\mathrm{old}}", r"2 \cdot 2 = 4")
    assert told.slots[0].called == "the earlier s"


def test_a_long_chain_is_called_by_numbers() -> None:
    """Three operators deep a formula of the program's names is short enough, the fourth is not."""
    trace = chain_trace(5)
    names = [each.latex for each in all_of(trace)]

    assert names == [
        "x",
        r"\sin x",
        r"\sin \left(\sin x\right)",
        r"\sin \left(\sin \left(\sin x\right)\right)",
        "v_{4}",
        "v_{5}",
    ]


def test_numbered_names_leave_the_program_s_letters_alone() -> None:
    run = Run()
    last = run.leaf("v", 1.0)
    for _ in range(4):
        last = run.op("SinBackward0", from_node("self", 0, last), operator="aten.sin.default")

    assert explain(run.trace(), last).latex == "z_{4}"


def test_at_a_moment_before_the_pass_nothing_was_sent() -> None:
    trace = scenario_1_trace()
    told = explain(trace, "n1", Moment(at=trace.passes[0].at - 1))

    assert (told.numbers, told.uses, told.slots[0].numbers, told.backward) == ("2^{4} = 16", 0, None, None)


def test_in_the_midst_of_the_pass_only_those_that_fired_have_sent() -> None:
    """n10, n9 and n8 have fired; n8 sent 5 to x."""
    trace = scenario_1_trace()
    moment = Moment(at=trace.passes[0].fired_at[2])
    sent = {each.node: each.slots[0].numbers for each in all_of(trace, moment) if each.slots}

    assert {node for node, numbers in sent.items() if numbers} == {"n10", "n9", "n8"}
    assert explain(trace, "n0", moment).uses == 1


def test_each_pass_has_its_own_numbers() -> None:
    def program() -> None:
        x = torch.tensor(3.0, requires_grad=True)
        y = x**2
        y.backward(retain_graph=True)
        y.backward(torch.tensor(10.0))

    trace = recorded(program)
    told = [explain(trace, "n1", Moment(backward=index)) for index in range(2)]

    assert [each.slots[0].numbers for each in told] == [r"2 \cdot 3 \cdot 1 = 6", r"2 \cdot 3 \cdot 10 = 60"]
    assert [each.backward for each in told] == [0, 1]


def test_a_graph_that_nobody_recorded_is_explained_as_far_as_it_tells() -> None:
    """Which exponent a power had is not known afterwards; what a product took is."""
    x, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    trace = trace_of({"y": (x * b) ** 2}, {"x": x, "b": b}, backward=True)
    product, power = (next(each for each in all_of(trace) if each.called == name) for name in ("×", "y"))

    assert [rule.numbers for rule in product.slots] == [r"3 \cdot 12 = 36", r"2 \cdot 12 = 24"]
    assert [(rule.sent, rule.numbers) for rule in power.slots] == [(None, None)]


def test_the_recorded_local_derivative_comes_along() -> None:
    def program() -> None:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        (x * x).sum().backward()

    trace = recorded(program, derivatives=100)
    (first, _) = explain(trace, "n1").slots

    assert first.jacobian is not None
    assert first.jacobian.data == ((1.0, 0.0), (0.0, 2.0))


def test_an_unknown_node_is_refused_in_words() -> None:
    with pytest.raises(TraceError, match="no node 'n99'"):
        explain(scenario_1_trace(), "n99")


def test_a_thousand_nodes_are_explained_in_a_second() -> None:
    trace = chain_trace(1_000)
    started = time.process_time()
    all_of(trace)

    assert time.process_time() - started < 1


def test_arguments_that_make_no_sense_leave_formulas_out() -> None:
    """A run may come from a stranger's file: its literals need not be what PyTorch takes."""
    run = Run()
    x = run.leaf("x", 2.0)
    for exponent in ("4", None, (1, (2,)), 10**400, 1e308):
        run.op(
            "PowBackward0", from_node("self", 0, x), literal("exponent", exponent), data=1.0, operator="aten.pow.T_S"
        )
    told = all_of(run.trace())

    assert [each.role for each in told] == ["collects", *["scales"] * 5]


def test_a_negative_gradient_stands_in_brackets_also_where_it_is_spread() -> None:
    """The deviation of (1, 5) is √8; −2 of it goes back as −2 · (x − 3) / √8 = ±√2."""

    def program() -> None:
        x = torch.tensor([1.0, 5.0], requires_grad=True)
        (-2 * x.std()).backward()

    numbers = explained(program, "StdBackward0").slots[0].numbers

    assert numbers is not None
    assert r"\cdot \left(-2\right) " in numbers
    assert numbers.endswith(r"\begin{pmatrix} 1.414 \\ -1.414 \end{pmatrix}")
