"""What the viewer is told of rules, paths and proofs."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from graphviz_utils.drawing import draw_series
from graphviz_utils.model import Check, Claim, Deduction, Look, Proof
from graphviz_utils.running import run
from graphviz_utils.scenario import read_scenario
from graphviz_utils.viewer import Scene, scene_of
from graphviz_utils.viewer.cards import FormulaCard
from graphviz_utils.viewer.mathematics import mathml
from tests.viewer.scenes import TWICE, polynomial, scene_of_program

KINK = """import torch
x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
y = torch.relu(x)
y.backward(torch.tensor([1.0, 10.0, 100.0]))
"""
WIDE = """import torch
x = torch.zeros(20, requires_grad=True)
y = (3 * x).sum()
y.backward()
"""
MANY = """import torch
x = torch.tensor(0.0, requires_grad=True)
y = x
for number in range(310):
    y = y + number if number % 2 else y.sin()
y.backward()
"""


def proved(*proofs: Proof, claims: tuple[Claim, ...] = ()) -> Scene:
    """The scene of a run of y = x · x that says of itself what it is given."""
    trace = run(read_scenario(TWICE, "twice.py")).trace
    assert trace is not None
    trace = replace(trace, proofs=proofs, claims=claims)
    return scene_of(trace, draw_series(trace, Look()), Look())


def named(scene: Scene, formula: FormulaCard | None) -> str:
    """The letters and signs of a formula with names."""
    assert formula is not None
    text = scene.formulas[formula.template]
    for operand in formula.operands:
        text = text.replace(operand.sign, scene.formulas[operand.name])
    return letters(text.replace("\uf8ff", ""))


def letters(text: str) -> str:
    """What is left of MathML without its tags."""
    return "".join(ElementTree.fromstring(text).itertext())


def test_a_rule_has_a_slot_for_each_edge_and_names_what_goes_along_it() -> None:
    scene = polynomial()
    power = next(node for node in scene.nodes if node.label == "x⁴")
    assert power.rule is not None
    (slot,) = power.rule.slots

    assert slot.edge == next(edge.id for edge in scene.edges if edge.target == power.id)
    assert (power.rule.role, power.rule.source) == ("scales", "curated")
    assert named(scene, slot.local) == "4x3"


def test_the_operands_of_a_rule_are_the_numbers_of_the_run() -> None:
    scene = polynomial()
    power = next(node for node in scene.nodes if node.label == "x⁴")
    assert power.rule is not None
    assert power.rule.slots[0].sent is not None
    x, received = sorted(power.rule.slots[0].sent.operands, key=lambda operand: operand.kind, reverse=True)

    assert x.tensor is not None
    assert scene.tensors[x.tensor].item() == 2
    assert (received.kind, received.node, received.tensor) == ("grad", power.id, None)


def test_a_node_at_a_kink_tells_the_slopes_on_either_side() -> None:
    relu = next(node for node in scene_of_program(KINK).nodes if node.kind == "op")
    assert relu.rule is not None
    (kink,) = relu.rule.slots[0].kinks

    assert kink is not None
    assert (kink.elements, kink.below, kink.above, kink.chosen) == ((1,), 0, 1, 0)


def test_paths_run_along_drawn_edges_and_add_up() -> None:
    scene = polynomial()
    (paths,) = scene.paths
    drawn = {edge.id for edge in scene.edges}

    assert [path.value for path in paths.paths] == [64, 12, 12, 5]
    assert all(set(path.edges) <= drawn for path in paths.paths)
    assert (paths.count, paths.rest, paths.grad) == ("4", 0, 93)
    assert paths.total is not None
    assert letters(scene.formulas[paths.total]).endswith("=93")


def test_the_paths_of_each_pass_are_its_own() -> None:
    scene = scene_of_program(TWICE)

    assert [(paths.backward, paths.grad) for paths in scene.paths] == [(0, 6), (1, 600)]


def test_a_leaf_of_many_elements_has_the_paths_to_its_first_ones() -> None:
    assert [paths.element for paths in scene_of_program(WIDE).paths] == list(range(16))


def test_a_picture_of_very_many_nodes_says_that_it_tells_no_rules() -> None:
    trace = run(read_scenario(MANY, "many.py")).trace
    assert trace is not None
    look = Look(budget=2_000)
    scene = scene_of(trace, draw_series(trace, look), look)

    assert len(scene.nodes) > 300
    assert all(node.rule is None for node in scene.nodes)
    assert "explain" in scene.remarks[0]


def test_proofs_stand_beside_the_closed_form_that_the_author_gave() -> None:
    deduction = Deduction("power rule", "n1", r"\frac{dy}{dx} = 2 x")
    derived = Check("derived", "equal", "equal", latex="2 x", deductions=(deduction,))
    given = Claim("closed_form", "x", "3*x", 0, None, None, False, "PyTorch's is 6 and expected is 9")
    scene = proved(Proof("n0", "x", 0, None, (derived,)), claims=(given,))
    (card,) = scene.proofs

    assert [(check.way, check.verdict, check.text) for check in card.checks] == [
        ("given", "differs", "3*x"),
        ("derived", "equal", "2 x"),
    ]
    assert (card.node, card.backward) == ("node-n0", 0)
    assert card.checks[1].deductions[0].node == "node-n1"
    assert not scene.claims


def test_a_closed_form_is_a_claim_of_its_own_until_its_leaf_is_proved() -> None:
    given = Claim("closed_form", "x", "2*x", 0, None, None, True, "equal")

    assert [(claim.text, claim.verdict) for claim in proved(claims=(given,)).claims] == [("2*x", True)]


@pytest.mark.parametrize(
    "latex", [r"\frac{", "x" * 10_000, r"\begin{pmatrix}", r"\left(", "\\", r"{\color}", r"\text{<b>}"]
)
def test_latex_that_cannot_be_set_is_shown_as_it_stands(latex: str) -> None:
    check = Check("derived", "open", "", latex=latex)
    (card,) = proved(Proof("n0", "x", 0, None, (check,))).proofs

    assert card.checks[0].text == latex
    assert card.checks[0].formula is None or mathml(latex) is not None


def test_a_scene_with_numbers_that_are_none_is_strict_json() -> None:
    check = Check("differences", "open", "", error=float("nan"))

    assert '"error":"nan"' in proved(Proof("n0", "x", 0, None, (check,))).to_json()


def test_a_count_with_very_many_digits_is_told_in_words() -> None:
    doubled = "import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x\nfor _ in range(100):\n    y = y + y\n"

    assert [paths.count for paths in scene_of_program(f"{doubled}y.backward()\n").paths] == ["about 10³⁰"]


def test_very_much_latex_is_shown_as_it_stands() -> None:
    rows = tuple(Deduction("rule", None, rf"{number} + x^{{{'1' * 2_500}}}") for number in range(400))
    (card,) = proved(Proof("n0", "x", 0, None, (Check("derived", "equal", "", deductions=rows),))).proofs
    set_ = [row.formula is not None for row in card.checks[0].deductions]

    assert set_[0]
    assert sum(set_) < 200
    assert not set_[-1]
