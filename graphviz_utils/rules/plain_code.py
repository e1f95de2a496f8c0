"""A formula of PyTorch's source set readable: the same meaning, without what only a compiler needs."""

import re

__all__ = ["is_one_call", "plain_code"]

_NOISE = (
    (r"/\*\s*(\w+)\s*=?\s*\*/\s*", r"\1="),  # a comment that names an argument
    (r"(?:::)?\b(?:at|std|c10)::", ""),
    (r"_symint\(", "("),
    (r"\bsym_(sizes?|numel|strides)\(", r"\1("),
    (r", grad_input_mask(?=[,)])", ""),  # which of the gradients somebody needs
    (r", \w+\.(?:strides|layout|scalar_type)\(\)(?=[,)])", ""),  # how the answer is stored
    (r"\bzeros\(\{\}, \w+\.options\(\)\)", "0"),
    (r"\bscalar_tensor\(0\., \w+\.options\(\)\)", "0"),
    (r"\b(new_zeros\(\w+\.sizes\(\)), \w+\.options\(\)", r"\1"),
    (r"\bM_PI\b", "pi"),
    (r"\bM_LN2\b", "log(2)"),
    (r"(\d)\.(?![\d\w])", r"\1"),
    (r"\s+", " "),
)
_OF_COMPLEX_NUMBERS = ((r"\.conj(?:_physical)?\(\)", ""),)
_HAS_COME = "grad.defined()"
_IS_DERIVED_TWICE = "GradMode::is_enabled()"
_ASKS_FOR_COMPLEX = re.compile(r"\w+\.(?:is_complex|isComplex)\(\)")
_OPERATOR = re.compile(r"\s[-+*/?]\s|^[-!]")


def plain_code(code: str, is_complex: bool) -> str:
    """`code` as one line to be read. What only complex numbers need is left out unless `is_complex`."""
    text = _substituted(_decided(" ".join(code.split()), is_complex), _NOISE)
    if not is_complex:
        text = _without_call(_substituted(text, _OF_COMPLEX_NUMBERS), "handle_r_to_c")
    return _without_call(text, "maybe_multiply").strip()


def is_one_call(text: str) -> bool:
    """Whether `text` is the call of one function and nothing besides."""
    return re.fullmatch(r"[\w.]+\(\)", _outermost(text)) is not None


def _substituted(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in table:
        text = re.sub(pattern, replacement, text)
    return text


def _decided(text: str, is_complex: bool) -> str:
    """`text` without a choice that is made: a gradient has come, nothing is derived twice, numbers are real."""
    while (choice := _choice(text)) is not None:
        condition, if_so, if_not = choice
        if condition == _HAS_COME:
            text = _unwrapped(if_so)
        elif condition == _IS_DERIVED_TWICE or (_ASKS_FOR_COMPLEX.fullmatch(condition) and not is_complex):
            text = _unwrapped(if_not)
        else:
            break
    return text


def _choice(text: str) -> tuple[str, str, str] | None:
    """The three parts of `condition ? this : that`, if that is what `text` as a whole is."""
    condition, *rest = _split(text, "?")
    if len(rest) != 1:
        return None
    parts = [part.strip() for part in _split(re.sub("::", "\0", rest[0]), ":")]
    if len(parts) != 2:
        return None
    if_so, if_not = (part.replace("\0", "::") for part in parts)
    return condition.strip(), if_so, if_not


def _without_call(text: str, function: str) -> str:
    """`text` with what the calls of `function` amount to: a product, or their last argument as it is."""
    while (found := re.search(rf"\b{function}\(", text)) is not None:
        end = _closing(text, found.end() - 1)
        arguments = [part.strip() for part in _split(text[found.end() : end], ",")]
        is_product = function == "maybe_multiply"
        whole = " * ".join(map(_bracketed, arguments)) if is_product else arguments[-1]
        before, after = text[: found.start()], text[end + 1 :]
        stands_alone = before.rstrip()[-1:] in ("", "(", ",") and after.lstrip()[:1] in ("", ")", ",")
        text = f"{before}{whole if stands_alone else _bracketed(whole)}{after}"
    return text


def _bracketed(text: str) -> str:
    """`text`, in brackets if it is more than one factor."""
    return f"({text})" if _OPERATOR.search(_outermost(text)) else text


def _outermost(text: str) -> str:
    """`text` without what stands in brackets."""
    kept, depth = [], 0
    for sign in text:
        depth -= sign in ")]}"
        if depth == 0:
            kept.append(sign)
        depth += sign in "([{"
    return "".join(kept)


def _unwrapped(text: str) -> str:
    is_wrapped = text.startswith("(") and _closing(text, 0) == len(text) - 1
    return text[1:-1].strip() if is_wrapped else text


def _split(text: str, mark: str) -> list[str]:
    """`text` cut at each `mark` that stands in no brackets."""
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == mark and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens at `opening` closes."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place
    return len(text)
