"""IPython's magics and shell lines, turned into comments: they are shown and never run."""

import re

from graphviz_utils.scenario.listing import end_of_statement

__all__ = ["without_magics"]

_MAGIC = re.compile(r"[ \t]*+(?:[%!?]|[\w., \t]++=[ \t]*+[%!]|[\w.%]++\?{1,2}[ \t]*+$)")
_CONTINUED = re.compile(r"(?:[^\n\\]++|\\\n?)*+\n?")
_AROUND_PYTHON = re.compile(r"\s*%%(?:time|timeit|capture)\b")
"""Cell magics whose cell is Python: their own line goes, the rest runs."""


def without_magics(source: str) -> str:
    """A notebook cell as Python, with as many lines as before.

    A line that is a magic or goes to the shell becomes a comment, with the lines it continues on; so does every line of
    a cell that begins with `%%bash` and the like, but not of `%%time`, `%%timeit` and `%%capture`.
    """
    if re.match(r"\s*%%", source) and not _AROUND_PYTHON.match(source):
        return _commented(source)
    parts: list[str] = []
    start = 0
    while start < len(source):
        line = source[start : source.find("\n", start) % (len(source) + 1)]
        if _MAGIC.match(line):
            continued = _CONTINUED.match(source, start)
            end = continued.end() if continued else len(source)
            parts.append(_commented(source[start:end]))
        else:
            end = end_of_statement(source, start)
            parts.append(source[start:end])
        start = end
    return "".join(parts)


def _commented(lines: str) -> str:
    indent = lines[: len(lines) - len(lines.lstrip(" \t"))]
    comments = re.sub(r"^[ \t]*+(?=[^\n])", "# ", lines, flags=re.MULTILINE)
    # The body of an `if` may consist of nothing but this line.
    return f"{indent}pass  {comments}" if indent else comments
