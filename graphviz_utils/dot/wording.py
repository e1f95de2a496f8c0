"""Texts that come from a program, made fit to stand in a picture."""

import hashlib
import html
import re
import unicodedata

import graphviz

from graphviz_utils.model import Node, OutputMeta

__all__ = [
    "cleaned",
    "escaped",
    "identifier",
    "legible",
    "named",
    "quoted",
    "shape_text",
    "tooltip",
    "type_text",
    "wire_tooltip",
]

_LONGEST_ID = 64


def cleaned(text: str, limit: int = 32) -> str:
    """`text` on one line and without characters that steer instead of show, at most `limit` characters.

    Control, bidirectional and private characters become a middle dot; of stacked accents one stays.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", " ".join(text[: 8 * limit].split())):
        category = unicodedata.category(character)
        if category in ("Mn", "Me", "Mc") and (not kept or unicodedata.category(kept[-1]).startswith("M")):
            continue
        kept.append("·" if _steers(character) else character)
    return "".join(kept) if len(kept) <= limit else "".join(kept[: limit - 1]) + "…"


def named(name: str, limit: int) -> str:
    """A name cut to `limit` characters: of a dotted one the end stays, which says what it is."""
    short = cleaned(name, 8 * limit)
    if len(short) <= limit or "." not in short:
        return cleaned(name, limit)
    tail = short[-(limit - 1) :]
    return "…" + tail[tail.find(".") + 1 if "." in tail else 0 :]


def escaped(text: str) -> str:
    r"""`text` for an HTML-like label: nothing in it is markup or DOT's `\N`, and no space of it is lost."""
    marked = html.escape(text).replace("\\", "\\\\").replace("]", "&#93;")  # some Graphviz stumbles over ] alone
    return marked.replace(" ", "&#160;")


def quoted(text: str) -> str:
    """`text` as the value of an attribute: no entity, no escape and no angle bracket in it means anything."""
    value: str = graphviz.escape(html.escape(text, quote=False))
    return value


def legible(line: str) -> str:
    """`line`, with a middle dot for each character that steers instead of showing; a space of any kind stays."""
    if line.isprintable():
        return line
    return "".join("·" if _steers(character) else character for character in line)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as Python writes a tuple."""
    return str(tuple(shape))


def type_text(meta: OutputMeta) -> str:
    """Shape and dtype of an output, `scalar` for no dimensions."""
    return f"{cleaned(shape_text(meta.shape), 80) if meta.shape else 'scalar'} {cleaned(meta.dtype)}"


def tooltip(node: Node) -> str:
    """What a pointer resting on a node is told: its true name, operator, types, module and line."""
    parts = [node.name, node.operator or "", *(type_text(meta) for meta in node.outputs[:4]), node.module or ""]
    parts.append(f"line {node.line}" if node.line is not None else "")
    return cleaned(" · ".join(part for part in parts if part), 200)


def wire_tooltip(source: Node | None, target: Node | None, key: int | str) -> str:
    """What a pointer resting on a wire is told: from where, to where, as which argument."""
    ends = [(node.variable or node.label or node.name) if node else "several nodes" for node in (source, target)]
    names = {argument.slot: argument.name for argument in target.arguments} if target else {}
    place = f"slot {key} {names.get(key, '')}" if isinstance(key, int) else key
    return cleaned(f"{' → '.join(ends)} · {place}", 200)


def identifier(text: str) -> str:
    """`text` as a part of an SVG id and of a DOT name, without `-`, `:` and `~`; different texts stay different."""
    spelled = re.sub(r"[^A-Za-z0-9.]", lambda found: f"_{ord(found[0]):x}_", text[:_LONGEST_ID])
    if len(text) <= _LONGEST_ID and len(spelled) <= _LONGEST_ID:
        return spelled
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return f"{spelled[: _LONGEST_ID - 34]}__{digest}"


def _steers(character: str) -> bool:
    """Whether a character is a control, turns the direction of text, breaks lines or has no meaning of its own."""
    return unicodedata.category(character)[0] == "C" or character in "\u2028\u2029"
