"""Graphviz runs in a child with a deadline, and whatever goes wrong is one sentence."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from graphviz_utils.model import RenderError
from graphviz_utils.rendering import LayoutStoppedError, LayoutTimeoutError, Patience, engines, render, svg_of
from graphviz_utils.rendering.engine import laid_out


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def pid_in(file: Path) -> int:
    """The number of the process that a script wrote down; 0 as long as it has not."""
    return int(file.read_text() or 0) if file.exists() else 0


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def test_the_embedded_engine_is_found_when_path_has_no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert [engine.stem for engine in engines()] == ["graphviz-pure"]
    assert "<svg" in svg_of("digraph { a }")


def test_a_dot_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dot = script(tmp_path, "dot", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert engines()[0] == dot


def test_without_any_graphviz_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphviz_utils.rendering.engine.engines", tuple)

    with pytest.raises(RenderError, match=r"Graphviz is missing.*pip install graphviz-pure"):
        render("digraph { a }")


@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
def test_a_text_that_is_no_dot_is_refused_with_graphviz_own_words(engine: Path) -> None:
    with pytest.raises(RenderError, match=r"Graphviz refused the picture: .*syntax error in line 1"):
        svg_of("digraph { a -> }", engine=engine)


def test_a_broken_dot_on_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "dot", "echo no such library >&2; exit 127")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "<svg" in svg_of("digraph { a }")


def test_an_engine_that_reads_slowly_is_given_all_of_a_long_text(tmp_path: Path) -> None:
    slow = script(tmp_path, "dot", 'sleep 0.5; echo "<svg>$(wc -c)</svg>"')

    assert laid_out("x" * 1_000_000, Patience(60), slow) == b"<svg>1000000</svg>\n"


def test_a_layout_past_its_deadline_is_killed_with_its_children(tmp_path: Path) -> None:
    slow = script(tmp_path, "dot", f"sleep 600 & echo $! > {tmp_path}/child; wait")

    with pytest.raises(LayoutTimeoutError, match=r"not done after 2 s; draw a smaller graph"):
        laid_out("digraph { a }", Patience(2), slow)
    assert eventually(lambda: not is_alive(pid_in(tmp_path / "child")))


def test_a_layout_that_somebody_stops_is_killed_at_once_with_its_children(tmp_path: Path) -> None:
    slow = script(tmp_path, "dot", f"echo $$ > {tmp_path}/dot.pid; sleep 600 & echo $! > {tmp_path}/child; wait")
    stop = Event()

    def stop_it_once_it_goes_on() -> None:
        eventually(lambda: pid_in(tmp_path / "child") > 0)
        stop.set()

    Thread(target=stop_it_once_it_goes_on).start()

    with pytest.raises(LayoutStoppedError, match="was stopped"):
        laid_out("digraph { a }", Patience(300, stop), slow)
    assert eventually(lambda: not is_alive(pid_in(tmp_path / "dot.pid")))
    assert eventually(lambda: not is_alive(pid_in(tmp_path / "child")))


def test_a_layout_that_was_stopped_before_it_began_starts_nothing(tmp_path: Path) -> None:
    dot, stop = script(tmp_path, "dot", f"touch {tmp_path}/started"), Event()
    stop.set()

    with pytest.raises(LayoutStoppedError):
        laid_out("digraph { a }", Patience(stop=stop), dot)
    assert not (tmp_path / "started").exists()
