"""The rule of each operator: what it computes and what it sends back, as formulas to be read and reckoned with."""

from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["Bend", "Rule"]
