"""What in a program's text cannot work where programs run: told with its line, and nothing of the program is run."""

import ast
import re
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphviz_utils.advice.meanings import Meanings
from graphviz_utils.advice.reach import (
    AVAILABLE,
    DOORS,
    HARMFUL,
    LOADED,
    NEEDS_A_NAME,
    OUT_OF_REACH,
    RISKY_MODULES,
    WITH_A_FILE_NAME,
)

__all__ = ["Obstacle", "obstacles", "refused"]

_WITHOUT_WALLS = "The program was not run, because nothing on this system would keep it from your files."
_MOST = 20
_NAMED = 3
_LONGEST_NAME = 80
_DEEPEST = 1 + max(name.count(".") for name in (*OUT_OF_REACH, *HARMFUL))
_READING = threading.Lock()
_MODULES = frozenset({"os", "sys", "subprocess", "builtins", "importlib", "ctypes", "socket", "shutil", "posix"})
_DOOR = re.compile("|".join(sorted(door for door in DOORS if door.startswith("__"))))


@dataclass(frozen=True, slots=True, order=True)
class Obstacle:
    """Something that cannot work, at a line (1-based) of the program's text."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}"


def obstacles(source: str) -> tuple[Obstacle, ...]:
    """What in a program cannot work where files, networks, processes and threads are out of its reach.

    This is advice: a program that is told nothing may fail, and what a program does only elsewhere may be told. A text
    that Python cannot read is told nothing, for Python says it better.
    """
    try:
        return _each_once(_out_of_reach(Meanings(_parsed(source))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def refused(source: str) -> str:
    """Why a program is not run where nothing walls it in, in sentences; empty if it may be.

    There the reading is the condition. It keeps honest people from harm, and is no wall against others.
    """
    try:
        program = Meanings(_parsed(source))
        found = _one_a_line((*_out_of_reach(program), *_harmful(program)))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno or 1 if isinstance(error, SyntaxError) else 1
        found = (Obstacle(line, "from here on it cannot be read as a whole"),)
    if not found:
        return ""
    said = "; ".join(map(str, found[:_NAMED])) + (f"; and {len(found) - _NAMED} more" * (len(found) > _NAMED))
    return f"{_WITHOUT_WALLS} L{said[1:]}."


def _parsed(source: str) -> ast.Module:
    """The syntax tree, without what Python would print about it. Filters of warnings belong to all threads."""
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _each_once(found: Iterator[Obstacle] | tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    """In the order of the text, each thing where it first stands."""
    first: dict[str, Obstacle] = {}
    for obstacle in sorted(found):
        first.setdefault(obstacle.words, obstacle)
    return tuple(first.values())[:_MOST]


def _one_a_line(found: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    """In the order of the text, the first that was found in each line."""
    first: dict[int, Obstacle] = {}
    for obstacle in found:
        first.setdefault(obstacle.line, obstacle)
    return _each_once(tuple(first.values()))


def _out_of_reach(program: Meanings) -> Iterator[Obstacle]:
    """What does not work here, and is not asked about first."""
    for node in program.nodes:
        if node in program.prepared:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imports(node)
        elif isinstance(node, ast.Call):
            yield from _calls(program, node)
    for name_node, name in program.names:
        words = _told(name, OUT_OF_REACH)
        if words and name_node not in program.prepared:
            yield Obstacle(name_node.lineno, words)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Obstacle]:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for module in modules:
        root = module.partition(".")[0]
        if root in ("IPython", "matplotlib"):
            words = "leave it out: display() is there without it" if root == "IPython" else "look at the graph instead"
            yield Obstacle(node.lineno, f"{root} is not available here; {words}")
        elif root and root not in LOADED and root not in sys.stdlib_module_names and root != "typing_extensions":
            yield Obstacle(node.lineno, f"{root[:_LONGEST_NAME]} is not available here; {AVAILABLE} are")


def _calls(program: Meanings, call: ast.Call) -> Iterator[Obstacle]:
    name = program.meaning(call.func)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in WITH_A_FILE_NAME and any(_is_text(value) for value in (*call.args, *given.values())):
        yield Obstacle(call.lineno, f"files cannot be opened here ({name}); write the data into the program")
    if isinstance(download := given.get("download"), ast.Constant) and download.value is True:
        yield Obstacle(call.lineno, "data sets cannot be downloaded here; write a few numbers into the program")
    if isinstance(workers := given.get("num_workers"), ast.Constant) and workers.value:
        yield Obstacle(call.lineno, "a DataLoader's workers cannot be started here; write num_workers=0")
    if isinstance(call.func, ast.Attribute) and call.func.attr == "share_memory_":
        yield Obstacle(call.lineno, "memory cannot be shared with other processes here; leave share_memory_() out")
    if _is_gpu(name, call, given) and not program.looks_for_gpus:
        yield Obstacle(call.lineno, "there is no GPU here; leave this out, and the processor computes everything")


def _is_gpu(name: str, call: ast.Call, given: Mapping[str | None, ast.expr]) -> bool:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method == "cuda":
        return True
    devices = [given["device"]] if "device" in given else []
    devices += call.args[:1] if method == "to" or name == "torch.device" else []
    return any(
        isinstance(device, ast.Constant) and str(device.value).startswith(("cuda", "mps", "xpu")) for device in devices
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _told(name: str, table: Mapping[str, str], whole: bool = True) -> str:
    """What `table` tells about the longest beginning of a dotted name, naming the `whole`; empty if none is in it."""
    parts = name.split(".", _DEEPEST)[:_DEEPEST]
    for length in range(len(parts), 0, -1):
        short = ".".join(parts[:length])
        if short in table:
            return table[short].format(name=(name if whole else short).replace("()", "(…)")[:_LONGEST_NAME])
    return ""


def _harmful(program: Meanings) -> Iterator[Obstacle]:
    """What may do harm where nothing stands in its way."""
    for node in program.nodes:
        if isinstance(node, ast.Import):
            reached = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            reached = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            yield from _insides(program, node)
            yield from _unread(program, node)
            continue
        yield from (obstacle for name in reached for obstacle in _reached(name, node.lineno))
    for name_node, name in program.names:
        yield from _reached(name, name_node.lineno)


def _insides(program: Meanings, node: ast.AST) -> Iterator[Obstacle]:
    """The ways into Python's insides: by an attribute, by a text that names one, by defining what Python calls."""
    match node:
        case ast.Attribute(attr=name) if name in _MODULES:
            yield Obstacle(node.lineno, f"{name} reaches the system")
        case ast.Attribute(attr=name) if name in DOORS and node not in program.named_classes:
            yield Obstacle(node.lineno, f"{name} leads into the insides of Python")
        case ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()) if name in DOORS:
            yield Obstacle(node.lineno, f"{name} leads into the insides of Python")
        case ast.Constant(value=str(text)) if found := _DOOR.search(text):
            yield Obstacle(node.lineno, f"{found[0]} leads into the insides of Python")


def _unread(program: Meanings, node: ast.AST) -> Iterator[Obstacle]:
    """Attributes and classes whose names do not stand in the text."""
    match node:
        case ast.Call(func=ast.Name(id=asked), args=[_, attribute, *_]) if asked in NEEDS_A_NAME - program.own:
            if not isinstance(attribute, ast.Constant):
                yield Obstacle(node.lineno, f"{asked} asks for what cannot be read beforehand")
        case ast.Call(func=ast.Name(id="type"), args=[_, _, _]):
            yield Obstacle(node.lineno, "type makes a class that cannot be read beforehand")


def _reached(name: str, line: int) -> Iterator[Obstacle]:
    words = _told(name, HARMFUL, whole=False)
    for risky, harmless in RISKY_MODULES.items():
        inside = name.removeprefix(f"{risky}.").partition(".")[0] if name.startswith(f"{risky}.") else ""
        if inside and inside not in harmless:
            words = words or f"{risky}.{inside} reaches the system"
    if words:
        yield Obstacle(line, words)
