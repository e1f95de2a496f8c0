"""What reaches the terminal: mostly a line at a time, and nothing in it that a terminal would obey."""

import json
import re
import sys
from typing import Any

from graphviz_utils.model.json_form import plain

__all__ = ["Refused", "on_one_line", "say", "say_data", "say_wrong", "write_out"]

_LENGTH = 1_000
_BREAK = re.compile(r"\s*[^\S ]\s*")


class Refused(Exception):  # noqa: N818 - the end of a command, in words
    """Ends the command with exit code 2: what was asked for makes no sense, or a file cannot be used."""


def say(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{on_one_line(text)}\n")


def say_wrong(text: str) -> None:
    """One line on standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"graphviz_utils: {on_one_line(text)}\n")


def write_out(data: bytes) -> None:
    """A whole file on standard output: byte for byte into a pipe, and nothing that acts onto a terminal."""
    if sys.stdout.isatty():
        text = data.decode(errors="backslashreplace")
        data = "".join(sign if sign.isprintable() or sign == "\n" else _spelled(sign) for sign in text).encode()
    sys.stdout.buffer.write(data)


def say_data(part: Any) -> None:
    """Any part of a run on standard output, as strict JSON."""
    write_out(json.dumps(plain(part), ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")


def on_one_line(text: str) -> str:
    """`text` with line breaks as spaces and control characters spelled out. Long text is cut."""
    flat = _BREAK.sub(" ", text.rstrip())
    shown = "".join(sign if sign.isprintable() else _spelled(sign) for sign in flat[:_LENGTH])
    return shown if len(flat) <= _LENGTH else f"{shown}…"


def _spelled(sign: str) -> str:
    return sign.encode("unicode_escape").decode()
