"""Scenarios from outside: `.py` files, notebooks and typed code, read into plain data. Nothing of them is run."""

from graphviz_utils.scenario.json_program import is_json_program, read_json_program
from graphviz_utils.scenario.literals import Literal, literals, with_literal
from graphviz_utils.scenario.loading import decode_scenario, load_scenario, scenario_files
from graphviz_utils.scenario.notebook import read_notebook
from graphviz_utils.scenario.reading import LIMIT, is_too_long, read_scenario

__all__ = [
    "LIMIT",
    "Literal",
    "decode_scenario",
    "is_json_program",
    "is_too_long",
    "literals",
    "load_scenario",
    "read_json_program",
    "read_notebook",
    "read_scenario",
    "scenario_files",
    "with_literal",
]
