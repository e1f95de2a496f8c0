"""The living picture."""
