"""Forward and backward of a TransformerEncoder: plain, and recorded with statistics of every value and gradient.

The size is `layers * 10_000 + width`.
"""

import graphviz_utils
from benchmarks.cases.answering import Step, answer
from benchmarks.models import Training, transformer


def _training(size: int) -> Training:
    return transformer(layers=size // 10_000, width=size % 10_000)


def plain(size: int) -> Step:
    """The program alone."""
    return _training(size).step, 5


def recorded(size: int) -> Step:
    """The program under `record()`, and the trace made of it."""
    training = _training(size)

    def step() -> graphviz_utils.Trace:
        with graphviz_utils.record() as run:
            training.step()
        return run.trace

    return step, 5


def torchlens(size: int) -> Step:
    """torchlens, asked to keep every value and every gradient."""
    import torchlens as tl

    training = _training(size)
    options = tl.options.CaptureOptions(save_grads=True, backward_ready=True)

    def step() -> object:
        training.model.zero_grad()
        log = tl.trace(training.model, training.batch, capture=options)
        log.log_backward(log[log.output_layers[0]].out.pow(2).mean())
        return log

    return step, 3


def torchlens_forward(size: int) -> Step:
    """torchlens as it comes: the values of the forward pass only."""
    import torchlens as tl

    training = _training(size)
    return lambda: tl.trace(training.model, training.batch), 3


if __name__ == "__main__":
    answer({"plain": plain, "recorded": recorded, "torchlens": torchlens, "torchlens forward": torchlens_forward})
