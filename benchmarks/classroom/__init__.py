"""A class at work: simulated students press Run, against the runner and against the served page."""
