"""Record what PyTorch does: the only room that knows live tensors."""

from graphviz_utils.tracing.existing import trace_of
from graphviz_utils.tracing.recording import Recording, record

__all__ = ["Recording", "record", "trace_of"]
