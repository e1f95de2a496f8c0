"""Whatever a program calls things, the living picture is the same document, and the words come back as data."""

import json
import re
from functools import cache

from hypothesis import HealthCheck, example, given, settings

from graphviz_utils.model import Look
from graphviz_utils.viewer.filling import scene
from graphviz_utils.viewer.standalone import standalone
from tests.hostile_words import WORDS, marks, run_that_says, with_ids


@cache
def document(word: str, id_: str = "") -> str:
    return standalone(scene(with_ids(run_that_says(word), id_), Look(scope="all", leaves="once")))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS, id_=WORDS)
@example(word="</script><script>alert(1)</script><!--", id_="")
@example(word="$scene ${title} $$", id_="</script>")
@example(word="\ud800", id_="\ud800")
def test_the_document_has_the_same_tags_and_the_words_are_data(word: str, id_: str) -> None:
    written = document(word, id_)
    (data,) = re.findall(r'<script type="application/json" id="scene">(.*?)</script>', written, re.DOTALL)
    spelled = (word or "f").encode(errors="replace").decode()

    assert marks(written) == marks(document("wool"))
    assert written.lower().count("<script") == 3 == written.lower().count("</script")
    assert spelled in {node["autograd"] for node in json.loads(data)["nodes"]}
    assert written.encode()
