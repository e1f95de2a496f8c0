"""Holds a scenario's closed forms and expectations against what PyTorch computed, once the program has ended."""

import ast
import math
from collections.abc import Iterator
from typing import Any

import torch

from graphviz_utils.model import BackwardPass, Binding, Claim, Expectation, Scenario, Snapshot, Trace
from graphviz_utils.running.child.comparing import as_tensor, compared
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["claims_of"]

_SENTENCE = 300


class _Unfit(Exception):  # noqa: N818 - a formula that cannot be computed is an answer here
    """Says in words why a claim cannot be checked."""


def claims_of(trace: Trace, scenario: Scenario, namespace: dict[str, Any]) -> tuple[Claim, ...]:
    """One claim per closed form and outermost pass that its leaf took part in, and one per expectation.

    A formula sees the values that the program's tensors had at that pass, `torch`'s functions, `math`, and the
    program's other names as the run left them. It is held against the gradient that this one pass sent to the leaf.
    """
    claims: list[Claim] = []
    with torch.no_grad():
        for name, formula in scenario.closed_forms.items():
            claims += _closed_form_claims(trace, name, formula, namespace)
        claims += [_expectation_claim(expectation, namespace) for expectation in scenario.expectations]
    return tuple(claims)


def _closed_form_claims(trace: Trace, name: str, formula: str, namespace: dict[str, Any]) -> Iterator[Claim]:
    found = False
    for index, pass_ in enumerate(trace.passes):
        binding = _binding(trace, name, pass_)
        gradient = None if binding is None or pass_.parent is not None else _gradient(pass_, binding)
        if binding is not None and gradient is not None:
            found = True
            yield _closed_form_claim(trace, (name, formula), index, gradient, namespace)
    if not found:
        known = name in trace.names
        note = f"{name} took part in no backward pass" if known else f"the program has no tensor called {name}"
        yield Claim("closed_form", name, formula, None, None, None, None if known else False, note)


def _closed_form_claim(
    trace: Trace, form: tuple[str, str], index: int, gradient: Snapshot, namespace: dict[str, Any]
) -> Claim:
    name, formula = form
    try:
        actual = _tensor(gradient, f"the gradient of {name}")
        wanted = _computed(formula, trace, trace.passes[index], namespace)
        expected = _shaped(torch.as_tensor(wanted), actual)
    except _Unfit as unfit:
        return Claim("closed_form", name, formula, index, None, gradient, None, str(unfit))
    except Exception as error:  # noqa: BLE001 - a formula may do anything wrong that Python knows
        note = f"the formula fails with {type(error).__name__}: {str(error)[:_SENTENCE]}"
        return Claim("closed_form", name, formula, index, None, gradient, False, note)
    return _judged(
        Claim("closed_form", name, formula, index, _snapshot(expected), gradient, None, ""), actual, expected
    )


def _expectation_claim(expectation: Expectation, namespace: dict[str, Any]) -> Claim:
    name, text = expectation.name, str(expectation.value)
    try:
        actual = as_tensor(eval(name, dict(namespace)))  # noqa: S307 - in the child, on the file's text
        expected = _shaped(torch.tensor(expectation.value, dtype=_wide(actual.dtype)), actual)
    except Exception as error:  # noqa: BLE001 - as above
        note = f"{name} cannot be compared: {type(error).__name__}: {str(error)[:_SENTENCE]}"
        return Claim("expectation", name, text, None, None, None, False, note)
    claim = Claim("expectation", name, text, None, _snapshot(expected), _snapshot(actual), None, "")
    return _judged(claim, actual, expected, expectation.tolerance)


def _judged(claim: Claim, actual: torch.Tensor, expected: torch.Tensor, tolerance: float = 0.0) -> Claim:
    comparison = compared(actual, expected, tolerance)
    note = comparison.sentence(f"PyTorch's {claim.name}" if claim.kind == "expectation" else "PyTorch's", "expected")
    equal = f"within {tolerance:g}" if comparison.largest else "equal"
    holds = comparison.verdict != "different"
    return Claim(claim.kind, claim.name, claim.text, claim.backward, claim.expected, claim.actual, holds, note or equal)


def _binding(trace: Trace, name: str, pass_: BackwardPass) -> Binding | None:
    """What `name` meant when `pass_` began: a name is sometimes first seen at the end of the cell that gave it."""
    bindings = [binding for binding in trace.bindings if binding.name == name]
    before = [binding for binding in bindings if binding.at <= pass_.at]
    after = [binding for binding in bindings if trace.node(binding.node).at <= pass_.at]
    return before[-1] if before else after[0] if after else None


def _gradient(pass_: BackwardPass, binding: Binding) -> Snapshot | None:
    """What this pass alone sent to the tensor that `binding` names."""
    place = (binding.node, binding.output)
    sums = [row.sum for row in pass_.node_grads if (row.node, row.output) == place]
    returned = [row.tensor for row in pass_.returned if (row.node, row.output) == place]
    return next((tensor for tensor in (*sums, *returned) if tensor is not None), None)


def _computed(formula: str, trace: Trace, pass_: BackwardPass, namespace: dict[str, Any]) -> Any:
    tree = ast.parse(formula.strip(), "<closed form>", "eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known: dict[str, Any] = {"torch": torch, "math": math}
    for name in sorted(names):
        binding = _binding(trace, name, pass_)
        if binding is not None:
            known[name] = _tensor(trace.value(binding.node, binding.output, pass_.at), name)
        elif name in namespace:
            value = namespace[name]
            known[name] = value.detach() if isinstance(value, torch.Tensor) else value
        elif name not in known and hasattr(torch, name):
            known[name] = getattr(torch, name)
    return eval(compile(tree, "<closed form>", "eval"), known)  # noqa: S307 - in the child, on the file's text


def _tensor(snapshot: Snapshot | None, name: str) -> torch.Tensor:
    """The tensor that `snapshot` was taken of."""
    if snapshot is None or snapshot.data is None:
        raise _Unfit(f"{name} is too large for its elements to have been kept, so the formula cannot be checked")
    return torch.tensor(snapshot.data, dtype=getattr(torch, snapshot.dtype)).reshape(snapshot.shape)


def _shaped(wanted: torch.Tensor, actual: torch.Tensor) -> torch.Tensor:
    """`wanted` in the shape and type of `actual`; a formula without tensors in it stands for all elements."""
    try:
        expanded = wanted.expand(actual.shape) if wanted.shape != actual.shape else wanted
    except RuntimeError:
        shapes = f"{tuple(wanted.shape)}, and PyTorch's {tuple(actual.shape)}"
        raise ValueError(f"its shape is {shapes}") from None
    return expanded.to(actual.dtype)


def _wide(dtype: torch.dtype) -> torch.dtype | None:
    return torch.complex128 if dtype.is_complex else torch.float64 if dtype.is_floating_point else None


def _snapshot(tensor: torch.Tensor) -> Snapshot | None:
    return Camera(1).snapshot(tensor)
