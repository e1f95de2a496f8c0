"""The processor time that each session has used of late: it wears off steadily, and is then forgotten."""

from graphviz_utils.model import Limits

__all__ = ["Accounts"]


class Accounts:
    """What each session owes. `now` is any clock in seconds that only goes forward, the same in every call.

    Without a name a session owes nothing. What is owed shrinks by `Limits.budget_per_minute`, so there is never more to
    remember than was used in the last minutes.
    """

    def __init__(self) -> None:
        self._debts: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._debts)

    def owed(self, session: str, limits: Limits, now: float) -> float:
        """Seconds of processor time that `session` has used and that have not worn off."""
        seconds, since = self._debts.get(session, (0.0, now))
        return max(seconds - (now - since) * limits.budget_per_minute / 60, 0.0)

    def wait(self, session: str, limits: Limits, now: float) -> float:
        """Seconds until `session` may run a program again; 0 if it may now."""
        excess = self.owed(session, limits, now) - limits.budget_seconds
        return 0.0 if excess < 0 else max(excess * 60 / limits.budget_per_minute, 1.0)

    def charge(self, session: str, seconds: float, limits: Limits, now: float) -> None:
        """Add what a run used, and forget who owes nothing any more."""
        if session:
            self._debts[session] = (self.owed(session, limits, now) + seconds, now)
        self._debts = {name: debt for name, debt in self._debts.items() if self.owed(name, limits, now) > 0}
