"""What is foreseen is true where programs are walled in; honest programs are told nothing, most attacks something."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from graphviz_utils.advice import Obstacle, obstacles, refused
from graphviz_utils.running import run
from graphviz_utils.running.kernel import seccomp_available
from tests.hostile_words import WORDS
from tests.running.cells import scenario

ROOT = Path(__file__).parents[2]
HONEST = sorted([*(ROOT / "tests/running/programs").glob("*.py.txt"), *(ROOT / "scenarios").glob("*.py")])
HOSTILE = sorted((ROOT / "tests/hostile/snippets").glob("*.py.txt"))

FAILS = (
    ("import requests", "requests is not available here; torch, numpy and Python's standard library are"),
    ("from sklearn.datasets import load_iris", "sklearn is not available here; torch, numpy and Python's standard"),
    ("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "matplotlib is not available here"),
    ("open('data.csv')", "files cannot be opened here (open)"),
    ("import os\nos.listdir('.')", "files cannot be opened here (os.listdir)"),
    ("from os import listdir as ls\nls('.')", "files cannot be opened here (os.listdir)"),
    ("from pathlib import Path\nPath('a').read_text()", "files cannot be opened here (pathlib.Path(…).read_text)"),
    ("import tempfile\ntempfile.TemporaryFile()", "files cannot be opened here (tempfile.TemporaryFile)"),
    ("import torch\ntorch.save(torch.ones(2), 'w.pt')", "files cannot be opened here (torch.save)"),
    ("import numpy as np\nnp.loadtxt('a.csv')", "files cannot be opened here (numpy.loadtxt)"),
    ("import socket\nsocket.socket()", "networks cannot be reached here (socket.socket)"),
    ("import asyncio\nasync def f(): pass\nasyncio.run(f())", "networks cannot be reached here (asyncio.run)"),
    ("import os\nos.fork()", "other processes cannot be started or reached here (os.fork)"),
    ("import threading\nthreading.Thread(target=print).start()", "threads cannot be started here (threading.Thread)"),
    ("import os\nos.nice(1)", "the limits of a run cannot be changed here (os.nice)"),
    ("input('x? ')", "nobody can answer here (input); write the value into the program"),
    ("import torch\ntorch.ones(2).cuda()", "there is no GPU here"),
    ("import torch\ntorch.ones(2, device='cuda')", "there is no GPU here"),
    ("import torch\ntorch.ones(2).to('cuda:0')", "there is no GPU here"),
    ("import torch\ntorch.compile(torch.sin)(torch.ones(2))", "there is no compiler here (torch.compile)"),
    ("import os\nos._exit(0)", "os._exit ends the program before anything of it can be shown"),
    (
        "from torch.utils.data import DataLoader\nnext(iter(DataLoader([1, 2], num_workers=2)))",
        "a DataLoader's workers cannot be started here; write num_workers=0",
    ),
    ("import torch\ntorch.ones(2).share_memory_()", "memory cannot be shared with other processes here"),
)
"""Programs that fail where they are walled in, and what is told beforehand."""

HARMLESS = (
    "import torch\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\ntorch.ones(2).to(device)",
    "import torch\nhas = torch.cuda.is_available()\nif has:\n    torch.ones(2).cuda()",
    "try:\n    import pandas\nexcept ImportError:\n    pandas = None",
    "input = 3\nprint(input)",
    "def open(door):\n    return door\nopen('wide')",
    "def f(input, compile, vars):\n    return input",
    "import io, numpy as np\nnp.loadtxt(io.StringIO('1 2'))",
    "import io, torch\ntorch.save(torch.ones(2), io.BytesIO())",
    "import re, os\nre.compile('a')\nos.path.join('a', 'b')",
    "import threading\nthreading.Lock()",
    "try:\n    1 / 0\nexcept ZeroDivisionError as code:\n    print(code)",
    "from torch.utils.data import DataLoader\nDataLoader([1], num_workers=0)",
    "x.eval()\nx.open()\nmodel.compile()",
    "from __future__ import annotations\nx = 1",
    "s = '\\d'",
    "import types, gc, torch\ntypes.SimpleNamespace(x=1)\ngc.collect()\ntorch.ones(2).data_ptr()",
    "def broken(:",
    "x = 1\0",
    "",
)
"""Programs that are told nothing."""


def words_of(source: str) -> list[str]:
    return [str(obstacle) for obstacle in obstacles(source)]


@pytest.mark.parametrize(("program", "words"), FAILS, ids=[program for program, _ in FAILS])
def test_what_cannot_work_is_told_with_its_line(program: str, words: str) -> None:
    told = words_of(f"# a program\n\n{program}")

    assert any(re.match(rf"line [345]: {re.escape(words)}", line) for line in told), told


@pytest.mark.skipif(not seccomp_available(), reason="nothing keeps programs from the system here")
@pytest.mark.parametrize("program", [program for program, _ in FAILS if "share_memory" not in program])
def test_what_is_told_not_to_work_does_not_work(program: str) -> None:
    assert run(scenario(program)).status != "ok"


@pytest.mark.parametrize("program", HARMLESS)
def test_what_works_or_is_prepared_for_is_told_nothing(program: str) -> None:
    assert words_of(program) == []


@pytest.mark.parametrize("path", HONEST, ids=lambda path: path.name)
def test_an_honest_program_is_told_nothing_and_never_refused(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert obstacles(source) == ()
    assert refused(source) == ""


def test_most_attacks_are_refused_where_nothing_walls_them_in() -> None:
    """Of the 108 that a reading should refuse; the others waste time and memory, or change PyTorch for themselves."""
    sources = [text.partition("# ---\n") for text in (path.read_text(encoding="utf-8") for path in HOSTILE)]
    bad = [source for head, _, source in sources if "# static: reject" in head]

    assert len(bad) == 108
    assert sum(bool(refused(source)) for source in bad) >= 88
    assert sum(bool(obstacles(source)) for source in bad) >= 44


def test_what_a_reading_cannot_hold_against_a_program_is_not_held_against_it() -> None:
    sources = [text.partition("# ---\n") for text in (path.read_text(encoding="utf-8") for path in HOSTILE)]

    assert [source for head, _, source in sources if "# static: pass" in head and obstacles(source)] == []


def test_each_thing_is_told_once_where_it_first_stands() -> None:
    assert obstacles("open('a')\nopen('b')\nimport requests\n") == (
        Obstacle(1, "files cannot be opened here (open); write the data into the program"),
        Obstacle(3, "requests is not available here; torch, numpy and Python's standard library are"),
    )


def test_a_refusal_names_the_lines() -> None:
    assert refused("import os\nos.system('id')\nx = eval('1')") == (
        "The program was not run, because nothing on this system would keep it from your files. "
        "Line 2: other processes cannot be started or reached here (os.system); do it in this program, one thing after "
        "another; line 3: eval runs what cannot be read beforehand."
    )


@pytest.mark.parametrize("program", ["x = (1,\n", "x = 1\0", f"x = {'(' * 5000}1{')' * 5000}", f"x = {'-' * 50_000}1"])
def test_a_program_that_cannot_be_read_is_refused_where_nothing_walls_it_in(program: str) -> None:
    assert "cannot be read" in refused(program)


@pytest.mark.parametrize("chain", [".a()", ".a", "[0]", " + 1"])
def test_a_chain_of_any_length_hides_nothing_after_it(chain: str) -> None:
    assert [obstacle.line for obstacle in obstacles(f"import torch\ntorch{chain * 400}\nopen('a')")] == [3]
    assert all(obstacle.line == 3 for obstacle in obstacles(f"import torch\ntorch{chain * 4000}\nopen('a')"))


@settings(max_examples=200, deadline=None)
@given(text=WORDS)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for obstacle in obstacles(text):
        assert str(obstacle).isprintable()
