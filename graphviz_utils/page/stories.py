"""Stories as Markdown for the page: mathematics as its author meant it, and strangers' stories lead nowhere."""

import re

__all__ = ["calm_story", "set_story"]

_JOINER = "\u2060"
_DISPLAYED = re.compile(r"(?s)(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<formula>[^$]+?)\$\$")


def set_story(story: str) -> str:
    """`story` with each `$$…$$` on lines of its own, where Markdown takes it for a displayed formula."""
    return _DISPLAYED.sub(lambda found: found["code"] or f"\n\n$$\n{found['formula'].strip()}\n$$\n\n", story)


def calm_story(story: str) -> str:
    """`story` without images, links and footnotes: their words stay, nothing is fetched and nothing can be clicked.

    A mark that shows nothing breaks up each sign by which Markdown knows them.
    """
    text = story.replace("](", "] (").replace("][", "] [").replace("]:", "] :")
    text = re.sub(r"(?i)\b(https?|ftp|data|javascript|mailto|file):", rf"\1{_JOINER}:", text)
    return re.sub(r"(?i)\bwww\.", f"www{_JOINER}.", text).replace("@", f"@{_JOINER}")
