"""Central differences: the program is run again with a leaf moved, and its slope is held against autograd's."""

from graphviz_utils.running.child.differences.differencing import differenced
from graphviz_utils.running.child.differences.rerunning import Beginning

__all__ = ["Beginning", "differenced"]
