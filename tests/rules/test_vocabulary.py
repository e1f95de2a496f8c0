"""What holds for every rule and every word of their language."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

import pytest

import graphviz_utils.rules.catalogue as catalogue
import graphviz_utils.rules.vocabulary as vocabulary
from graphviz_utils.rules import WORDS, Call, Expression, Rule, parse
from graphviz_utils.rules.catalogue import RULES


def calls(expression: Expression) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
        for argument in expression.arguments:
            yield from calls(argument)


def texts(rule: Rule) -> Iterator[str]:
    yield from filter(None, [rule.forward, *rule.backward.values()])
    yield from (text for bend in rule.bends.values() for text in (bend.where, bend.below, bend.above))


PLAIN = {name: rule for name, rule in RULES.items() if isinstance(rule, Rule)}


@pytest.mark.parametrize("name", PLAIN)
def test_a_rule_speaks_only_words_that_there_are(name: str) -> None:
    spoken = {call.function for text in texts(PLAIN[name]) for call in calls(parse(text))}

    assert spoken <= set(WORDS)


@pytest.mark.parametrize("name", PLAIN)
def test_a_sentence_is_one_plain_sentence(name: str) -> None:
    sentence = PLAIN[name].sentence

    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert len(sentence) <= 140


ROOMS = {"catalogue": (catalogue, "RULES"), "vocabulary": (vocabulary, "WORDS")}


def tables(room: ModuleType, table: str) -> Iterator[dict[str, object]]:
    """What each module of a room defines."""
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        yield getattr(importlib.import_module(module.name), table, {})


@pytest.mark.parametrize(("room", "table"), ROOMS.values(), ids=ROOMS)
def test_nothing_is_defined_twice(room: ModuleType, table: str) -> None:
    """Two modules that define the same name would hide one another."""
    count = Counter(name for each in tables(room, table) for name in each)

    assert [name for name, times in count.items() if times > 1] == []


@pytest.mark.parametrize(("room", "table"), ROOMS.values(), ids=ROOMS)
def test_every_module_is_counted_in(room: ModuleType, table: str) -> None:
    defined = {name for each in tables(room, table) for name in each}

    assert defined == set(getattr(room, table))
