"""The advice room: what a program's mistake means and what to do about it, and what in a program cannot work here."""

from graphviz_utils.advice.foresight import Obstacle, obstacles, refused
from graphviz_utils.advice.remedies import missed_backward, remedy

__all__ = ["Obstacle", "missed_backward", "obstacles", "refused", "remedy"]
