"""Closed forms of the gradients of a recorded run, derived with SymPy from its graph, and held against autograd."""

from graphviz_utils.running.child.derivation.proofs import with_closed_forms

__all__ = ["with_closed_forms"]
