"""How long there is to look for nicer and longer answers still."""

import time

__all__ = ["Budget", "LateError"]


class LateError(Exception):
    """There is no time left."""


class Budget:
    """Time until a soft deadline: what is ready by then is answered, before anybody's hard one."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def is_spent(self) -> bool:
        """Whether to stop now."""
        return time.monotonic() >= self._until

    def check(self) -> None:
        """Go on if there is time; LateError if there is none."""
        if self.is_spent:
            raise LateError
