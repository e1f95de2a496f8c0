"""Stories as Markdown for the page: mathematics as its author meant it, and strangers' stories lead nowhere."""

import re

__all__ = ["calm_story", "parted", "set_story"]

_JOINER, _HAIR = "\u2060", "\u200a"
_DISPLAYED = re.compile(r"(?s)(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<formula>[^$]+?)\$\$")
_BRACKETS = re.compile(r"\](?=[(\[:])")
"""Between the two parts of a link, an image, a reference, a footnote."""

_SIGNS = re.compile(
    r"""(?xi)
    &(?=\#?\w+;)                                                             # an entity, which could spell the others
    | (?:https?|ftp|file|data|blob|javascript|vbscript|mailto|xmpp)(?=\\*:)  # an address
    | www(?=\\*\.)
    | @
    | <[a-z][a-z0-9+.-]{1,31}(?=\\*:)                                        # any address in angle brackets
    | (?:`{3,}|~{3,})(?=[ \t]*(?!(?:python|py|text)[ \t]*$)\w)               # a diagram
    """,
    re.MULTILINE,
)

_COLONS = re.compile(r":(?=[\w+-][\w+./-]*[:\[{])|:{2,}(?=\w)")
"""Before the name of an icon, a colour, a badge, an emoji; there a joiner would count as a letter."""


def parted(story: str) -> tuple[str, str]:
    """The story, and the answer to the question at its end, which a class should not see at once; empty if none."""
    told, mark, answer = story.rpartition("\n\nAnswer: ")
    return (told, answer) if mark else (story, "")


def set_story(story: str) -> str:
    """`story` with each `$$…$$` on lines of its own, where Markdown takes it for a displayed formula."""
    return _DISPLAYED.sub(lambda found: found["code"] or f"\n\n$$\n{found['formula'].strip()}\n$$\n\n", story)


def calm_story(story: str) -> str:
    """`story` as text and mathematics only: its words stay, nothing is fetched and nothing can be clicked.

    A mark that shows nothing, or a hair's breadth, breaks up each sign by which Markdown knows images, links, diagrams,
    icons and colours. It does so wherever they stand: a reader of Markdown may disagree about what is code.
    """
    text = _SIGNS.sub(lambda sign: f"{sign[0]}{_JOINER}", _BRACKETS.sub("] ", story))
    return _COLONS.sub(lambda sign: f"{sign[0]}{_HAIR}", text)
