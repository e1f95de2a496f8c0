"""What a program prints, kept up to a limit."""

import io

from graphviz_utils.running.wire import readable

__all__ = ["Printed"]


class Printed(io.TextIOBase):
    """Stands in for `sys.stdout` and `sys.stderr`: keeps the first `limit` characters of a run and drops the rest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._room = limit
        self._is_cut = False
        self._parts: list[str] = []

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What programs ask a terminal for."""
        return "utf-8"

    def writable(self) -> bool:
        """Always: what finds no room is dropped."""
        return True

    def write(self, text: str) -> int:
        """Keep `text` as far as there is room for it."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._room:
            self._parts.append(text[: self._room])
        if len(text) > self._room and not self._is_cut:
            self._is_cut = True
            self._parts.append(f"\n… cut after {self._limit:,} characters")
        self._room -= min(len(text), self._room)
        return len(text)

    def take(self) -> str:
        """The text since it was last taken."""
        text = "".join(self._parts)
        self._parts.clear()
        return readable(text, len(text))
