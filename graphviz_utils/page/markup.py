"""The few pieces of the page that Streamlit has no widget for. Every text in them is escaped: it shows, never acts."""

import html
from collections.abc import Iterable
from pathlib import Path

from graphviz_utils.dot import PALETTES, cleaned
from graphviz_utils.model import Claim, Look

__all__ = ["ICON", "cell_html", "claims_html", "legend_html", "notes_html", "style_html", "verdict_html"]

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<path d="M6 9C18 9 14 16 26 16M6 23C18 23 14 16 26 16" fill="none" stroke="#64748b" stroke-width="3"/>'
    '<circle cx="6" cy="9" r="5" fill="#005a9c"/><circle cx="6" cy="23" r="5" fill="#005a9c"/>'
    '<circle cx="26" cy="16" r="6" fill="#b34700"/></svg>'
)
"""The page's icon: two leaves and what becomes of them."""

_LONGEST = 2_000
_SIGNS = {True: ("✓", "gu-yes"), False: ("✗", "gu-no"), None: ("≈", "gu-near")}


def style_html() -> str:
    """The page's own style sheet."""
    return f"<style>{(Path(__file__).parent / 'page.css').read_text(encoding='utf-8')}</style>"


def legend_html(look: Look) -> str:
    """What the two colours of a picture mean."""
    light, dark = PALETTES["light"], PALETTES["dark"]
    value_ink, grad_ink = f"light-dark({light.value}, {dark.value})", f"light-dark({light.grad}, {dark.grad})"
    value = f'<span style="color:{value_ink}"><b>value</b> going forward</span>' if look.values else ""
    grad = f'<span style="color:{grad_ink}"><b><i>∂</i> gradient</b> coming back</span>' if look.grads else ""
    return f'<div class="gu-legend">{value}{grad}</div>'


def cell_html(title: str) -> str:
    """The title of a cell above its output."""
    return f'<div class="gu-cell">{_shown(title)}</div>'


def notes_html(notes: Iterable[str]) -> str:
    """What was left out or reduced, in small."""
    return f'<div class="gu-note">{" ".join(_shown(note) for note in notes)}</div>'


def verdict_html(verdict: bool | None, words: str, note: str | None = None) -> str:
    """A verdict's sign before `words`, and a note in small after them."""
    sign, kind = _SIGNS[verdict]
    small = f'<span class="gu-note">{_shown(note)}</span>' if note else ""
    return f'<div class="gu-verdict"><b class="{kind}">{sign}</b> {_shown(words)} {small}</div>'


def claims_html(claims: Iterable[Claim]) -> str:
    """Closed forms and expectations with their verdicts, one to a line."""
    kept = tuple(claims)
    counts = len({claim.backward for claim in kept if claim.backward is not None}) > 1
    return "".join(_claim(claim, counts) for claim in kept)


def _claim(claim: Claim, counts: bool) -> str:
    sign, kind = ("–", "gu-note") if claim.verdict is None else _SIGNS[claim.verdict]
    left = f"{claim.name}.grad" if claim.kind == "closed_form" else claim.name
    of_pass = f", pass {claim.backward + 1}" if counts and claim.backward is not None else ""
    what = f"closed form{of_pass}" if claim.kind == "closed_form" else "expected"
    what += ", not checked" if claim.verdict is None else ""
    formula = _shown(f"{left} = {claim.text}")
    return (
        f'<div class="gu-verdict"><b class="{kind}">{sign}</b> <code>{formula}</code>'
        f' <span class="gu-note">{what}: {_shown(claim.note)}</span></div>'
    )


def _shown(words: str) -> str:
    """`words` as text of the page, the only way for them to get into its markup; marks that steer become dots."""
    return html.escape(cleaned(words, _LONGEST))
