"""Why each number is what it is: the rule of a node with its numbers, and the paths that a derivative runs along."""

__all__ = []
