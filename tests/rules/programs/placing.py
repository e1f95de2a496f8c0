"""Taking parts of tensors and writing to them, moving, joining and cutting."""

from collections.abc import Callable

import torch
from torch.nn import functional

from tests.rules.programs.arithmetic import leaf

__all__ = ["PROGRAMS"]

aten = torch.ops.aten


def parts() -> object:
    x = leaf(3, 4, 2)
    return [
        x[1],
        x[:, -1],
        x[..., 0],
        x[1:],
        x[:, ::2],
        x[-2:, 1:3],
        x.narrow(1, 1, 2),
        x.select(-1, 1),
        x[2:1],
        x[0, 0, 0],
    ]


def indices() -> object:
    x, rows, columns = leaf(3, 4, 2), torch.tensor([2, 0, 2]), torch.tensor([[1], [3], [1]])
    mask = torch.rand(3, 4) < 0.5
    unsafe = [aten._unsafe_index(x, [None, rows]), torch.narrow_copy(x, 1, 1, 2)]
    mixed = [x[rows, columns], x[:, rows], x[rows, :, [1, 0, 1]], x[rows, None, columns[0]]]
    return [x[rows], *mixed, x[mask], x[mask, 1], x[x > 0], x[[0, -1]], *unsafe]


def gathered() -> object:
    x, index = leaf(3, 4), torch.randint(0, 3, (2, 4))
    rows, mask = torch.tensor([1, 1, 2]), torch.rand(3, 4) < 0.5
    scalars = [
        leaf().gather(0, torch.tensor(0)),
        leaf().gather(0, torch.tensor([0, 0])),
        leaf().index_select(0, rows[:1] * 0),
    ]
    taken = [x.take(torch.tensor([[0, 5], [-1, 5]])), torch.take_along_dim(x, index, 0), x.masked_select(mask)]
    return [
        x.gather(0, index),
        x.gather(1, index),
        x.index_select(1, rows),
        *scalars,
        *taken,
        leaf(4).masked_select(mask),
    ]


def embeddings() -> object:
    weight, words = leaf(5, 3), torch.tensor([[0, 2], [2, 4]])
    padded = [functional.embedding(words, weight, padding_idx=index) for index in (2, -1)]
    return [functional.embedding(words, weight), *padded, functional.embedding(torch.tensor(1), weight)]


def written() -> object:
    x, rows, mask = leaf(3, 4), torch.tensor([2, 0]), torch.rand(3, 4) < 0.5
    found = [x.index_put((rows,), leaf(4)), x.index_put((rows, rows), leaf(2), accumulate=True)]
    found += [x.index_copy(1, rows, leaf(3, 2)), x.index_add(0, rows, leaf(2, 4), alpha=2), x.index_fill(1, rows, 7)]
    found += [x.index_fill(0, torch.tensor([1, 1]), leaf()), leaf().index_add(0, torch.tensor([0]), leaf())]
    found += [x.masked_fill(mask, 7), x.masked_fill(mask, leaf()), x.masked_scatter(mask, leaf(3, 4))]
    found += [x.put(torch.tensor([1, 5]), leaf(2)), x.put(torch.tensor([[1], [-1]]), leaf(2), accumulate=True)]
    found += [x.select_scatter(leaf(4), 0, 1), x.slice_scatter(leaf(3, 2), 1, 0, 4, 2), x.diagonal_scatter(leaf(3), 1)]
    return [*found, aten._unsafe_index_put(x, [None, rows], leaf(2)), aten._index_put_impl_(x * 1, [rows], leaf(4))]


def scattered() -> object:
    x, index = leaf(3, 4), torch.tensor([[0, 2, 1], [2, 1, 0]])
    twice = torch.tensor([[0, 0, 1], [1, 1, 1]])
    return [x.scatter(0, index, leaf(2, 3)), x.scatter(1, index, 3.0), x.scatter_add(1, twice, leaf(2, 3))]


def in_place() -> object:
    x = leaf(3, 4)
    y = x * 1
    y[0] = leaf(4)
    y[:, 1] *= 2
    return [y, torch.empty(3, 4, dtype=torch.float64).copy_(x), (x * 1).copy_(leaf(4)), *reshaped_in_place(x)]


def reshaped_in_place(x: torch.Tensor) -> list[torch.Tensor]:
    rows = [x[:1] * 1 for _ in range(3)]
    squeezed = [rows[0].squeeze_(), rows[1].squeeze_(0), aten.squeeze_.dims(rows[2], [0])]
    return [*squeezed, (x * 1).t_(), (x * 1).transpose_(0, 1), (x * 1).unsqueeze_(-1)]


def views() -> object:
    x, tall = leaf(2, 3, 4), leaf(1, 3, 1, 2)
    shaped = [
        x.view(6, -1),
        x.reshape(4, 6),
        x.flatten(),
        x.transpose(0, 2).reshape(24),
        x.unsqueeze(1),
        x.unsqueeze(-1),
    ]
    squeezed = [tall.squeeze(), tall.squeeze(0), tall.squeeze(1), tall.squeeze((0, 2))]
    turned = [
        x.transpose(0, -1),
        x.permute(2, 0, 1),
        x.permute(-1, 1, 0),
        x[0].t(),
        x[0, 0].t(),
        x.movedim(0, 2),
        x[0].T,
    ]
    spread = [
        tall.expand(2, 3, 4, 2),
        tall.expand(5, -1, 3, -1, -1),
        x.repeat(2, 1, 3),
        x[0].repeat(2, 1, 2),
        x.tile(2),
    ]
    return [*shaped, *squeezed, *turned, *spread, aten._reshape_alias(x[0], [4, 3], [3, 1])]


def turned() -> object:
    x = leaf(3, 4)
    flips = [x.flip(0), x.flip((0, -1)), x.roll(1), x.roll((1, -2), (0, 1)), x.rot90(), x.rot90(-1, (1, 0)), x.rot90(2)]
    triangles = [
        x.tril(),
        x.triu(1),
        x.tril(-1),
        x.diagonal(),
        x.diagonal(1, 1, 0),
        torch.diag_embed(x),
        torch.diag(x[0], 1),
    ]
    return [*flips, *triangles, x.unfold(1, 2, 1), x.unfold(0, 2, 2), leaf(7).unfold(0, 3, 2), leaf().unfold(0, 1, 1)]


def cut() -> object:
    x = leaf(5, 4)
    pieces = [*x.unbind(), x.unbind(1)[2], *x.split(2), x.split(3)[1], x.split([1, 4])[0], *x.chunk(2, 1)]
    return [*pieces, *aten.unsafe_split(x, 2), aten.unsafe_split_with_sizes(x, [1, 3], 1)[1]]


def joined() -> object:
    x, y, empty = leaf(2, 3), leaf(2, 3), torch.zeros(0, dtype=torch.float64, requires_grad=True)
    return [torch.cat([x, y, x]), torch.cat([x, empty, y], -1), torch.stack([x, y], 1), torch.stack([x, y, x], -1)]


def padded() -> object:
    x, image, block = leaf(2, 4), leaf(1, 4, 5), leaf(1, 1, 3, 3, 3)
    found = [functional.pad(x, (1, 2)), functional.pad(x, (0, -1, 2, 0), value=3.0)]
    for mode in ("reflect", "replicate"):
        found += [functional.pad(x, (1, 2), mode=mode), functional.pad(image, (1, 0, 2, 1), mode=mode)]
        found += [functional.pad(block, (1, 1, 0, 1, 1, 0), mode=mode)]
    return found


PROGRAMS: dict[str, Callable[[], object]] = {
    "parts": parts,
    "indices": indices,
    "gathering": gathered,
    "embeddings": embeddings,
    "writing to places": written,
    "scattering": scattered,
    "writing in place": in_place,
    "views": views,
    "turning and triangles": turned,
    "cutting": cut,
    "joining": joined,
    "padding": padded,
}
