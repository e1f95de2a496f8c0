"""What may be asked for: the commands and their options."""

import argparse
import json
from pathlib import Path
from typing import Any, NoReturn, get_args

from graphviz_utils import __version__
from graphviz_utils.cli.checking import check
from graphviz_utils.cli.commands import draw, run
from graphviz_utils.cli.examining import doctor
from graphviz_utils.cli.explaining import explain
from graphviz_utils.cli.listing import listed
from graphviz_utils.cli.picturing import FORMATS
from graphviz_utils.cli.proving import prove
from graphviz_utils.cli.saying import Refused
from graphviz_utils.model import Direction, Leaves, Look, Preset, Theme

__all__ = ["parser"]

_OUTPUT = "default: FILE's name with .{0} in the current folder, or standard output if FILE is -"
_EXIT_CODES = "Exit code 0: done. 1: a program failed or a claim does not hold. 2: the command or a file is wrong."


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and knows options by their whole names only."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False, epilog=_EXIT_CODES)

    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message}; see python -m {self.prog} --help")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar; `command` of what it parses is the function to call with it."""
    parser = _Parser(prog="graphviz_utils", description="See what autograd does in a PyTorch program.")
    parser.add_argument("--version", action="version", version=f"graphviz_utils {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_draw(commands)
    _add_run(commands)
    _add_explain(commands)
    _add_prove(commands)
    _add_check(commands)
    _add_list(commands)
    _add_doctor(commands)
    return parser


def _add_draw(commands: Any) -> None:
    command = commands.add_parser("draw", help="draw a program's graph", description="Draw a program's graph.")
    command.add_argument("file", metavar="FILE", help="a .py, an .ipynb, a recorded run (.json), or - to read either")
    command.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help=f"what to write, as its end says: .{', .'.join(FORMATS)}; .html can be stepped through in a browser, .gif "
        "and .zip (of .png) are its steps for slides; - is SVG on standard output; " + _OUTPUT.format("svg"),
    )
    look = Look()
    for name, kind in (("preset", Preset), ("direction", Direction), ("theme", Theme), ("leaves", Leaves)):
        default = getattr(look, name)
        command.add_argument(f"--{name}", choices=get_args(kind), default=default, help=f"default: {default}")
    command.add_argument(
        "--digits",
        type=_digits,
        default=look.digits,
        metavar="N",
        help=f"significant digits, 1 to 17; default: {look.digits}",
    )
    command.add_argument(
        "--budget",
        type=_budget,
        default=look.budget,
        metavar="N",
        help=f"how many nodes are drawn before repeats and chains are folded; default: {look.budget}",
    )
    command.add_argument(
        "--no-names", action="store_true", help="leave out autograd's names under the operators' signs"
    )
    command.add_argument("--all", action="store_true", help="draw also what the backward pass did not reach")
    _add_pass(command)
    command.add_argument(
        "--steps", action="store_true", help="with .pdf: a page for each step (.html, .gif and .zip always have them)"
    )
    command.add_argument(
        "--present",
        action="store_true",
        help="with .html: open it as for a lecture, the picture and its step bar alone",
    )
    command.add_argument(
        "--no-proofs", action="store_true", help="with .html: draw only, and prove nothing; takes less time"
    )
    _add_running(command)
    command.set_defaults(command=draw)


def _add_run(commands: Any) -> None:
    command = commands.add_parser("run", help="keep the record of a run", description="Run a program, keep the record.")
    command.add_argument("file", metavar="FILE", help="a .py, an .ipynb, or - to read either")
    command.add_argument("-o", "--output", metavar="OUT", help=f"a .json file to write, or -; {_OUTPUT.format('json')}")
    command.add_argument("--prove", action="store_true", help="prove the gradients, and keep the proofs, too")
    _add_running(command)
    command.set_defaults(command=run)


def _add_explain(commands: Any) -> None:
    told = "Say the rule of every node a backward pass went through, or along which paths it reached one leaf."
    command = commands.add_parser("explain", help="say why numbers are what they are", description=told)
    command.add_argument("file", metavar="FILE", help="a .py, an .ipynb, a recorded run (.json), or - to read either")
    command.add_argument("--leaf", metavar="NAME", help="a leaf: its paths instead of the rules of all nodes")
    command.add_argument(
        "--element", type=_index, metavar="I,J", help="with --leaf: an element, as in 0,1; default: the first"
    )
    _add_pass(command)
    _add_formulas(command)
    _add_running(command)
    command.set_defaults(command=explain)


def _add_prove(commands: Any) -> None:
    told = "Hold the gradient of every leaf against closed forms and finite differences."
    command = commands.add_parser("prove", help="prove the gradients of programs", description=told)
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="programs (.py, .ipynb), recorded runs (.json), folders of programs, or - to read one",
    )
    command.add_argument("--steps", action="store_true", help="derive closed forms step by step")
    _add_pass(command)
    _add_formulas(command)
    _add_running(command)
    command.set_defaults(command=prove)


def _add_check(commands: Any) -> None:
    told = "Verify proofs, closed forms and expectations."
    command = commands.add_parser("check", help="verify what programs claim", description=told)
    command.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="scenario files, folders of them, or - to read one"
    )
    _add_seconds(command)
    command.set_defaults(command=check)


def _add_list(commands: Any) -> None:
    command = commands.add_parser(
        "list", help="name the ready scenarios", description="Name the ready scenarios by level."
    )
    command.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="a folder of yours instead")
    command.set_defaults(command=listed)


def _add_doctor(commands: Any) -> None:
    told = "Try out what programs can do on this machine: what must be refused, and what must work."
    commands.add_parser("doctor", help="tell how safe it is to run programs here", description=told).set_defaults(
        command=doctor
    )


def _add_pass(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--pass", dest="backward", type=int, metavar="N", help="a backward pass, counted from 0; default: the last"
    )


def _add_formulas(command: argparse.ArgumentParser) -> None:
    command.add_argument("--latex", action="store_true", help="formulas as LaTeX instead of text")
    command.add_argument("--json", action="store_true", help="everything as JSON, for other programs")


def _add_running(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="begin with other numbers in the line  NAME = torch.tensor(…), as in --set x=3; may be repeated",
    )
    _add_seconds(command)


def _add_seconds(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seconds", type=_seconds, default=10.0, metavar="N", help="how long a program may run; default: 10"
    )


def _digits(text: str) -> int:
    if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 17:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} was given, a number from 1 to 17 was expected")


def _budget(text: str) -> int:
    if text.isdecimal() and len(text) <= 9 and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} was given, a number of nodes from 1 on was expected")


def _index(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if all(part.strip().isdecimal() and len(part) <= 9 for part in parts):
        return tuple(map(int, parts))
    raise argparse.ArgumentTypeError(f"{text!r} was given, an index was expected, 0 or 0,1")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= 86_400:
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} was given, a number of seconds was expected")


def _assignment(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        if name.strip().isidentifier():
            return name.strip(), _number(value)
    except (ValueError, RecursionError):
        pass
    raise argparse.ArgumentTypeError(f"{text!r} was given, x=3 or x=[[1, 2], [3, 4]] was expected")


def _number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return float(text)  # JSON has no .5 and no inf
