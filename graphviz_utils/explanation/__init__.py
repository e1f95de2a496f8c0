"""Why each number is what it is: the rule of a node with its numbers, and the paths that a derivative runs along."""

from graphviz_utils.explanation.chains import Chains, paths

__all__ = ["Chains", "paths"]
