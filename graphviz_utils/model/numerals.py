"""The digits by which a number is told, whatever language they are set in."""

__all__ = ["decimal"]

_PLAIN_BELOW = 1e6
_PLAIN_ABOVE = 1e-4


def decimal(magnitude: float, digits: int = 4) -> tuple[str, int | None]:
    """The digits of a finite number that is not negative, and the power of ten to multiply them with, if there is one.

    There are `digits` significant ones, without trailing zeros; whole numbers below a million keep all of theirs.

    >>> [decimal(n) for n in (63.0, 2 / 3, 1.5e-7)]
    [('63', None), ('0.6667', None), ('1.5', -7)]
    """
    if magnitude == 0:
        return "0", None
    if magnitude < _PLAIN_BELOW and (magnitude == int(magnitude) or magnitude >= 10**digits):
        return str(round(magnitude)), None
    if _PLAIN_ABOVE <= magnitude < _PLAIN_BELOW:
        short = f"{magnitude:.{digits}g}"
        return (short if "e" not in short else str(round(magnitude))), None
    mantissa, _, exponent = f"{magnitude:.{digits - 1}e}".partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa), int(exponent)
