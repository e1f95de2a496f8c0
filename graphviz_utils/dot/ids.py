"""What the elements of a drawn graph are called in its SVG."""

from graphviz_utils.dot.wording import identifier

__all__ = ["edge_id", "node_id"]


def node_id(id_: str) -> str:
    """The SVG id of a drawn node."""
    return f"node-{identifier(id_)}"


def edge_id(source: str, target: str, key: int | str) -> str:
    """The SVG id of a drawn edge."""
    return f"edge-{identifier(source)}-{identifier(target)}-{identifier(str(key))}"
