"""A drawn run as the page shows it: in the viewer, and torchviz's drawing beside it as an image."""

import base64
import html
import re
from dataclasses import dataclass, replace
from threading import Event

from graphviz_utils.dot import boxes_and_arrows
from graphviz_utils.drawing import Picture, Series, draw_series
from graphviz_utils.model import Limits, Look, Moment, RenderError, Trace
from graphviz_utils.rendering import LayoutStoppedError, LayoutTimeoutError, Patience, render
from graphviz_utils.viewer import Scene, scene_of

__all__ = ["Drawn", "drawn", "empty_html", "image_html", "told_anew"]

_DEADLINE = 8.0  # seconds for torchviz, which folds nothing
_MOST_ON_PAGES = 10_000_000  # characters of SVG: some twenty seconds


@dataclass(frozen=True, slots=True)
class Drawn:
    """A run's pictures, the document that the viewer is fed with, and its JSON.

    `torchviz` is torchviz's drawing as SVG, made here; `remark` says why there is none.
    """

    series: Series
    scene: Scene
    document: str
    torchviz: str | None = None
    remark: str = ""

    @property
    def has_pages(self) -> bool:
        """Whether its steps are few and small enough to make pages of while somebody waits."""
        return len(self.series.steps.rows) * len(self.picture.svg) < _MOST_ON_PAGES

    @property
    def picture(self) -> Picture:
        """The picture with everything on it."""
        return self.series.last


def drawn(  # noqa: PLR0913 - what is drawn, how, how much of it, and for how long
    trace: Trace,
    look: Look,
    moment: Moment,
    torchviz: str | None = None,
    stop: Event | None = None,
    hidden_lines: int = 0,
    before: Drawn | None = None,
    limits: Limits = Limits(),
) -> Drawn:
    """The pictures of a run, with no more boxes than `limits` allow, and of torchviz's DOT text if there is one.

    Of the same graph with other numbers, drawn `before`, nothing moves that need not.

    Raises:
        RenderError: Graphviz gave up on ours, or `stop` was set.
    """
    look = replace(look, budget=min(look.budget, limits.drawn_nodes))
    try:
        series = draw_series(trace, look, moment, stop, None if before is None else before.series)
    except LayoutTimeoutError as error:
        raise error.advising("choose fewer nodes, or shared leaves per-use, under Look") from None
    scene = scene_of(trace, series, look, hidden_lines)
    return Drawn(series, scene, scene.to_json(), *_torchviz(torchviz, stop))


def told_anew(shown: Drawn, trace: Trace, hidden_lines: int) -> Drawn:
    """The same pictures, and a document of `trace`, of which more is known than when it was drawn."""
    scene = scene_of(trace, shown.series, shown.series.look, hidden_lines)
    return replace(shown, scene=scene, document=scene.to_json())


def _torchviz(text: str | None, stop: Event | None) -> tuple[str | None, str]:
    """torchviz's DOT text as SVG, or why it is not to be had."""
    try:
        dot = None if text is None else boxes_and_arrows(text)
        return None if dot is None else render(dot, patience=Patience(_DEADLINE, stop)).decode(), ""
    except LayoutStoppedError:
        raise
    except RenderError as error:
        return None, f"torchviz's graph could not be laid out: {error}"


def image_html(svg: str, alt: str) -> str:
    """The SVG as an `<img>`, which can run nothing and load nothing, in a box that scrolls."""
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<div class="gu-image" tabindex="0" style="background:{_ground(svg)}">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}"></div>'
    )


def empty_html() -> str:
    """The place of a picture that is still to come."""
    return '<div class="gu-empty"></div>'


def _ground(svg: str) -> str:
    """The colour the picture stands on."""
    found = re.search(r'<polygon fill="(#[0-9a-f]{6})" stroke="none"', svg)
    return found[1] if found else "#ffffff"
