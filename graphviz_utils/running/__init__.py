"""Runs a scenario under `record()` in a child process with limits, and says in words how it ended."""

from graphviz_utils.model import Limits, Protection
from graphviz_utils.running.job import DTYPES, Dtype, Job, Outcome, Status, Want
from graphviz_utils.running.proving import derive, prove
from graphviz_utils.running.safety import Safety, SafetyLevel, Tried, self_test
from graphviz_utils.running.worker import Stop, Way, Worker, run, warm_up

__all__ = [
    "DTYPES",
    "Dtype",
    "Job",
    "Limits",
    "Outcome",
    "Protection",
    "Safety",
    "SafetyLevel",
    "Status",
    "Stop",
    "Tried",
    "Want",
    "Way",
    "Worker",
    "derive",
    "prove",
    "run",
    "self_test",
    "warm_up",
]
