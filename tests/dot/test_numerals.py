"""Numbers are short, exact where that is short, and never lie about zero."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_utils.dot.numerals import number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (63.0, "63"),
        (2, "2"),
        (-1.0, "−1"),
        (0.5, "0.5"),
        (2 / 3, "0.6667"),
        (3.14159265, "3.142"),
        (62.99999618530273, "63"),
        (12345.678, "12346"),
        (-0.00012345, "−0.0001234"),
        (1.5e-7, "1.5×10⁻⁷"),
        (1e6, "1×10⁶"),
        (-1234567.0, "−1.235×10⁶"),
        (999999.9, "1000000"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (True, "True"),
        (1 - 2j, "1−2i"),
        (complex(0.5, math.inf), "0.5+infi"),
    ],
)
def test_a_number_is_written_as_a_reader_likes_it(number: complex, text: str) -> None:
    assert number_text(number) == text


def test_digits_are_the_readers_choice() -> None:
    assert [number_text(math.pi, digits) for digits in (1, 2, 6)] == ["3", "3.1", "3.14159"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_only_zero_reads_as_zero_and_every_text_is_within_half_a_unit_of_its_last_digit(number: float) -> None:
    text = number_text(number)
    mantissa, _, raised = text.replace("−", "-").partition("×10")
    read = Decimal(mantissa) * Decimal(10) ** int(raised.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or 0)

    assert (read == 0) == (number == 0)
    assert abs(read - Decimal(number)) <= abs(Decimal(number)) * Decimal("0.0005001")
