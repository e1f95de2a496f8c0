"""Whatever a program calls things, other programs read the same graph with the same words."""

import json
import re
from xml.etree import ElementTree

import networkx as nx
from hypothesis import HealthCheck, example, given, settings

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml, to_json
from graphviz_utils.graph import Graph, build_graph
from tests.hostile_words import WORDS, run_that_says, with_ids

NOT_XML = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
ATTRIBUTES = {"id", "source", "target", "key", "edgedefault", "for", "attr.name", "attr.type", "schemaLocation"}


def graph_of(word: str, id_: str = "") -> Graph:
    trace = with_ids(run_that_says(word), id_)
    return annotate(build_graph(trace), trace)


def as_xml_says(word: str) -> str:
    """`word` without what XML forbids, and with the line ends that XML has."""
    return re.sub("\r\n?", "\n", re.sub(NOT_XML, "\ufffd", word))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS, id_=WORDS)
@example(word="\u2028\x85\r\n]]>", id_="\x00")
def test_graphml_holds_the_same_elements_and_the_words(word: str, id_: str) -> None:
    text = to_graphml(graph_of(word, id_))
    harmless, root = ElementTree.fromstring(to_graphml(graph_of("wool"))), ElementTree.fromstring(text.encode())
    labels = nx.get_node_attributes(nx.parse_graphml(text, force_multigraph=True), "label")

    assert {name.rpartition("}")[2] for element in root.iter() for name in element.attrib} <= ATTRIBUTES
    assert [element.tag for element in root.iter()] == [element.tag for element in harmless.iter()]
    assert set(labels.values()) == ({as_xml_says(word)} if word else {""})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS, id_=WORDS)
def test_json_gives_back_the_words_and_the_ids(word: str, id_: str) -> None:
    data = json.loads(to_json(graph_of(word, id_)).encode())
    spelled = (word.encode(errors="replace").decode(), id_.encode(errors="replace").decode())

    assert {node["label"] for node in data["nodes"]} == {spelled[0]}
    assert all(node["id"].startswith(spelled[1]) for node in data["nodes"])
    assert len(data["nodes"]) == 6
