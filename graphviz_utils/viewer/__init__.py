"""The living picture: one document per picture, and the viewer that steps through it."""

from graphviz_utils.viewer.cards import Scene
from graphviz_utils.viewer.component import place_component, program_component
from graphviz_utils.viewer.filling import scene, scene_of
from graphviz_utils.viewer.standalone import standalone

__all__ = ["Scene", "place_component", "program_component", "scene", "scene_of", "standalone"]
