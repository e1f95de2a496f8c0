"""Measure everything and write `benchmarks/RESULTS.md`: `python -m benchmarks`, or some parts only by their names."""

import datetime
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import Case, Measured, measured

_RESULTS = Path(__file__).parent / "RESULTS.md"
_PEERS = ("graphviz-utils", "torch", "torchviz", "torchlens", "networkx", "graphviz", "graphviz-pure", "streamlit")
_ENCODERS = {"12 layers, d 512": 120_512, "12 layers, d 256": 120_256, "12 layers, d 64": 120_064}
_CHAINS = (100, 300, 900, 1_000, 3_000, 10_000)


def recording() -> Iterator[str]:
    """The plain program and the recorded one."""
    cases = [Case("recording", way, size) for size in _ENCODERS.values() for way in ("plain", "recorded")]
    found = measured(cases, rounds=4)
    yield "## Recording a training step"
    yield (
        "Forward, mean of squares and backward of a TransformerEncoder (8 heads, feed-forward 4 d, batch 8, length "
        "64). Recorded means: statistics of every value and every gradient, and the finished trace."
    )
    rows = []
    for name, size in _ENCODERS.items():
        plain, recorded = (found[Case("recording", way, size)] for way in ("plain", "recorded"))
        rows.append((name, _told(plain), _told(recorded), _ratio(recorded, plain)))
    yield _table(("program", "plain", "recorded", "ratio"), rows)


def peers() -> Iterator[str]:
    """torchlens beside us."""
    ways = {"plain": "the program alone", "recorded": "graphviz_utils: values and gradients"}
    ways |= {"torchlens": "torchlens: values and gradients", "torchlens forward": "torchlens: values only"}
    cases = {way: Case("recording", way, 60_512) for way in ways}
    found = measured([*cases.values()], rounds=3)
    yield "## Recording beside torchlens"
    yield "The same step of a 6-layer TransformerEncoder, d 512. torchlens copies every tensor; we keep statistics."
    rows = [
        (
            told,
            _told(found[cases[way]]),
            *(_ratio(found[cases[way]], found[cases[base]]) for base in ("plain", "recorded")),
        )
        for way, told in ways.items()
    ]
    yield _table(("what runs", "time", "times the plain program", "times ours"), rows)


def building() -> Iterator[str]:
    """Graphs of chains."""
    ways = ("ours", "graph", "torchviz", "torchviz saved")
    cases = {(size, way): Case("building", way, size) for size in _CHAINS for way in ways}
    found = measured([*cases.values()], rounds=3)
    yield "## From a tensor to its graph"
    yield (
        "Chains of scalar operations that already ran; the time is that of one operation. Ours from the tensor: the "
        "walk with the values of saved tensors, the trace, the networkx graph; from the trace: the networkx graph "
        "alone. torchviz: the walk and its DOT text, without and with the names and shapes of saved tensors."
    )
    rows = [(f"{size:,}", *(_per_node(found[cases[size, way]], size) for way in ways)) for size in _CHAINS]
    head = ("operations", "ours, from the tensor", "ours, from the trace", "torchviz", "torchviz, with saved tensors")
    yield _table(head, rows)


def layout() -> Iterator[str]:
    """The graph that does not lay out."""
    ways = ("ours", "unfolded", "torchviz", "torchlens")
    cases = {(size, way): Case("layout", way, size) for size in (5, 50) for way in ways}
    found = measured([*cases.values()], rounds=1, deadline=90.0)
    yield "## Laying out an LSTMCell unrolled 50 times, with a running loss"
    yield (
        "From the recorded run to SVG, under a deadline of 90 s. Ours carries values and gradients and draws a shared "
        "leaf once per use; as it comes it folds repeats beyond 300 nodes. The peers draw structure."
    )
    rows = [(f"{size} steps", *(_told(found[cases[size, way]]) for way in ways)) for size in (5, 50)]
    yield _table(("program", "ours", "ours, nothing folded", "torchviz", "torchlens"), rows)


def editing() -> Iterator[str]:
    """The server's work for one edit on the page."""
    ways = {"edit": "the whole edit: read, run, draw"}
    ways |= {"run": "of it, the warm worker's run", "draw": "of it, the drawing"}
    ways |= {"fresh process": "for comparison: a fresh Python process that runs the program, no recording"}
    cases = {way: Case("editing", way, 1) for way in ways}
    found = measured([*cases.values()], rounds=3)
    yield "## One edit on the page"
    yield "Scenario 1 with another number typed in; the page's server, warm, nothing cached."
    yield _table(("what", "time"), [(told, _told(found[cases[way]])) for way, told in ways.items()])


_PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    part.__name__: part for part in (recording, peers, building, layout, editing)
}


def _told(one: Measured) -> str:
    if one.failure:
        return one.failure
    unit, factor = ("s", 1.0) if one.median >= 1 else ("ms", 1e3)
    return f"{one.median * factor:.3g} ± {one.spread * factor:.2g} {unit}"


def _ratio(one: Measured, base: Measured) -> str:
    return "–" if one.failure or base.failure else f"{one.median / base.median:.2f}"


def _per_node(one: Measured, nodes: int) -> str:
    return one.failure or f"{one.median / nodes * 1e6:.1f} ± {one.spread / nodes * 1e6:.1f} µs"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _preamble() -> Iterator[str]:
    yield "# Benchmarks"
    yield (
        f"Written by `make bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}. Times are medians ± half the "
        "distance between the quartiles. Every way runs in its own processes, in turn with its rivals, after a warm-up."
    )
    yield _table(("machine", ""), [*_machine()])


def _machine() -> Iterator[tuple[str, str]]:
    yield "processor", f"{_processor()}, {os.cpu_count()} cores"
    yield "system", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    if hasattr(os, "getloadavg"):
        yield "others' load", f"{os.getloadavg()[0]:.1f} processes on average in the minute before"
    versions = ((name, _version(name)) for name in _PEERS)
    yield "versions", ", ".join(f"{name} {version}" for name, version in versions)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def _version(name: str) -> str:
    import graphviz_utils

    if name == "graphviz-utils":
        return graphviz_utils.__version__
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _main(names: Sequence[str]) -> int:
    if strange := sorted({*names} - {*_PARTS}):
        print(f"no benchmark is called {strange[0]}; there are {', '.join(_PARTS)}", file=sys.stderr)
        return 2
    parts = [*_preamble()]
    for name, part in _PARTS.items():
        if not names or name in names:
            for text in part():
                print(text, end="\n\n", flush=True)
                parts.append(text)
    if not names:
        _RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
