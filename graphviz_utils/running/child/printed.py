"""What a program prints, kept up to a limit."""

import io

from graphviz_utils.model.signs import legible

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
        """Keep `text` as far as there is room for it, its hidden characters spelled out."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        shown = legible(text[: self._room])
        self._parts.append(shown[: self._room])
        if max(len(text), len(shown)) > self._room and not self._is_cut:
            self._is_cut = True
            self._parts.append(f"\n… cut after {self._limit:,} characters")
        self._room -= min(max(len(text), len(shown)), self._room)
        return len(text)

    def take(self) -> str:
        """The text since it was last taken."""
        text = "".join(self._parts)
        self._parts.clear()
        return text
