"""What sentences call a node and what is taken from it, as the line under the picture does."""

from dataclasses import dataclass

from graphviz_utils.explanation.naming import Names
from graphviz_utils.model import Edge, Node

__all__ = ["Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """Calls nodes by the program's names, and by what they do where they have none."""

    names: Names

    def called(self, node: Node) -> str:
        """What a node is called."""
        return (self.names.given(node, 0) if len(node.outputs) < 2 else None) or _deed(node)

    def carried(self, edge: Edge) -> str:
        """What is taken along an edge; of two tensors that bear the same name, it is the earlier one."""
        trace = self.names.trace
        source, target = trace.node(edge.source), trace.node(edge.target)
        name = self.names.given(source, edge.source_output)
        if name:
            return f"the earlier {name}" if name == self.called(target) else name
        deed = _deed(source)
        return f"output {edge.source_output} of {deed}" if len(source.outputs) > 1 else deed


def _deed(node: Node) -> str:
    """The sign in a node's picture, with a word for one that is brackets alone."""
    sign = node.label or node.name
    return f"index {sign}" if sign.startswith("[") else sign
