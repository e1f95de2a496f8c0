"""The rules of the house that import contracts cannot say."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import graphviz_utils

ROOT = Path(graphviz_utils.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
PROCESS_MODULES = {"subprocess", "multiprocessing", "concurrent.futures"}
PROCESS_ROOMS = ("running", "rendering")


def _imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _room(module: Path) -> str:
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_a_process_is_started_in_running_and_rendering_only(module: Path) -> None:
    started = _imported(module) & PROCESS_MODULES

    assert not started or _room(module) in PROCESS_ROOMS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_every_module_opens_with_a_sentence(module: Path) -> None:
    opening = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""

    assert opening.split("\n\n")[0].rstrip().endswith((".", ":", "?"))


@pytest.mark.parametrize("room", sorted({_room(module) for module in MODULES} - {"__init__", "__main__"}))
def test_every_room_lists_its_public_names(room: str) -> None:
    face = ROOT / room / "__init__.py" if (ROOT / room).is_dir() else ROOT / f"{room}.py"
    listed = [
        target.id
        for node in ast.parse(face.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert "__all__" in listed


def test_no_room_shares_its_name_with_a_function_of_the_face() -> None:
    rooms = {_room(module) for module in MODULES}

    assert rooms.isdisjoint(graphviz_utils.__all__)


@pytest.mark.parametrize("name", graphviz_utils.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(graphviz_utils, name) is not None


def test_what_a_type_checker_sees_of_the_face_is_what_there_is() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    shown = {
        alias.name for node in imports if (node.module or "").startswith("graphviz_utils.") for alias in node.names
    }

    assert shown == set(graphviz_utils.__all__)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'recrod'"):
        graphviz_utils.recrod  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "use",
    [
        "",
        "graphviz_utils.Trace",
        "graphviz_utils.read_scenario('x = 1')",
        "graphviz_utils.run",
        "graphviz_utils.draw",
        "graphviz_utils.annotate",
        "graphviz_utils.to_graphml",
        "import graphviz_utils.cli",
    ],
)
def test_the_page_s_own_process_never_loads_torch(use: str) -> None:
    program = f"import sys, graphviz_utils; {use}\nprint('torch' in sys.modules, 'torchviz' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.stderr) == ("False False", "")
