"""The page's logic without a browser: what a visitor does, and what is then on the page."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def visit(**query: str) -> AppTest:
    """The page after a visitor came with `query` in the address, and what goes on has ended."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, word in query.items():
        app.query_params[name] = word
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    """The page once nothing goes on any more."""
    deadline = time.monotonic() + 60
    while app.session_state["attempt"] is not None or app.session_state["drawing"] is not None:
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


def said(app: AppTest) -> str:
    """The plain text on the page."""
    return "\n".join(text.value for text in app.text)


def test_the_first_scenario_runs_at_once() -> None:
    app = visit()

    assert app.session_state["ran"].trace.leaf("x").grad.item() == 93.0
    assert "∂\u00a093" in app.session_state["drawn"].svg


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "there is no code in it"),
        ("x = = 3", "SyntaxError: invalid syntax"),
        ("print('hi')", "there is no graph"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_program_without_a_picture_is_told_in_words_and_the_last_picture_stays(code: str, sentence: str) -> None:
    app = typed(visit(), code)

    assert sentence in said(app)
    assert app.session_state["good"].trace.leaf("x").grad.item() == 93.0
    assert app.text_area(key="code_text").value == code
