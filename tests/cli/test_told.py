"""What the guides show is run, as it is typed there."""

import re
import shlex
from pathlib import Path

import pytest

from graphviz_utils.cli import main

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCKS = [
    block
    for guide in sorted((ROOT / "docs").glob("*.md"))
    for block in _FENCE.findall(guide.read_text(encoding="utf-8"))
]
COMMANDS = [
    command
    for kind, block in _BLOCKS
    if kind == "sh"
    for command in block.splitlines()
    if command.startswith("python -m graphviz_utils ")
]
DRAWING = [command for command in COMMANDS if " draw " in command]
TELLING = [command for command in COMMANDS if " explain " in command or " prove " in command]


@pytest.mark.parametrize("command", DRAWING)
def test_a_drawing_command_of_a_guide_writes_its_file(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)[3:]

    assert main(words) == 0
    assert capsys.readouterr() == (f"{words[words.index('-o') + 1]}\n", "")
    assert (tmp_path / words[words.index("-o") + 1]).stat().st_size > 1_000


def test_what_a_guide_says_that_is_told_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    codes = [main(shlex.split(command)[3:]) for command in TELLING]
    said = capsys.readouterr()

    assert codes == [0] * len(TELLING)
    assert said.err == ""
    guide = _FENCE.findall((ROOT / "docs" / "cli.md").read_text(encoding="utf-8"))
    assert [block for kind, block in guide if kind == "text" and block not in said.out] == []


def test_the_guide_of_the_command_line_shows_commands() -> None:
    assert len(DRAWING) >= 4
    assert len(TELLING) >= 3
