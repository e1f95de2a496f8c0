"""PyTorch's own formulas as they are quoted: under the right names, and set readable without changing what they say."""

import math
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import torch
import torchgen
from torchgen.api.autograd import match_differentiability_info
from torchgen.gen import parse_native_yaml
from torchgen.packaged.autograd.load_derivatives import load_derivatives

from graphviz_utils.model import Argument, Node, OutputMeta, Snapshot, Trace
from graphviz_utils.rules import derivatives
from graphviz_utils.rules.derivatives import derivative
from graphviz_utils.rules.plain_code import plain_code
from graphviz_utils.rules.pytorch import pytorch_rule
from tests.tracing.database import differentiable
from tests.tracing.test_opinfo import run

SAMPLES = 3
PACKAGED = Path(torchgen.__file__).parent / "packaged"
NATIVE, TAGS = (str(PACKAGED / "ATen" / "native" / name) for name in ("native_functions.yaml", "tags.yaml"))
OF_C = {".sizes()": ".size()", "->": ".", "true": "True", "false": "False", "none": "None"}
"""What is spelled otherwise in Python."""


def node(name: str, dtype: str = "float32", *arguments: str) -> Node:
    given = tuple(Argument(argument, None, literal=None) for argument in arguments)
    return Node("n0", "op", name, None, "", None, None, None, 0, given, (OutputMeta((), dtype),), ())


def quoted(name: str, argument: str = "self", dtype: str = "float32") -> str:
    rule = pytorch_rule(node(name, dtype))
    assert rule is not None
    return rule.text[argument]


@pytest.fixture(scope="module")
def entries() -> dict[str, dict[str, str]]:
    """Every node of PyTorch's own code generator, with the formula of each argument."""
    infos, _ = load_derivatives(str(PACKAGED / "autograd" / "derivatives.yaml"), NATIVE, TAGS)
    return {
        info.op: {name: each.original_formula for each in info.derivatives for name in each.var_names}
        for by_key in infos.values()
        for info in by_key.values()
        if info.op is not None
    }


def test_every_node_of_the_code_generator_is_known_by_its_name_with_its_formulas(
    entries: dict[str, dict[str, str]],
) -> None:
    ours = {name: known.formulas for name in entries if (known := derivative(name)) is not None}

    assert ours == entries


def test_no_node_is_made_up(entries: dict[str, dict[str, str]]) -> None:
    assert derivatives._table().keys() <= entries.keys()


def test_every_operator_on_lists_of_the_code_generator_has_a_formula() -> None:
    infos, _ = load_derivatives(str(PACKAGED / "autograd" / "derivatives.yaml"), NATIVE, TAGS)
    matched = match_differentiability_info(parse_native_yaml(NATIVE, TAGS).native_functions, dict(infos))
    names = {info.op for found in matched if found.info for info in found.info.values() if info.op}
    of_lists = {name for name in names if name.startswith("Foreach")}

    assert len(of_lists) > 40
    assert {name for name in of_lists if derivative(name) is None} == set()


@pytest.mark.parametrize(
    ("name", "argument", "expected"),
    [
        ("AddBackward0", "other", "grad * alpha"),
        ("AcoshBackward0", "self", "grad * (self * self - 1).rsqrt()"),
        ("MmBackward0", "self", "mm_mat1_backward(grad, mat2, self.sizes(), 1)"),
        ("ClampMinBackward0", "self", "where(self >= min, grad, 0)"),
        ("ErfBackward0", "self", "2.0 / sqrt(pi) * exp(-(self.pow(2))) * grad"),
        ("SiluBackward0", "self", "silu_backward(grad, self)"),
        ("Atan2Backward0", "other", "atan2_backward(grad, self, other)[1]"),
        ("IndexAddBackward0", "self", "grad"),
        ("ViewBackward0_copy", "self", "grad.reshape(self.sizes())"),
        ("LinalgMatrixExpBackward0", "self", "linalg_matrix_exp_differential(self, grad, adjoint=true)"),
    ],
)
def test_a_formula_is_quoted_without_what_only_a_compiler_needs(name: str, argument: str, expected: str) -> None:
    assert quoted(name, argument) == expected


def test_what_complex_numbers_need_stays_where_they_are_met() -> None:
    formula = quoted("AddBackward0", "other", dtype="complex64")

    assert formula == "handle_r_to_c(other.scalar_type(), grad * alpha.conj())"


def test_a_choice_inside_a_product_keeps_its_brackets() -> None:
    formula = plain_code("maybe_multiply(a.dim() > 0 ? grad : grad.sum(), alpha.conj())", is_complex=False)

    assert formula == "(a.dim() > 0 ? grad : grad.sum()) * alpha"


def test_a_choice_that_is_open_is_kept() -> None:
    formula = plain_code("grad.defined() ? (training ? f(grad) : g(grad)) : std::tuple<Tensor>()", is_complex=False)

    assert formula == "training ? f(grad) : g(grad)"


def test_an_operator_on_lists_has_its_own_names_in_the_formula() -> None:
    rule = pytorch_rule(node("ForeachAddcmulBackward0Scalar", "float32", "self[0]", "tensor1[0]", "factor[0]"))

    assert rule is not None
    assert rule.text == {"self": "grad", "tensor1": "grad * (factor * value)", "factor": "grad * (tensor1 * value)"}


def test_a_node_that_the_table_does_not_know_has_no_rule() -> None:
    assert pytorch_rule(node("MyFunctionBackward")) is None


def test_without_the_table_nothing_has_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivatives, "_path", lambda: None)
    derivatives._table.cache_clear()
    rule = pytorch_rule(node("MulBackward0"))
    derivatives._table.cache_clear()

    assert rule is None


def test_the_table_is_read_without_torch() -> None:
    program = (
        "import sys; from graphviz_utils.rules.derivatives import derivative;"
        "assert derivative('MulBackward0') is not None; print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert answer.stdout == "False\n"


class Words(dict[str, Any]):
    """What the names of a formula mean: the node's own, and PyTorch's functions."""

    def __missing__(self, name: str) -> Any:
        for place in (torch.ops.aten, torch, torch.special):
            if hasattr(place, name):
                return getattr(place, name)
        raise KeyError(name)


@pytest.mark.slow
def test_what_is_quoted_gives_what_autograd_sent_wherever_python_can_compute_it() -> None:
    """Formulas that are a call of C++ alone cannot be computed here; at least half of them can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdicts = Counter((name, verdict) for name, verdict in computed())
    right = {name for name, verdict in verdicts if verdict}

    assert {name for name, verdict in verdicts if not verdict} == set()
    assert len(right) > 160


def computed() -> Iterator[tuple[str, bool]]:
    """The name of each node whose formula could be computed, and whether that gave what autograd sent."""
    torch.manual_seed(0)
    for op, dtype in differentiable():
        if op.name == "nn.functional.rrelu":  # the noise in its argument is that of before the call
            continue
        for sample in islice(op.sample_inputs("cpu", dtype, requires_grad=True), SAMPLES):
            trace, _ = run(op, sample)
            sent = {(row.target, row.slot): row.tensor for pass_ in trace.passes for row in pass_.edge_grads}
            for each in trace.nodes:
                for argument, formula in formulas_of(each):
                    expected = sent.get((each.id, -1 if argument.slot is None else argument.slot))
                    given = None if expected is None else value_of(formula, each, trace)
                    if expected is not None and given is not None:
                        yield each.name, is_same(given, tensor(expected))


def formulas_of(node: Node) -> Iterator[tuple[Argument, CodeType]]:
    rule = pytorch_rule(node) if node.kind == "op" else None
    for argument in node.arguments:
        text = None if rule is None else rule.text.get(argument.name)
        if text is None:
            continue
        for ours, pythons in OF_C.items():
            text = text.replace(ours, pythons)
        try:
            yield argument, compile(text, node.name, "eval")
        except SyntaxError:
            continue


def value_of(formula: CodeType, node: Node, trace: Trace) -> torch.Tensor | None:
    """What a formula gives; `None` where it needs what was not seen or what Python does not have."""
    words = Words(pi=math.pi, sqrt=either(math.sqrt, torch.sqrt), log=either(math.log, torch.log))
    try:
        for argument in node.arguments:
            words[argument.name] = argument.literal if argument.is_literal else tensor(value(argument, node, trace))
        words |= {saved.name: tensor(saved.tensor) for saved in node.saved if saved.name not in words}
        words["result"] = tensor(trace.value(node.id, 0, node.at))
        grads = {row.output: row.tensor for row in trace.passes[-1].node_grads if row.node == node.id}
        words["grad"] = tensor(grads.get(0))
        found = eval(formula, {"__builtins__": {}}, words)
    except (LookupError, NameError, AttributeError, TypeError, RuntimeError):
        return None
    return found if isinstance(found, torch.Tensor) else None


def value(argument: Argument, node: Node, trace: Trace) -> Snapshot | None:
    assert isinstance(argument.node, str)
    assert isinstance(argument.output, int)
    return trace.value(argument.node, argument.output, node.at)


def tensor(snapshot: Snapshot | None) -> torch.Tensor:
    if snapshot is None or snapshot.data is None:
        raise LookupError("not seen")
    return torch.tensor(snapshot.data, dtype=getattr(torch, snapshot.dtype)).reshape(snapshot.shape)


def is_same(given: torch.Tensor, sent: torch.Tensor) -> bool:
    summed = given if given.shape == sent.shape else given.sum_to_size(sent.shape)
    return torch.allclose(summed.to(sent.dtype), sent, rtol=1e-5, atol=1e-7, equal_nan=True)


def either(of_number: Any, of_tensor: Any) -> Any:
    return lambda of: of_tensor(of) if isinstance(of, torch.Tensor) else of_number(of)
