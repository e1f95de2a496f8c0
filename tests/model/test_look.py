"""A look that there is not is refused where it is made."""

from typing import Any

import pytest

from graphviz_utils.model import GraphvizUtilsError, Look, LookError


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"preset": "cubist"}, "preset is 'cubist', but there is only circuit, micrograd and pytorch"),
        ({"direction": None}, "direction is None, but there is only LR and TB"),
        ({"theme": "Light"}, "theme is 'Light', but there is only light and dark"),
        ({"scope": "some"}, "scope is 'some', but there is only backward and all"),
        ({"leaves": []}, "leaves is [], but there is only auto, once and per-use"),
        ({"digits": 0}, "digits is 0; a whole number from 1 to 17 was expected"),
        ({"digits": 18}, "digits is 18; a whole number from 1 to 17 was expected"),
        ({"digits": 4.0}, "digits is 4.0; a whole number from 1 to 17 was expected"),
        ({"budget": -3}, "budget is -3; a whole number of nodes from 1 on was expected"),
        ({"budget": True}, "budget is True; a whole number of nodes from 1 on was expected"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are(choice: dict[str, Any], message: str) -> None:
    with pytest.raises(LookError) as told:
        Look(**choice)

    assert str(told.value) == message


def test_the_page_s_one_name_for_what_can_go_wrong_covers_a_look() -> None:
    assert issubclass(LookError, GraphvizUtilsError)
