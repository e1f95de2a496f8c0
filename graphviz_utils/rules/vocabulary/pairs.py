"""The words for two that stand for one: the parts of a complex number, the halves of a tensor."""

from typing import Any

import numpy as np

from graphviz_utils.rules.vocabulary.function import Function, Vocabulary, applied

__all__ = ["WORDS"]


def _parts(z: Any) -> Any:
    z = np.asarray(z)
    return np.stack([z.real, z.imag], axis=-1)


def _whole(parts: Any) -> Any:
    parts = np.asarray(parts)
    return parts[..., 0] + 1j * parts[..., 1]


def _half(x: Any, dim: int, which: int) -> Any:
    return np.split(x, 2, axis=dim)[which]


def _halves(first: Any, second: Any, dim: int) -> Any:
    return np.concatenate([first, second], axis=dim)


WORDS: Vocabulary = {
    "parts": Function(_parts, r"\left(\operatorname{Re} <0:word>, \operatorname{Im} <0:word>\right)"),
    "whole": Function(_whole, applied(r"\operatorname{complex}")),
    "half": Function(_half, "<0:base>_{<2>}"),
    "halves": Function(_halves, r"\begin{pmatrix} <0> & <1> \end{pmatrix}"),
}
