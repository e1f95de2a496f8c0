"""Tensors as plain data."""

import json
import math

import pytest
import torch

from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing import record
from graphviz_utils.tracing.snapshots import Camera, grid_of


def shot(tensor: torch.Tensor) -> Snapshot:
    snapshot = Camera(10).snapshot(tensor)
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize(
    "dtype",
    [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8, torch.int64, torch.bool],
)
def test_small_tensors_are_kept_whole(dtype: torch.dtype) -> None:
    snapshot = shot(torch.tensor([[0, 1], [1, 0]], dtype=dtype))

    assert snapshot.data == ((0, 1), (1, 0))
    assert (snapshot.shape, snapshot.dtype) == ((2, 2), str(dtype).removeprefix("torch."))
    assert (snapshot.stats.min, snapshot.stats.max, snapshot.stats.mean) == (0.0, 1.0, 0.5)


def test_statistics_look_at_the_finite_elements_and_count_the_others() -> None:
    stats = shot(torch.tensor([3.0, math.nan, -math.inf, 4.0])).stats

    assert (stats.min, stats.max, stats.mean, stats.norm, stats.nan, stats.inf) == (3.0, 4.0, 3.5, 5.0, 1, 1)


@pytest.mark.parametrize("size", [64, 65, 1024, 1025])
def test_statistics_do_not_depend_on_how_much_is_kept(size: int) -> None:
    tensor = torch.linspace(-1, 3, size, dtype=torch.float64)
    tensor[5] = math.nan
    finite = tensor[~tensor.isnan()]
    stats = shot(tensor).stats

    assert (stats.min, stats.max, stats.nan) == (-1.0, 3.0, 1)
    assert stats.mean == pytest.approx(finite.mean().item())
    assert stats.norm == pytest.approx(finite.norm().item())


@pytest.mark.parametrize("size", [3, 5000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex128])
def test_statistics_of_huge_numbers_are_numbers_or_none(size: int, dtype: torch.dtype) -> None:
    stats = shot(torch.full((size,), 1e38 if dtype is torch.float32 else 1e308, dtype=dtype)).stats

    assert all(number is None or math.isfinite(number) for number in (stats.min, stats.max, stats.mean, stats.norm))
    assert (stats.nan, stats.inf) == (0, 0)


def test_memory_that_nobody_filled_yet_is_not_looked_at() -> None:
    with record() as run:
        w = torch.nn.Parameter(torch.empty(3))
        torch.nn.init.ones_(w)
        y = w * 2  # noqa: F841
    values = [value.tensor.data for value in run.trace.values if value.node == "n0" and value.tensor is not None]

    assert values == [(1.0, 1.0, 1.0)]


def test_large_tensors_show_a_grid_of_their_own_elements() -> None:
    tensor = torch.arange(64 * 32, dtype=torch.float32).reshape(64, 32)
    snapshot = shot(tensor)

    assert snapshot.data is None
    assert snapshot.grid == tuple(tuple(tensor[::4, ::2][i].tolist()) for i in range(16))


def test_a_view_of_everything_has_the_same_statistics_and_its_own_grid() -> None:
    tensor = torch.arange(64 * 32, dtype=torch.float32).reshape(64, 32)
    camera = Camera(10)
    first = camera.snapshot(tensor)
    second = camera.snapshot(tensor.t(), [(tensor, first)])

    assert first is not None
    assert second is not None
    assert second.stats == shot(tensor.t().contiguous()).stats
    assert second.grid == shot(tensor.t().contiguous()).grid


def test_a_part_of_a_tensor_has_its_own_statistics() -> None:
    tensor = torch.arange(4096, dtype=torch.float32)
    camera = Camera(10)
    part = tensor.expand(2, 4096)[:, :2048]
    snapshot = camera.snapshot(part, [(tensor, camera.snapshot(tensor))])

    assert snapshot is not None
    assert snapshot.stats.max == 2047.0


@pytest.mark.parametrize(
    "tensor",
    [
        torch.eye(2).to_sparse(),
        torch.eye(2).expand(2, 2).t(),
        torch.nn.Parameter(torch.eye(2)),
    ],
)
def test_unusual_tensors_show_their_elements(tensor: torch.Tensor) -> None:
    assert shot(tensor).data == ((1.0, 0.0), (0.0, 1.0))


def test_a_conjugate_view_shows_conjugates() -> None:
    assert shot(torch.tensor([1 + 2j]).conj()).data == (1 - 2j,)


def test_a_tensor_without_elements_in_reach_was_not_seen() -> None:
    assert Camera(10).snapshot(torch.ones(2, device="meta")) is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex128])
def test_a_trace_stays_below_16_mb_by_giving_up_the_largest_tensors(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    with record() as run:
        x = torch.randn(1000, generator=generator, dtype=dtype).requires_grad_()
        s = torch.tensor(1.001, requires_grad=True)
        for _ in range(300):
            x = x * s * 0.99
    trace = run.trace
    scalar, last = trace.leaf("s").value, trace.value(trace.nodes[-1].id)

    assert scalar is not None
    assert scalar.item() == pytest.approx(1.001)
    assert last is not None
    assert last.data is not None or last.grid is not None
    assert "left out" in trace.notes[0]
    assert 4 * 1024 * 1024 < len(trace.to_json()) < 17 * 1024 * 1024


def test_elements_given_up_leave_the_grid_that_the_tensor_would_have_had() -> None:
    tensor = torch.randn(2, 20, 25, generator=torch.Generator().manual_seed(0))

    assert grid_of(shot(tensor).data, 3) == tuple(map(tuple, tensor[0, ::2, ::2].tolist()))


def test_non_finite_numbers_survive_strict_json() -> None:
    with record() as run:
        x = torch.tensor([0.0, 1.0], requires_grad=True)
        y = x.log().clamp(min=-math.inf)  # noqa: F841
    text = run.trace.to_json()
    back = Trace.from_json(text)

    assert '"-inf"' in text
    assert json.loads(text, parse_constant=pytest.fail)["schema"] == 1
    assert back.to_json() == text
    assert back.value("n1").data == (-math.inf, 0.0)  # type: ignore[union-attr]


def test_a_tensor_filled_in_place_shows_what_it_was_filled_with() -> None:
    """Dropout makes an empty mask, fills it at random and scales it by 1 / (1 - 0.5)."""
    with record() as run:
        x = torch.ones(100, requires_grad=True)
        torch.nn.functional.dropout(x, 0.5).sum().backward()

    mask = next(node for node in run.trace.nodes if node.kind == "detached")
    shown = run.trace.value(mask.id)
    assert shown is not None
    assert set(shown.elements()) == {0.0, 2.0}
