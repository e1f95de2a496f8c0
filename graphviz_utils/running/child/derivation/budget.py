"""How long there is to look for nicer and longer answers still."""

import time

__all__ = ["Budget"]


class Budget:
    """Time until a soft deadline: what is ready by then is answered, before anybody's hard one."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, and none when it is spent."""
        return max(self._until - time.monotonic(), 0.0)

    @property
    def is_spent(self) -> bool:
        """Whether to stop now."""
        return time.monotonic() >= self._until

    def share(self, parts: int) -> "Budget":
        """An equal share of what is left, for one of `parts` things to do."""
        return Budget(self.left / max(parts, 1))
