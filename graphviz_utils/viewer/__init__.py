"""The living picture: one document per picture, and the viewer that steps through it."""

from graphviz_utils.viewer.cards import Scene
from graphviz_utils.viewer.filling import scene, scene_of

__all__ = ["Scene", "scene", "scene_of"]
