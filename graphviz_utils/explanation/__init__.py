"""Why each number is what it is: the rule of a node with its numbers, and the paths that a derivative runs along."""

from graphviz_utils.explanation.chains import Chains, paths
from graphviz_utils.explanation.explaining import Explainer, explain
from graphviz_utils.explanation.naming import Names
from graphviz_utils.explanation.numbering import at_element
from graphviz_utils.explanation.products import path_numbers, path_symbols, paths_sum

__all__ = [
    "Chains",
    "Explainer",
    "Names",
    "at_element",
    "explain",
    "path_numbers",
    "path_symbols",
    "paths",
    "paths_sum",
]
