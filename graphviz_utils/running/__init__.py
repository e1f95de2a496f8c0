"""Runs a scenario under `record()` in a child process with limits, and says in words how it ended."""

from graphviz_utils.running.job import DTYPES, Dtype, Job, Limits, Outcome, Protection, Status, Want
from graphviz_utils.running.worker import Stop, Way, Worker, run, warm_up

__all__ = [
    "DTYPES",
    "Dtype",
    "Job",
    "Limits",
    "Outcome",
    "Protection",
    "Status",
    "Stop",
    "Want",
    "Way",
    "Worker",
    "run",
    "warm_up",
]
