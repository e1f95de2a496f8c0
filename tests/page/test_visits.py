"""The page's logic without a browser: what a visitor does, and what is then on the page."""

import ast
import os
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graphviz_utils.page import link_of_code

ROOT = Path(__file__).parents[2]
SQUARE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n"


def visit(**query: str) -> AppTest:
    """The page after a visitor came with `query` in the address, and what goes on has ended."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, word in query.items():
        app.query_params[name] = word
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    """The page once nothing goes on any more."""
    deadline = time.monotonic() + 60
    while app.session_state["visit"].attempt is not None or app.session_state["visit"].drawing is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    assert not app.exception
    return app


def typed(app: AppTest, code: str) -> AppTest:
    """The page after `code` was typed and Run pressed."""
    app.text_area(key="code_text").set_value(code)
    app.button(key="run").click()
    return settled(app.run())


def has_run(app: AppTest) -> bool:
    """Whether anything was run for this visitor."""
    return app.session_state["visit"].ran is not None or app.session_state["visit"].attempt is not None


def grad_of_x(app: AppTest) -> object:
    """What the last run left in `x.grad`."""
    return app.session_state["visit"].ran.trace.leaf("x").grad.item()


def said(app: AppTest) -> str:
    """The plain text on the page."""
    return "\n".join(text.value for text in app.text)


def test_the_first_scenario_runs_at_once() -> None:
    app = visit()

    assert grad_of_x(app) == 93.0
    assert "∂\u00a093" in app.session_state["visit"].drawn.picture.svg


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "there is no code in it"),
        ("x = = 3", "SyntaxError: invalid syntax"),
        ("print('hi')", "there is no graph"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("x = torch.tensor(2.0)", "Write  import torch  at the top"),
        ("this is no program", "SyntaxError: invalid syntax"),
        ("x = 1\n" * 200_000, "a program of up to 1,000,000 was expected"),
        ("x = 'a\0b'", "there is a NUL character"),
        ("import os\nos._exit(3)", "ended its own process"),
        ("import torch\ntorch.zeros(10**12)", "memory"),
    ],
)
def test_a_program_without_a_picture_is_told_in_words_and_the_last_picture_stays(code: str, sentence: str) -> None:
    app = typed(visit(), code)

    assert sentence in said(app)
    assert app.session_state["visit"].good.trace.leaf("x").grad.item() == 93.0
    assert app.text_area(key="code_text").value == code


def test_a_program_without_a_backward_pass_is_told_what_to_add() -> None:
    assert "add  y.backward()" in said(typed(visit(), SQUARE.replace("(x * x).backward()", "y = x * x")))


def test_the_program_in_the_empty_editor_runs_as_it_is_given() -> None:
    """d(x²)/dx is 4 at 2."""
    app = visit()
    typed(app, app.text_area(key="code_text").placeholder)

    assert grad_of_x(app) == 4.0


@pytest.mark.parametrize("text", ["", "print('hi')"])
def test_the_example_in_a_hint_runs_as_it_is_given(text: str) -> None:
    app = typed(visit(), text)
    typed(app, said(app).split("for example")[1].strip())

    assert grad_of_x(app) == 4.0


@pytest.mark.parametrize(
    ("name", "leaf", "grad"),
    [
        ("02_matrix_sum", "A", ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))),
        ("03_multistep_seed", "x", ((60.0, 96.0, 132.0), (132.0, 96.0, 60.0))),
        ("04_multistep_mean", "x", ((10.0, 16.0, 22.0), (22.0, 16.0, 10.0))),
    ],
)
def test_a_link_names_a_scenario(name: str, leaf: str, grad: object) -> None:
    app = visit(scenario=name)

    assert app.selectbox(key="picker").value == name
    assert app.session_state["visit"].ran.trace.leaf(leaf).grad.data == grad


def test_a_link_with_an_unknown_scenario_opens_the_first_and_says_so() -> None:
    app = visit(scenario="no_such")

    assert "no scenario called 'no_such'" in said(app)
    assert app.session_state["visit"].good is not None


def test_code_in_a_link_is_shown_and_waits_for_run() -> None:
    app = visit(code=link_of_code(SQUARE))

    assert app.text_area(key="code_text").value == SQUARE
    assert not has_run(app)

    settled(app.button(key="run").click().run())

    assert grad_of_x(app) == 6.0


def test_editing_the_code_of_a_link_does_not_run_it() -> None:
    app = visit(code=link_of_code("print(1)\n"))
    settled(app.text_area(key="code_text").set_value("print(2)\n").run())

    assert not has_run(app)


def test_a_damaged_link_is_told_in_words() -> None:
    assert "the program in this link is damaged" in said(visit(code="%%%"))


def test_another_scenario_is_picked() -> None:
    app = visit()
    settled(app.selectbox(key="picker").select("04_multistep_mean").run())

    assert (
        app.session_state["visit"].ran.trace.value(app.session_state["visit"].ran.trace.names["out"].node).item()
        == 140.0
    )


def test_fewer_scenarios_are_offered_when_a_level_and_a_tag_are_asked_for() -> None:
    """The picture stays, and so does what it is a picture of."""
    app = visit()
    app.button_group(key="levels").set_value(["advanced"])
    settled(app.button_group(key="tags").set_value(["second order"]).run())

    options = app.selectbox(key="picker").options
    assert [option.split(" · ")[1] for option in options] == [
        "The derivative of a derivative",
        "The Hessian times a vector",
        "A polynomial of one number",
    ]
    assert grad_of_x(app) == 93.0


def test_typed_code_is_not_lost_when_another_scenario_is_picked() -> None:
    app = visit()
    app.text_area(key="code_text").set_value("print('mine')\n").run()
    settled(app.selectbox(key="picker").select("02_matrix_sum").run())
    settled(app.selectbox(key="picker").select("Your code").run())

    assert app.text_area(key="code_text").value == "print('mine')\n"


def test_an_edited_scenario_keeps_its_closed_form() -> None:
    app = visit()
    typed(app, str(app.text_area(key="code_text").value).replace("2.0", "3.0"))

    (claim,) = app.session_state["visit"].ran.trace.claims
    assert (claim.kind, claim.verdict) == ("closed_form", True)


def test_a_failing_program_shows_its_graph_and_the_line() -> None:
    code = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\ny.nothing\n"
    app = typed(visit(), code)

    assert "AttributeError" in said(app)
    assert any("→ 5 │ y.nothing" in block.value for block in app.code)
    assert "∂\u00a06" in app.session_state["visit"].drawn.picture.svg


def test_the_last_of_several_passes_is_shown_until_another_is_chosen() -> None:
    app = typed(
        visit(), "import torch\nx = torch.tensor(3.0, requires_grad=True)\nfor k in (2, 7):\n    (k * x).backward()\n"
    )
    choice = next(box for box in app.selectbox if (box.key or "").startswith("pass_"))
    assert choice.value == 1
    settled(choice.select_index(0).run())

    assert list(app.dataframe[0].value["Gradient"]) == ["2"]


@pytest.mark.parametrize(("preset", "sign"), [("micrograd", ">data<"), ("pytorch", ">AccumulateGrad<")])
def test_a_link_carries_the_look(preset: str, sign: str) -> None:
    assert sign in visit(scenario="01_polynomial", preset=preset).session_state["visit"].drawn.picture.svg
    assert sign not in visit(scenario="01_polynomial").session_state["visit"].drawn.picture.svg


def test_a_link_carries_how_many_nodes_are_drawn() -> None:
    app = visit(scenario="01_polynomial", budget="6")

    assert "nodes are folded into" in app.session_state["visit"].drawn.picture.notes[-1]


@pytest.mark.parametrize(
    "choice",
    [{"preset": "cubist"}, {"direction": "up"}, {"leaves": "%"}, {"budget": "-1"}, {"budget": "x"}, {"digits": "99"}],
)
def test_a_link_with_a_look_that_there_is_not_opens_in_the_usual_one(choice: dict[str, str]) -> None:
    usual = visit(scenario="01_polynomial").session_state["visit"].drawn

    assert visit(scenario="01_polynomial", **choice).session_state["visit"].drawn == usual


def test_torchviz_draws_the_same_run() -> None:
    app = visit(torchviz="true")

    assert "PowBackward0" in app.session_state["visit"].drawn.torchviz


def test_leaves_that_got_nothing_zero_or_nan_are_named() -> None:
    app = typed(
        visit(),
        "import torch\na, b, c = (torch.tensor(1.0, requires_grad=True) for _ in range(3))\n"
        "z = a * 0 + b * float('nan')\nz.backward()\nw = c * 2\n",
    )

    table = app.dataframe[0].value
    assert list(table["Gradient"]) == ["0", "nan", "None"]
    assert list(table["Note"]) == ["every element is zero", "1 of 1 are NaN", "this pass sent it no gradient"]


def test_text_that_a_program_prints_is_no_markdown() -> None:
    app = typed(visit(), "print('# **bold** <b>b</b> ![i](http://evil.test/i.png)')\n")

    assert not any("bold" in element.value for element in app.markdown)
    assert any("# **bold**" in block.value for block in app.code)


def test_a_program_that_never_ends_is_stopped() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    settled(app.run())
    app.text_area(key="code_text").set_value("while True:\n    pass\n")
    app.button(key="run").click().run()
    assert app.session_state["visit"].attempt is not None
    app.button(key="stop").click().run()

    assert "The run was stopped." in said(settled(app))
    assert app.session_state["visit"].good is not None


@pytest.fixture
def slow_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a Graphviz that never ends writes down the process of each of its layouts."""
    dot, pids = tmp_path / "dot", tmp_path / "pids"
    dot.write_text(f"#!/bin/sh\necho $$ >> {pids}\nexec sleep 60\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return pids


def layouts(pids: Path, count: int) -> list[Path]:
    """The first `count` layouts, as soon as they have begun; one that is over no longer exists."""
    deadline = time.monotonic() + 20
    while not pids.exists() or len(pids.read_text().split()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [Path("/proc") / pid for pid in pids.read_text().split()]


def is_over_soon(process: Path) -> bool:
    """Whether `process` is gone long before it would have ended by itself."""
    deadline = time.monotonic() + 20
    while process.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not process.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_stop_ends_the_layout_that_goes_on(slow_dot: Path) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["digits"] = "7"  # a picture that no other test has put into the cache
    app.run()
    while app.session_state["visit"].attempt is not None:
        app.run()
    (layout,) = layouts(slow_dot, 1)
    assert layout.exists()
    app.button(key="stop").click().run()

    assert is_over_soon(layout)
    assert "The drawing was stopped" in said(settled(app))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_another_look_ends_the_layout_of_the_one_before(slow_dot: Path) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["digits"] = "6"
    app.run()
    while app.session_state["visit"].attempt is not None:
        app.run()
    layouts(slow_dot, 1)
    app.toggle(key="grads").set_value(False).run()
    first, second = layouts(slow_dot, 2)

    assert is_over_soon(first)
    assert second.exists()
    app.button(key="stop").click().run()
    assert is_over_soon(second)


def test_a_second_run_replaces_the_first() -> None:
    app = visit()
    app.text_area(key="code_text").set_value("while True:\n    pass\n")
    app.button(key="run").click().run()
    first = app.session_state["visit"].attempt
    typed(app, "import torch\nx = torch.tensor(5.0, requires_grad=True)\n(x * x).backward()\n")

    assert first.result().status == "stopped"
    assert grad_of_x(app) == 10.0


def test_every_widget_has_a_key() -> None:
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text("utf-8"))) if isinstance(node, ast.Call)]
    widgets = {
        "button",
        "selectbox",
        "segmented_control",
        "toggle",
        "slider",
        "text_area",
        "file_uploader",
        "dataframe",
    }
    widgets |= {"number_input", "popover", "expander", "download_button"}
    named = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in widgets]
    without = [call.lineno for call in named if not any(keyword.arg == "key" for keyword in call.keywords)]

    assert len(named) > 10
    assert without == []
