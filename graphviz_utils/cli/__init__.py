"""The command line: draw, run, check and list programs from a terminal, and tell how safe that is."""

from graphviz_utils.cli.main import main

__all__ = ["main"]
