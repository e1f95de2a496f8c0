"""The command that proves gradients: each is held against what comes out in other ways."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graphviz_utils.cli.formulas import as_text
from graphviz_utils.cli.opening import Recorded, files_in, opened, proved
from graphviz_utils.cli.saying import Refused, say, say_data, say_wrong
from graphviz_utils.model import CellRun, Check, Claim, GraphvizUtilsError, Proof, RunError, Snapshot, Trace, Verdict

__all__ = ["prove"]

Setting = Callable[[str], str]
"""How a formula is shown: set as text, or as it is."""

_WAYS = {"derived": "closed form, derived", "differences": "finite differences"}
_CLAIMED: dict[bool | None, Verdict] = {True: "equal", False: "differs", None: "open"}
_SHOWN: dict[bool | None, Verdict] = {True: "equal", False: "differs", None: "close"}
_WHOLE = 24


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table: what a gradient was held against, how that came out, and what is said of it."""

    way: str
    verdict: Verdict
    told: tuple[str, ...]


def prove(options: argparse.Namespace) -> int:
    """Prove the gradients of every file: 1 if one differs, or if a program failed; 2 for a file that cannot be read."""
    codes, data = [0], []
    for file in (file for path in options.paths for file in files_in(path)):
        try:
            run = proved(opened(str(file)), str(file), dict(options.set), options.seconds, options.backward)
        except (GraphvizUtilsError, Refused) as error:
            say_wrong(str(error))
            codes.append(1 if isinstance(error, RunError) else 2)
            continue
        if options.json:
            data.append(_data(file, run.trace))
        else:
            _say(file, run, options)
        if run.failure:
            say_wrong(run.failure)
        codes.append(1 if run.failure or "differs" in _verdicts(run.trace) else 0)
    if options.json:
        say_data(data)
    return max(codes)


def _data(file: Path, trace: Trace) -> dict[str, object]:
    """What was proved, for other programs."""
    cells = [cell for cell in trace.cells if _is_proof(cell)]
    return {"file": str(file), "title": trace.title, "proofs": trace.proofs, "claims": trace.claims, "cells": cells}


def _verdicts(trace: Trace) -> set[Verdict]:
    rows = [row for proof in trace.proofs for row in _rows(proof, trace.claims, str)]
    return {row.verdict for row in (*rows, *_others(trace))}


def _say(file: Path, run: Recorded, options: argparse.Namespace) -> None:
    """The table of one file."""
    trace = run.trace
    setting: Setting = str if options.latex else as_text
    say(f"{file}: {trace.title}")
    for proof in (proof for proof in trace.proofs if options.backward in (None, proof.backward)):
        say(f"  {proof.name}, pass {proof.backward}: autograd sent {_numbers(proof.autograd)}")
        for row in _rows(proof, trace.claims, setting):
            _say_row(row)
        if options.steps:
            for step in (step for check in proof.checks for step in check.deductions):
                say(f"      {setting(step.latex)}  ({step.rule})")
    for row in _others(trace):
        _say_row(row)
    if not trace.passes:
        say("  There is nothing to prove: there was no backward pass.")


def _say_row(row: _Row) -> None:
    head, *more = (*filter(None, row.told), "")
    say(f"    {row.way:22}  {row.verdict:7}  {head}")
    for line in filter(None, more):
        say(f"    {'':22}  {'':7}  {line}")


def _rows(proof: Proof, claims: tuple[Claim, ...], setting: Setting) -> Iterator[_Row]:
    """What one gradient was held against."""
    for claim in claims:
        if (claim.kind, claim.name, claim.backward) == ("closed_form", proof.name, proof.backward):
            note = claim.note if claim.verdict is not True else ""
            yield _Row("closed form, given", _CLAIMED[claim.verdict], _given(claim, note))
    for check in proof.checks:
        yield _Row(_WAYS[check.way], check.verdict, _checked(check, setting))


def _given(claim: Claim, note: str) -> tuple[str, ...]:
    value = "" if claim.expected is None else f" = {_numbers(claim.expected)}"
    return (f"{claim.text}{value}", note)


def _checked(check: Check, setting: Setting) -> tuple[str, ...]:
    formula = setting(check.latex) if check.latex else ""
    value = "" if check.expected is None else _numbers(check.expected)
    error = "" if not check.error else f" ± {check.error:.0e}"
    return (" = ".join(filter(None, (formula, value))) + error, check.note)


def _others(trace: Trace) -> Iterator[_Row]:
    """What else the program proves: numbers that are expected, and its own proof cells."""
    for claim in trace.claims:
        if claim.kind == "expectation":
            note = claim.note if claim.verdict is not True else ""
            yield _Row(f"expected of {claim.name}", _CLAIMED[claim.verdict], (claim.text, note))
    for cell in trace.cells:
        if _is_proof(cell):
            yield _Row(f"proof on line {cell.line}", _SHOWN[cell.verdict], (cell.title, cell.note or ""))


def _is_proof(cell: CellRun) -> bool:
    return cell.verdict is not None or bool(cell.note)


def _numbers(tensor: Snapshot | None) -> str:
    from graphviz_utils.dot import number_text

    return "nothing" if tensor is None else tensor.text(number_text, _WHOLE)
