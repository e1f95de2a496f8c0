"""The command line: draw, run, check and list programs from a terminal."""

from graphviz_utils.cli.main import main

__all__ = ["main"]
