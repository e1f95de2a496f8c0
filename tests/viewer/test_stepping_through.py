"""A reader steps through the file of a run, by button, slider, chapter and key."""

import pytest
from playwright.sync_api import Page, expect

from tests.viewer.conftest import Opened
from tests.viewer.scenes import HOSTILE, MATRICES, TWICE, polynomial, scene_of_program

pytestmark = pytest.mark.browser


def press(tab: Page, *keys: str) -> None:
    tab.locator(".frame .stage").focus()
    for key in keys:
        tab.keyboard.press(key)


def position(tab: Page) -> str:
    return tab.locator(".bar .count").inner_text()


def numbers(tab: Page) -> list[str]:
    """The numbers that can be seen in the picture, sorted."""
    texts = tab.locator(".frame .picture text:is(.value, .grad)")
    said = texts.evaluate_all("all => all.map(t => getComputedStyle(t).visibility === 'visible' ? t.textContent : '')")
    return sorted(text.replace("\xa0", " ") for text in said if text)


def arithmetic(tab: Page) -> list[str]:
    """The rows of arithmetic under the picture."""
    return [" ".join(row.split()) for row in tab.locator(".sum").all_inner_texts()]


def test_a_picture_begins_as_it_is_exported(opened: Opened) -> None:
    tab = opened(polynomial())

    assert position(tab) == "21 / 21"
    assert tab.locator(":is(.unseen, .future, .now, .waiting, .ring)").count() == 0


def test_every_button_of_the_bar_goes_where_it_says(opened: Opened) -> None:
    tab = opened(polynomial())
    seen = []
    for name in ("First", "Next", "Next", "Back", "Last", "Back"):
        tab.get_by_role("button", name=name).first.click()
        seen.append(position(tab))

    assert seen == ["0 / 21", "1 / 21", "2 / 21", "1 / 21", "21 / 21", "20 / 21"]


def test_keys_and_clickers_step_while_the_picture_has_the_focus(opened: Opened) -> None:
    tab = opened(polynomial())
    seen = []
    for key in ("Home", "ArrowRight", "PageDown", "ArrowLeft", "PageUp", "End"):
        press(tab, key)
        seen.append(position(tab))

    assert seen == ["0 / 21", "1 / 21", "2 / 21", "1 / 21", "0 / 21", "21 / 21"]


def test_a_file_is_stepped_through_without_a_click(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.keyboard.press("PageUp")

    assert position(tab) == "20 / 21"


def test_a_clicker_steps_also_after_an_element_was_picked(opened: Opened) -> None:
    tab = opened(scene_of_program(MATRICES))
    press(tab, "i", "n")
    tab.get_by_title("element [1, 0]").first.click()
    tab.keyboard.press("PageUp")

    assert position(tab) == "4 / 5"


def test_an_index_that_is_typed_keeps_the_focus(opened: Opened) -> None:
    tab = opened(scene_of_program(MATRICES))
    press(tab, "ArrowLeft")
    tab.locator(".story").get_by_label("Index 2 of the element").press("ArrowUp")

    expect(tab.locator(".story").get_by_label("Index 2 of the element")).to_be_focused()
    assert arithmetic(tab)[0] == "to A at [0, 1]: 1 × 6 = 6"


def test_no_key_is_stolen_from_a_field_or_from_the_page(mounted: Opened) -> None:
    tab = mounted(polynomial().to_json())
    tab.locator("#outside").focus()
    tab.keyboard.type("f c")
    tab.keyboard.press("Home")
    tab.keyboard.press("/")

    assert tab.locator("#outside").input_value() == "/f c"
    assert position(tab) == "21 / 21"


def test_the_slider_and_the_chapters_go_to_a_step(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.get_by_role("slider", name="Step").fill("7")
    by_slider = position(tab)
    tab.get_by_role("button", name="backward").click()

    assert (by_slider, position(tab)) == ("7 / 21", "11 / 21")


def test_play_runs_from_the_start_to_the_end_and_stops_there(opened: Opened) -> None:
    tab = opened(scene_of_program(TWICE))
    tab.get_by_label("Speed").select_option("4")
    tab.get_by_role("button", name="Play").click()
    expect(tab.get_by_role("button", name="Pause")).to_be_visible()
    expect(tab.get_by_role("button", name="Play")).to_be_visible(timeout=30_000)

    assert position(tab) == "5 / 5"


def test_space_pauses(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.get_by_label("Speed").select_option("0.5")
    press(tab, "Space", "Space")

    expect(tab.get_by_role("button", name="Play")).to_be_visible()


def test_a_step_forward_shows_the_values_up_to_it_and_no_other_number(opened: Opened) -> None:
    """x = 2 goes in; 2⁴ = 16 and 2 · 16 = 32 are computed; x³ and all gradients are still to come."""
    tab = opened(polynomial())
    press(tab, "Home", "ArrowRight", "ArrowRight")

    assert numbers(tab) == ["16", "2", "32"]
    assert tab.locator(".story .words").inner_text() == "2 × takes 16 and gives 32."


def test_a_step_back_shows_what_is_sent_and_how_it_adds_up(opened: Opened) -> None:
    """d(x³)/dx = 3 · 2² = 12, the third of the four gradients that come to x."""
    tab = opened(polynomial())
    press(tab, "ArrowLeft", "ArrowLeft", "ArrowLeft")

    assert "∂ 12" in numbers(tab)
    assert "∂ 64" not in numbers(tab)
    assert arithmetic(tab) == ["to x: 1 × 12 = 12", "x so far: 5 + 12 + 12 + …"]


@pytest.mark.parametrize(
    ("program", "back", "said"),
    [
        # A slope of zero is a factor, and no empty side of an equation.
        ("x = torch.tensor(0.0, requires_grad=True)\n(x**2).backward()\n", 1, ["to x: 1 × 0 = 0"]),
        # √ has the slope inf at 0, and where() sends 0 there: 0 · inf. Element 1 has nothing to do with it.
        (
            "x = torch.tensor([0.0, 4.0], requires_grad=True)\ntorch.where(x > 0, x.sqrt(), 0.0).sum().backward()\n",
            1,
            ["to x at [0]: 0 × inf = nan"],
        ),
        # z · z̄ sends z along both ways: 2z = 6 + 8i.
        (
            "z = torch.tensor(3.0 + 4.0j, requires_grad=True)\n(z * z.conj()).real.backward()\n",
            1,
            ["z: 3+4i + 3+4i = 6+8i"],
        ),
        # Terms that begin with a minus sign stand in brackets.
        (
            "x = torch.ones((), requires_grad=True)\n(x * torch.tensor([3, 4])).backward(torch.tensor([-1.0, -2]))\n",
            1,
            ["to x: −1 × 3 + (−2) × 4 = −11"],
        ),
        # a is taken twice, and what comes to b does not add up with it.
        (
            "x = torch.tensor([4.0, 5.0], requires_grad=True)\na, b = x.unbind()\n(a * a + 3 * b + 7 * b).backward()\n",
            2,
            ["to a: 1 × 4 = 4", "to a: 1 × 4 = 4", "a: 4 + 4 = 8"],
        ),
    ],
)
def test_the_arithmetic_holds(opened: Opened, program: str, back: int, said: list[str]) -> None:
    tab = opened(scene_of_program(f"import torch\n{program}"))
    press(tab, *["ArrowLeft"] * back)

    assert arithmetic(tab) == said


def test_the_element_that_is_reckoned_with_is_the_readers_choice(opened: Opened) -> None:
    """(A @ v).sum() has the derivative v in each row of A: 5 and 6."""
    tab = opened(scene_of_program(MATRICES))
    press(tab, "ArrowLeft")
    tab.locator(".story").get_by_label("Index 2 of the element").fill("1")
    tab.locator(".story").get_by_label("Index 2 of the element").press("Enter")

    assert arithmetic(tab)[0] == "to A at [0, 1]: 1 × 6 = 6"


def test_each_pass_has_its_own_picture_and_nothing_moves_between_them(opened: Opened) -> None:
    tab = opened(scene_of_program(TWICE))
    second, place = numbers(tab), tab.locator(".frame .node").first.bounding_box()
    tab.get_by_role("slider", name="Step").fill("3")

    assert "∂ 6" in numbers(tab)
    assert "∂ 600" in second
    assert tab.locator(".frame .node").first.bounding_box() == place


def test_the_current_step_is_marked_by_a_flag_and_a_ring(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home", "ArrowRight")

    assert (tab.locator(".flag").count(), tab.locator(".ring.present").count()) == (1, 1)
    assert tab.locator(".edge.now").count() == 1


def test_hostile_words_are_shown_and_run_nothing(opened: Opened) -> None:
    tab = opened(scene_of_program(HOSTILE))
    press(tab, "ArrowLeft", "n", "n", "c")

    assert "</script><b onclick=alert(1)>" in tab.locator(".story .words").inner_text()
    assert tab.locator("main :is(b, img, script, a)").count() == 0


def test_a_right_guess_is_told_and_the_number_revealed(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home", "ArrowRight")
    tab.get_by_role("button", name="Predict").click()
    press(tab, "ArrowRight")
    hidden = numbers(tab)
    tab.get_by_label("Your guess").fill("32,0")
    tab.keyboard.press("Enter")

    assert hidden == ["16", "2"]
    assert tab.locator(".verdict").inner_text() == "Right, 32."
    assert numbers(tab) == ["16", "2", "32"]


def test_a_wrong_guess_is_told_how_far_off_it_is(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home", "ArrowRight")
    tab.get_by_role("button", name="Predict").click()
    press(tab, "ArrowRight")
    tab.get_by_label("Your guess").fill("30")
    tab.keyboard.press("Enter")

    assert tab.locator(".verdict").inner_text() == "It is 32. You said 30: 2 too low."


def test_a_guess_that_is_no_number_is_asked_for_again(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home")
    tab.get_by_role("button", name="Predict").click()
    press(tab, "ArrowRight")
    tab.get_by_label("Your guess").fill("many")
    tab.keyboard.press("Enter")

    assert tab.locator(".verdict").inner_text() == "That is no number. Write for example -0.5, 2e3 or 1/3."
    assert tab.get_by_label("Your guess").input_value() == "many"
    assert numbers(tab) == []


def test_a_clicker_reveals_without_a_guess(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home")
    tab.get_by_role("button", name="Predict").click()
    tab.get_by_role("button", name="Next").click()
    tab.get_by_role("button", name="Next").click()

    assert (position(tab), numbers(tab)) == ("1 / 21", ["16", "2"])


def test_present_mode_leaves_the_picture_and_the_bar_and_warns_of_small_numbers(opened: Opened) -> None:
    tab = opened(polynomial(), present=True)
    meter = tab.locator(".meter")
    expect(meter).to_contain_text("enlarge to 18 pt")
    tab.keyboard.press("PageUp")
    meter.click()

    expect(meter).to_have_text("✓ smallest number 18 pt")
    assert position(tab) == "20 / 21"
    tab.keyboard.press("Escape")
    expect(meter).to_be_hidden()


def test_in_front_of_a_class_no_step_moves_the_picture_and_all_of_it_is_read(opened: Opened) -> None:
    """C * C sends a matrix twice to C, where they add up: its step says most."""
    program = "A = torch.tensor([[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]], requires_grad=True)\nC = 2 * A\n"
    tab = opened(scene_of_program(f"import torch\n{program}(C * C).sum().backward()\n"), present=True)
    tab.set_viewport_size({"width": 1024, "height": 768})
    tab.keyboard.press("Home")
    places, hidden = [], []
    for _ in range(7):
        places.append(tab.locator(".frame .picture").bounding_box())
        hidden.append(tab.locator(".story").evaluate("(story) => story.scrollHeight - story.clientHeight"))
        tab.keyboard.press("PageDown")

    assert hidden == [0] * 7
    assert all(place == places[0] for place in places)
