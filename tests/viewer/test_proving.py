"""A reader looks for proof: other ways to each derivative with their verdicts, derivations, and the program's own."""

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from graphviz_utils.model import Snapshot, Stats
from graphviz_utils.viewer import Scene
from graphviz_utils.viewer.cards import CheckCard, DeductionCard, ProofCard
from tests.viewer.conftest import Opened
from tests.viewer.scenes import TWICE, polynomial, scene_of_program
from tests.viewer.test_stepping_through import press

pytestmark = pytest.mark.browser


def check(way: str, verdict: str, **more: object) -> CheckCard:
    nothing = {"note": "", "expected": None, "error": None, "below": None, "above": None, "formula": None, "text": ""}
    return CheckCard(**{"way": way, "verdict": verdict, "deductions": (), **nothing, **more})  # type: ignore[arg-type]


def snapshot(numbers: list[float]) -> Snapshot:
    return Snapshot((len(numbers),), "float32", "cpu", tuple(numbers), Stats(None, None, None, None, 0, 0))


def proved(*checks: CheckCard) -> Scene:
    """The first scenario, in which the gradient of x, 93, is held against other ways."""
    shown = polynomial()
    leaf = shown.nodes[0]
    grad = leaf.outputs[0].grads[0]
    return replace(shown, proofs=(ProofCard(leaf.id, "x", 0, "y.backward()", grad, checks),), claims=())


def cells(tab: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in tab.locator(".proofs tbody td").all_inner_texts()]


def test_each_way_to_a_derivative_has_its_cell_and_its_verdict(opened: Opened) -> None:
    shown = proved(check("given", "close", text="8*x**3", expected=0), check("derived", "open", note="no closed form"))
    tab = opened(shown)
    press(tab, "v")
    heads = [text.lower() for text in tab.locator(".proofs thead th").all_inner_texts()]

    assert heads == ["leaf", "autograd", "given closed form", "derived closed form"]
    assert cells(tab)[0] == "93"
    assert "8*x**3" in cells(tab)[1]
    assert "✓ equal within tolerance" in cells(tab)[1]
    assert cells(tab)[2] == "– open no closed form"


def test_what_differs_is_said_with_sign_words_and_place(opened: Opened) -> None:
    tab = opened(proved(check("given", "differs", note="first at [0]: 136 for 132")))
    press(tab, "v")

    assert cells(tab)[1] == "✗ differs first at [0]: 136 for 132"


def test_a_number_is_told_with_how_far_off_it_may_be(opened: Opened) -> None:
    shown = proved()
    grad = shown.proofs[0].autograd
    tab = opened(
        replace(
            shown,
            proofs=(replace(shown.proofs[0], checks=(check("differences", "equal", expected=grad, error=0.25),)),),
        )
    )
    press(tab, "v")

    assert cells(tab)[1] == "93 ± 0.25 ✓ equal"


def test_at_a_kink_the_slopes_on_both_sides_are_told(opened: Opened) -> None:
    """Of y = |x| at 0 they are −1 and 1."""
    shown = scene_of_program(
        "import torch\nx = torch.tensor([2.0, 0.0], requires_grad=True)\nx.abs().sum().backward()\n"
    )
    sides = [snapshot([1.0, slope]) for slope in (-1.0, 1.0)]
    kinked = check("differences", "kink", below=len(shown.tensors), above=len(shown.tensors) + 1)
    row = ProofCard(shown.nodes[0].id, "x", 0, "backward", None, (kinked,))
    tab = opened(replace(shown, tensors=(*shown.tensors, *sides), proofs=(row,)))
    press(tab, "v")

    assert cells(tab)[1] == "◇ subgradient at a kink [−1, 1] at [1]"


def test_a_derivation_is_opened_step_by_step_and_lights_what_it_is_about(opened: Opened) -> None:
    shown = polynomial()
    symbols = shown.paths[0].paths[0].symbols
    steps = (
        DeductionCard("power rule", "node-n1", symbols, "4x^3"),
        DeductionCard("sum rule", None, None, r"\frac{a}"),
    )
    tab = opened(proved(check("derived", "equal", formula=symbols, deductions=steps)))
    press(tab, "v")
    closed = tab.locator(".deductions").count()
    tab.get_by_role("button", name="derivation").click()
    tab.locator(".deductions li").first.hover()

    expect(tab.locator(".node.lit")).to_have_count(1)
    assert closed == 0
    assert tab.locator(".deductions .by").all_inner_texts() == ["power rule", "sum rule"]
    assert tab.locator(".deductions code").inner_text() == r"\frac{a}"


def test_proof_cells_and_expectations_of_the_program_are_listed(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "v")
    rows = [re.sub(r"\s+", " ", text) for text in tab.locator(".claims li").all_inner_texts()]

    assert rows[0].startswith("✓ Proof: the derivative by hand x.grad == 8 * x**3")
    assert "✓ y 63.0 equal" in rows


def test_a_claim_that_does_not_hold_is_marked(opened: Opened) -> None:
    shown = polynomial()
    tab = opened(replace(shown, claims=(replace(shown.claims[0], verdict=False, note="it is 132"),)))
    press(tab, "v")

    assert re.sub(r"\s+", " ", tab.locator(".claims li").inner_text()).startswith("✗ ")
    assert "it is 132" in tab.locator(".claims li").inner_text()


def test_a_picture_without_proofs_says_how_to_get_them(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "v")

    assert "python -m graphviz_utils draw FILE -o picture.html" in tab.locator(".prove").inner_text()


def asking(tab: Page) -> Page:
    """The same scene in a page that can prove, and counts how often it is asked to."""
    tab.evaluate(
        """(scene) => {
            viewer.destroy();
            window.asked = 0;
            const root = document.getElementById('root').shadowRoot;
            const onProve = () => (window.asked += 1);
            window.viewer = mount(root, JSON.parse(scene), { onProve, storage: window.kept });
        }""",
        polynomial().to_json(),
    )
    return tab


def test_a_page_is_asked_for_proofs_once_for_a_scene_when_they_are_looked_for(mounted: Opened) -> None:
    tab = asking(mounted(polynomial().to_json()))
    before = tab.evaluate("window.asked")
    press(tab, "v", "ArrowLeft", "v", "v")

    assert before == 0
    assert tab.evaluate("window.asked") == 1
    assert "proving …" in tab.locator(".proving").inner_text()


def test_another_scene_without_proofs_is_asked_about_again(mounted: Opened) -> None:
    tab = asking(mounted(polynomial().to_json()))
    press(tab, "v")
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", scene_of_program(TWICE).to_json())

    assert tab.evaluate("window.asked") == 2


def test_proofs_take_the_place_of_the_waiting_when_they_arrive(mounted: Opened) -> None:
    tab = asking(mounted(polynomial().to_json()))
    press(tab, "v")
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", proved(check("given", "equal", text="93")).to_json())

    assert tab.locator(".proving").count() == 0
    assert cells(tab)[0] == "93"
    assert tab.evaluate("window.asked") == 1


def test_when_proving_ended_without_a_proof_it_can_be_asked_for_again(mounted: Opened) -> None:
    tab = asking(mounted(polynomial().to_json()))
    press(tab, "v")
    tab.evaluate("viewer.proving(true)")
    tab.evaluate("viewer.proving(false)")
    told = tab.locator(".proving").inner_text()
    tab.get_by_role("button", name="Prove again").click()

    assert "There is no proof of this run yet." in told
    assert tab.evaluate("window.asked") == 2


def test_words_of_strangers_in_proofs_are_only_words(mounted: Opened) -> None:
    evil = "<img src=x onerror=alert(1)>"
    steps = (DeductionCard(evil, None, None, evil),)
    shown = proved(check("derived", "differs", note=evil, text=evil, deductions=steps))
    scene = json.loads(shown.to_json())
    scene["proofs"][0]["name"] = scene["proofs"][0]["title"] = evil
    tab = mounted(json.dumps(scene))
    press(tab, "v")
    tab.get_by_role("button", name="derivation").click()

    assert tab.locator(".prove img").count() == 0
    assert tab.locator(".prove").inner_text().count(evil) >= 4
