"""Graphviz runs in a child with a deadline, and whatever goes wrong is one sentence."""

import os
import stat
import time
from pathlib import Path
from threading import Event, Timer

import pytest

from graphviz_utils.model import RenderError
from graphviz_utils.rendering import LayoutStoppedError, LayoutTimeoutError, Patience, engines, render, svg_of
from graphviz_utils.rendering.engine import laid_out


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


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


def test_a_layout_past_its_deadline_is_killed_with_its_children(tmp_path: Path) -> None:
    slow = script(tmp_path, "dot", f"sleep 60 & echo $! > {tmp_path}/child; wait")
    before = time.monotonic()

    with pytest.raises(LayoutTimeoutError, match=r"not done after 0.5 s; draw a smaller graph"):
        laid_out("digraph { a }", Patience(0.5), slow)
    assert time.monotonic() - before < 5
    time.sleep(0.1)
    assert not is_alive(int((tmp_path / "child").read_text()))


def test_a_layout_that_somebody_stops_is_killed_at_once_with_its_children(tmp_path: Path) -> None:
    slow = script(tmp_path, "dot", f"echo $$ > {tmp_path}/dot.pid; sleep 60 & echo $! > {tmp_path}/child; wait")
    stop = Event()
    Timer(0.5, stop.set).start()
    before = time.monotonic()

    with pytest.raises(LayoutStoppedError, match="was stopped"):
        laid_out("digraph { a }", Patience(60, stop), slow)
    assert time.monotonic() - before < 5
    time.sleep(0.1)
    assert not is_alive(int((tmp_path / "dot.pid").read_text()))
    assert not is_alive(int((tmp_path / "child").read_text()))


def test_a_layout_that_was_stopped_before_it_began_starts_nothing(tmp_path: Path) -> None:
    dot, stop = script(tmp_path, "dot", f"touch {tmp_path}/started"), Event()
    stop.set()

    with pytest.raises(LayoutStoppedError):
        laid_out("digraph { a }", Patience(stop=stop), dot)
    assert not (tmp_path / "started").exists()
