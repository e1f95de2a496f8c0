"""Measure everything and write `benchmarks/RESULTS.md`: `python -m benchmarks`.

Some parts only are measured by their names, and take the place of what stands there with `--write` behind them.
"""

import datetime
import importlib.metadata
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.classroom.reporting import classroom
from benchmarks.measuring import Case, Measured, busy_cores, measured
from benchmarks.wording import aim, per_operation, ratio, share, table, told

_RESULTS = Path(__file__).parent / "RESULTS.md"
_PEERS = ("graphviz-utils", "torch", "torchviz", "torchlens", "networkx", "graphviz", "graphviz-pure", "streamlit")
_ENCODERS = {"12 layers, d 512": 120_512, "12 layers, d 256": 120_256, "12 layers, d 64": 120_064}
_CHAINS = (100, 300, 900, 1_000, 3_000, 10_000)
_PROVED = {1: "polynomial", 25: "softmax", 35: "LSTM cell, unrolled", 54: "small network, trained"}
_WRITE = "--write"
_AIMS = ("aim", "measured", "")
_HIGH = 0.3  # cores kept busy by others, from which on times say little


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
        rows.append((name, told(plain), told(recorded), share(ratio(recorded, plain))))
    yield table(("program", "plain", "recorded", "ratio"), rows)
    name, size = next(iter(_ENCODERS.items()))
    plain, recorded = (found[Case("recording", way, size)] for way in ("plain", "recorded"))
    yield table(_AIMS, [aim(f"recorded against plain, {name}", ratio(recorded, plain), 1.5)])
    yield from _others(found)


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
            what,
            told(found[cases[way]]),
            *(share(ratio(found[cases[way]], found[cases[base]])) for base in ("plain", "recorded")),
        )
        for way, what in ways.items()
    ]
    yield table(("what runs", "time", "times the plain program", "times ours"), rows)
    slower = ratio(found[cases["torchlens"]], found[cases["recorded"]])
    yield table(_AIMS, [aim("torchlens with values and gradients against ours", slower, 20, at_least=True)])
    yield from _others(found)


def building() -> Iterator[str]:
    """Graphs of chains."""
    ways = ("ours", "graph", "torchviz", "torchviz saved")
    cases = {(size, way): Case("building", way, size) for size in _CHAINS for way in ways}
    found = measured([*cases.values()], rounds=2)
    yield "## From a tensor to its graph"
    yield (
        "Chains of scalar operations that already ran; the time is that of one operation. Ours from the tensor: the "
        "walk with the values of saved tensors, the trace, the networkx graph; from the trace: the networkx graph "
        "alone. torchviz: the walk and its DOT text, without and with the names and shapes of saved tensors."
    )
    rows = [(f"{size:,}", *(per_operation(found[cases[size, way]], size) for way in ways)) for size in _CHAINS]
    head = ("operations", "ours, from the tensor", "ours, from the trace", "torchviz", "torchviz, with saved tensors")
    yield table(head, rows)
    yield table(_AIMS, [*_building_aims(found)])
    yield from _others(found)


def _building_aims(found: Mapping[Case, Measured]) -> Iterator[Sequence[str]]:
    """Per operation at the largest size that torchviz bears; and whether we go on beyond it."""
    borne = (size for size in _CHAINS if not found[Case("building", "torchviz", size)].failure)
    size = max(borne, default=_CHAINS[0])
    pairs = {
        "from the tensor against torchviz": ("ours", "torchviz"),
        "from the tensor against torchviz with saved tensors": ("ours", "torchviz saved"),
        "from the trace, without a walk, against torchviz": ("graph", "torchviz"),
    }
    for what, (ours, theirs) in pairs.items():
        one, base = (found[Case("building", way, size)] for way in (ours, theirs))
        yield aim(f"{what}, {size:,} operations", ratio(one, base), 1)
    done = [size for size in _CHAINS if not found[Case("building", "ours", size)].failure]
    yield aim("goes on beyond torchviz", max(done, default=0), size + 1, unit="operations", at_least=True)


def layout() -> Iterator[str]:
    """Few leaves with very many uses."""
    ways = ("ours", "unfolded", "torchviz", "torchlens")
    cases = {(size, way): Case("layout", way, size) for size in (5, 50) for way in ways}
    found = measured([*cases.values()], rounds=1, deadline=90.0)
    yield "## Laying out an LSTMCell unrolled 50 times, with a running loss"
    yield (
        "From the recorded run to SVG, under a deadline of 90 s. Ours carries values and gradients and draws a shared "
        "leaf once per use; as it comes it folds repeats beyond 300 nodes. The peers draw structure."
    )
    rows = [(f"{size} steps", *(told(found[cases[size, way]]) for way in ways)) for size in (5, 50)]
    yield table(("program", "ours", "ours, nothing folded", "torchviz", "torchlens"), rows)
    ours = found[cases[50, "ours"]]
    yield table(_AIMS, [aim("ours, 50 steps", ours.median if ours.is_usable else None, 1, unit="s")])
    yield from _others(found)


def editing() -> Iterator[str]:
    """The server's work for one edit on the page."""
    ways = {"edit": "the whole edit: read, run, draw"}
    ways |= {"run": "of it, the warm worker's run", "draw": "of it, the drawing"}
    ways |= {"fresh process": "for comparison: a fresh Python process that runs the program, no recording"}
    cases = {way: Case("editing", way, 1) for way in ways}
    found = measured([*cases.values()], rounds=2)
    yield "## One edit on the page"
    yield "Scenario 1 with another number typed in; the page's server, warm, nothing cached."
    yield table(("what", "time"), [(what, told(found[cases[way]])) for way, what in ways.items()])
    edit = found[cases["edit"]]
    yield table(_AIMS, [aim("the whole edit", edit.median * 1e3 if edit.is_usable else None, 50, unit="ms")])
    yield from _others(found)


def browsing() -> Iterator[str]:
    """The same as a visitor sees it."""
    ways = {"press": "from Ctrl+Enter to the picture"}
    ways |= {
        "input": "from a number typed beside the picture to the picture, a pause of 0.15 s for further keys included"
    }
    cases = {way: Case("browsing", way, 1) for way in ways}
    found = measured([*cases.values()], rounds=1)
    yield "### In a browser"
    yield "The served page in Chromium: from the last key to the frame in which the new picture stands."
    yield table(("what", "time"), [(what, told(found[cases[way]])) for way, what in ways.items()])
    aims = (("from key to picture", cases["press"], 150), ("from input to picture", cases["input"], 300))
    yield table(_AIMS, [aim(what, _milliseconds(found[case]), limit, unit="ms") for what, case, limit in aims])
    yield from _others(found)


def viewing() -> Iterator[str]:
    """What happens in the reader's browser alone."""
    cases = {way: Case("viewing", way, 11) for way in ("step", "click")} | {"paint": Case("viewing", "paint", 43)}
    found = measured([*cases.values()], rounds=1)
    yield "## The viewer"
    yield (
        "An LSTMCell unrolled, every node drawn, as one file opened from disk in Chromium. A frame comes every 16.7 "
        "ms; times run to the frame that shows the change."
    )
    ways = {"step": "a key, to the next step", "click": "a click on a node, to the inspector", "paint": "first paint"}
    nodes = {way: f"{found[case].facts.get('nodes', 0):,}" for way, case in cases.items()}
    yield table(("what", "nodes", "time"), [(what, nodes[way], told(found[cases[way]])) for way, what in ways.items()])
    aims = (("click to inspector", cases["click"], 150), ("first paint", cases["paint"], 1000))
    yield table(_AIMS, [aim(what, _milliseconds(found[case]), limit, unit="ms") for what, case, limit in aims])
    yield from _others(found)


def proving() -> Iterator[str]:
    """Rules, paths and proofs of a small, a middling and a long scenario."""
    ways = {
        "explain one": "the rule of one node",
        "explain": "the rules of all nodes",
        "paths": "the paths to all leaves",
    }
    ways |= {"prove": "the proof, its run included", "run": "for comparison: the run alone"}
    cases = {(number, way): Case("proving", way, number) for number in _PROVED for way in ways}
    found = measured([*cases.values()], rounds=2)
    yield "## Explaining and proving"
    yield (
        "Ready scenarios in the warm worker. A proof runs the program again for each number of its leaves, derives "
        "closed forms with SymPy, and holds both against autograd; one process after the other."
    )
    rows = [(name, *(told(found[cases[number, way]]) for way in ways)) for number, name in _PROVED.items()]
    yield table(("scenario", *ways.values()), rows)
    slowest = {way: max(found[cases[number, way]].median for number in _PROVED) * 1e3 for way in ways}
    aims = (("the rule of a node", slowest["explain one"], 50), ("the proof of a scenario", slowest["prove"], 1000))
    yield table(_AIMS, [aim(what, number, limit, unit="ms") for what, number, limit in aims])
    yield from _others(found)


def _milliseconds(one: Measured) -> float | None:
    return one.median * 1e3 if one.is_usable else None


def confining() -> Iterator[str]:
    """What the walls cost, and how many runs a second there can be."""
    many = 60
    ways = {"confined": "a confined run", "limits only": "the same with limits of time and memory only"}
    cases = {way: Case("confining", way, 1) for way in ways}
    cases["at once"] = Case("confining", "at once", many)
    found = measured([*cases.values()], rounds=2)
    yield "## A confined run"
    yield "Scenario 1 in the warm worker, from the request to the checked trace."
    rows = [(what, told(found[cases[way]])) for way, what in ways.items()]
    confined, free, crowd = (found[case] for case in cases.values())
    if confined.is_usable and free.is_usable:
        rows.append(("so the walls cost", f"{(confined.median - free.median) * 1e3:.1f} ms"))
    if crowd.is_usable:
        rows.append((f"{many} asked for at once", f"{many / crowd.median:.0f} runs a second"))
    yield table(("what", "time"), rows)
    yield from _others(found)


_PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    part.__name__: part
    for part in (recording, peers, building, layout, editing, browsing, viewing, proving, confining, classroom)
}


def _others(found: Mapping[Case, Measured]) -> Iterator[str]:
    """A warning where others kept the machine busy meanwhile."""
    seen = next((one.others for one in found.values()), ())
    if seen and max(seen) >= _HIGH:
        busy = f"{max(seen):.1f} of {os.cpu_count()} cores"
        yield f"**Others' load was high: up to {busy} were busy before these were measured. Take the times with care.**"


def _preamble() -> Iterator[str]:
    yield "# Benchmarks"
    yield (
        "Written by `python -m benchmarks`. Times are medians ± half the distance between the quartiles; one with more "
        "spread than itself is not usable, and no ratio is made of it. Every way runs in its own processes, in turn "
        "with its rivals, after a warm-up. The machine and its load are those of the last run that wrote here."
    )
    yield table(("machine", ""), [*_machine()])


def _machine() -> Iterator[tuple[str, str]]:
    yield "processor", f"{_processor()}, {os.cpu_count()} cores"
    yield "system", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    for busy in busy_cores():
        yield "others' load", f"{busy:.1f} cores busy before the first measurement{' (high)' if busy >= _HIGH else ''}"
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


def _main(words: Sequence[str]) -> int:
    names = [word for word in words if word != _WRITE]
    if strange := sorted({*names} - {*_PARTS}):
        print(f"no benchmark is called {strange[0]}; there are {', '.join(_PARTS)}", file=sys.stderr)
        return 2
    head, found = "\n\n".join(_preamble()), dict[str, str]()
    print(head, end="\n\n", flush=True)
    for name in names or _PARTS:
        begin, texts = time.monotonic(), []
        for text in _PARTS[name]():
            print(text, end="\n\n", flush=True)
            texts.append(text)
        minutes = (time.monotonic() - begin) / 60
        texts.append(f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} in {minutes:.1f} minutes.")
        found[name] = "\n\n".join(texts)
    if not names or _WRITE in words:
        kept = _written(_RESULTS.read_text(encoding="utf-8")) if names and _RESULTS.exists() else {}
        parts = {name: found.get(name) or kept[name] for name in _PARTS if name in kept or name in found}
        marked = (f"<!-- {name} -->\n\n{text}" for name, text in parts.items())
        _RESULTS.write_text("\n\n".join((head, *marked)) + "\n", encoding="utf-8")
    return 0


def _written(text: str) -> Mapping[str, str]:
    """The parts that stand in the results, by name."""
    pieces = re.split(r"<!-- (\w+) -->", text)[1:]
    return {name: part.strip() for name, part in zip(pieces[::2], pieces[1::2], strict=True)}


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
