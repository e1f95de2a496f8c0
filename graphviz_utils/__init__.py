"""See, understand and teach automatic differentiation in PyTorch: record a run, draw its graph with every number."""
