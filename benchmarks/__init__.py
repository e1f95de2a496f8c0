"""What this package costs, and what its peers cost beside it: `python -m benchmarks` writes RESULTS.md."""
