"""What SECURITY.md and docs/deploy.md name is there."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = (ROOT / "SECURITY.md", ROOT / "docs/deploy.md")
TEXTS = {document: document.read_text(encoding="utf-8") for document in DOCUMENTS}
LINKS = [(each, link) for each in DOCUMENTS for link in re.findall(r"\]\(([^)#:]+)\)", TEXTS[each])]
PATHS = sorted({path for text in TEXTS.values() for path in re.findall(r"`([\w./-]+/[\w./-]+|\w+\.py)`", text)})
_PLACES = ("", "graphviz_utils", "graphviz_utils/running/kernel")


@pytest.mark.parametrize(("document", "link"), LINKS)
def test_every_file_that_is_linked_exists(document: Path, link: str) -> None:
    assert (document.parent / link).exists()


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/")])
def test_every_path_that_is_named_exists(path: str) -> None:
    assert any((ROOT / place / path).exists() for place in _PLACES)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", TEXTS[ROOT / "SECURITY.md"]))))
def test_every_test_that_is_named_exists(name: str) -> None:
    files = re.findall(r"`(tests/[\w/]+\.py)`", TEXTS[ROOT / "SECURITY.md"])

    assert any(f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8") for file in files)


def test_the_numbers_of_uploads_agree() -> None:
    """nginx takes a little more than Streamlit, for what is around the file."""
    streamlit = int(_only(r"^maxUploadSize = (\d+)$", ROOT / ".streamlit/config.toml"))

    for file, pattern in (
        (ROOT / "deploy/nginx.conf", r"client_max_body_size (\d+)m;"),
        (ROOT / "deploy/kubernetes.yaml", r"proxy-body-size: (\d+)m$"),
    ):
        assert streamlit < int(_only(pattern, file)) <= streamlit + 4


def _only(pattern: str, file: Path) -> str:
    (found,) = re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)
